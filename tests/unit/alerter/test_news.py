"""What may open an alert at all."""

from datetime import timedelta

import msgspec
import pytest
from builders import hours

from services.alerter.news import STALE_AFTER, STALE_AT_FIRST_POLL, is_before, old_news
from services.messages import Watch

POLLED, NEVER = hours(-1), None
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("cause", ["backfill", "replay"])
def test_backfill_and_replay_never_notify(cause):
    assert old_news(cause, hours(0), hours(0), POLLED) == "cause"


@pytest.mark.parametrize(
    ("last_poll", "limit"), [(POLLED, STALE_AFTER), (NEVER, STALE_AT_FIRST_POLL)]
)
def test_old_items_are_no_news_and_the_first_poll_of_a_feed_is_stricter(last_poll, limit):
    assert old_news("new", hours(0), hours(0) + limit, last_poll) is None
    assert old_news("new", hours(0), hours(0) + limit + MINUTE, last_poll) == "stale"


def test_an_undated_item_is_news_only_between_two_polls_of_a_known_feed():
    assert old_news("new", None, hours(0), POLLED) is None
    assert old_news("new", None, hours(0), NEVER) == "undated"


def test_what_was_seen_before_a_watch_was_saved_is_before_it():
    watch = Watch(id="w", name="W", query="halvane", saved_at=hours(1))
    assert is_before(watch, hours(0))
    assert not is_before(watch, hours(1))
    assert not is_before(msgspec.structs.replace(watch, saved_at=None), hours(0))
