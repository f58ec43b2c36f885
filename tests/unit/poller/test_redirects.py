"""Addresses learned from redirects."""

import msgspec
import pytest

from services.messages import Feed, FeedState
from services.poller.redirects import UNLEARN_FAILURES, address_of, followed, unlearned
from services.ports import Hop, HttpAnswer

FEED = Feed(feed_id="f", url="http://herald.example/rss", outlet="The Herald")
TARGET = "https://herald.example/feed"
NEW = FeedState(feed_id="f")


def led(*statuses):
    hops = tuple(Hop(status, FEED.url) for status in statuses)
    return HttpAnswer(200, TARGET if statuses else FEED.url, {}, b"", hops)


@pytest.mark.parametrize(
    ("statuses", "is_same", "address"),
    [
        ((301,), True, TARGET),
        ((308, 301), True, TARGET),
        ((301,), False, FEED.url),
        ((302,), True, FEED.url),
        ((301, 307), True, FEED.url),
        ((), True, FEED.url),
    ],
)
def test_a_permanent_redirect_is_learned_once_its_target_is_the_same_feed(
    statuses, is_same, address
):
    assert address_of(FEED, followed(FEED, NEW, led(*statuses), is_same=is_same)) == address


def test_a_learned_address_counts_while_the_feed_has_the_address_that_it_replaces():
    learned = followed(FEED, NEW, led(301), is_same=True)
    other = msgspec.structs.replace(FEED, url="http://herald.example/other")
    assert address_of(other, learned) == other.url


def test_a_learned_address_that_keeps_failing_is_given_up():
    learned = followed(FEED, NEW, led(301), is_same=True)
    for failures, address in ((UNLEARN_FAILURES - 1, TARGET), (UNLEARN_FAILURES, FEED.url)):
        failing = msgspec.structs.replace(learned, failures=failures)
        assert address_of(FEED, unlearned(failing)) == address
