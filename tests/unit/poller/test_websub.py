"""When a hub is asked, and what its answers mean."""

from datetime import timedelta
from urllib.parse import parse_qs

import msgspec
import pytest
from builders import START

from services.messages import FeedPush, FeedState, Subscription
from services.poller.reading.entry import ParsedFeed
from services.poller.websub import (
    LEASE,
    LEASE_SLACK,
    LONGEST_LEASE,
    MOST_MISSED,
    REFUSED_RETRY,
    RETRY,
    SLOWEST_SECONDS,
    answered,
    asked,
    declared,
    delivered,
    is_current,
    is_due,
    polled,
    request,
    slowed,
    subscribed,
)
from services.text.websub import subscription_key

HUB, TOPIC, HERE = "https://hub.example/", "https://a.example/rss", "https://a.example/feed"
MADE = Subscription(hub=HUB, topic=TOPIC)
END = START + timedelta(days=10)
LEASED = msgspec.structs.replace(MADE, asked_at=START, until=END)
TICK = timedelta(seconds=1)


def parsed(**kw):
    return ParsedFeed(title="", language=None, entries=(), **kw)


@pytest.mark.parametrize(
    ("header", "document", "found"),
    [
        ("", {}, None),
        ("", {"hub_urls": (HUB,)}, (HUB, HERE)),
        ("", {"hub_urls": (HUB,), "self_url": TOPIC}, (HUB, TOPIC)),
        (f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"', {}, (HUB, TOPIC)),
        (f'<{HUB}>;title="a, b";REL=hub, </rss>; rel="x self"', {}, (HUB, TOPIC)),
        (f"<{HUB}>; rel=hub", {"hub_urls": ("https://b.example/",)}, (HUB, HERE)),
        ("</style.css>; rel=preload", {"hub_urls": ("javascript:hub",)}, None),
        ("<<<>;;rel=hub", {}, None),
    ],
)
def test_the_hub_is_that_of_the_header_else_of_the_document(header, document, found):
    assert declared({"link": header}, parsed(**document), HERE) == found


CLEAR_HUB, CLEAR = "http://hub.example/", "http://a.example/feed"


@pytest.mark.parametrize(
    ("header", "document", "found"),
    [
        (f"<{CLEAR_HUB}>; rel=hub", {}, None),
        ("", {"hub_urls": (CLEAR_HUB,)}, None),
        ("", {"hub_urls": ("HTTP://hub.example/",)}, None),
        ("", {"hub_urls": (CLEAR_HUB, HUB)}, (HUB, HERE)),
        (f"<{CLEAR_HUB}>; rel=hub", {"hub_urls": (HUB,)}, (HUB, HERE)),
    ],
)
def test_a_feed_on_https_has_no_hub_that_would_be_told_its_secret_in_clear(header, document, found):
    assert declared({"link": header}, parsed(**document), HERE) == found


@pytest.mark.parametrize("hub", [CLEAR_HUB, HUB])
def test_a_feed_on_http_may_have_a_hub_on_either(hub):
    assert declared({}, parsed(hub_urls=(hub,)), CLEAR) == (hub, CLEAR)


def test_a_subscription_stays_while_the_feed_declares_the_same_hub():
    state = FeedState(feed_id="a", subscription=LEASED)
    assert subscribed(state, (HUB, TOPIC)) == LEASED
    assert subscribed(state, (HUB, HERE)) == Subscription(hub=HUB, topic=HERE)
    assert subscribed(state, None) is None


def test_a_hub_is_asked_at_once_and_again_before_the_lease_ends():
    renewed = START + timedelta(days=8)
    assert not is_due(None, START)
    assert is_due(MADE, START)
    assert not is_due(LEASED, renewed - TICK)
    assert is_due(LEASED, renewed)
    again = asked(LEASED, renewed, None)
    assert not is_due(again, renewed + RETRY - TICK)
    assert is_due(again, renewed + timedelta(days=2))


def test_a_hub_that_did_not_confirm_is_asked_after_an_hour_one_that_refused_after_a_day():
    silent, refused = asked(MADE, START, None), asked(MADE, START, "HTTP 403")
    assert [is_due(silent, START + RETRY - TICK), is_due(silent, START + RETRY)] == [False, True]
    assert not is_due(refused, START + REFUSED_RETRY - TICK)
    assert is_due(refused, START + REFUSED_RETRY)


def test_a_request_has_what_the_standard_wants():
    hub, headers, body = request(MADE, "a", "https://us.example/base/", "our secret")
    form = {name: value for name, (value,) in parse_qs(body.decode()).items()}
    assert (hub, headers["Content-Type"]) == (HUB, "application/x-www-form-urlencoded")
    assert form["hub.callback"].startswith("https://us.example/base/v1/websub/a/")
    assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", TOPIC)
    assert int(form["hub.lease_seconds"]) == LEASE.total_seconds()
    assert len(form["hub.secret"]) == 64


def push(kind, *, hub=HUB, topic=TOPIC, at=START, **kw):
    key = subscription_key(hub, topic)
    return FeedPush(feed_id="a", kind=kind, at=at, topic=topic, key=key, **kw)


KINDS = ("content", "verified", "denied")


@pytest.mark.parametrize("kind", KINDS)
def test_a_hub_has_a_say_while_the_feed_declares_it_with_this_topic(kind):
    assert is_current(LEASED, push(kind))
    other_hub = Subscription(hub=HUB + "x", topic=TOPIC, asked_at=START, until=END)
    other_topic = Subscription(hub=HUB, topic=HERE, asked_at=START, until=END)
    for now in (None, other_hub, other_topic):
        assert not is_current(now, push(kind))
    assert not is_current(LEASED, FeedPush(feed_id="a", kind=kind, at=START, topic=TOPIC))


def test_a_document_counts_until_shortly_after_the_lease_and_an_answer_without_one():
    assert is_current(LEASED, push("content", at=END + LEASE_SLACK - TICK))
    assert not is_current(LEASED, push("content", at=END + LEASE_SLACK))
    assert not is_current(MADE, push("content"))
    for kind in ("verified", "denied"):
        assert is_current(MADE, push(kind))
        assert is_current(LEASED, push(kind, at=END + LEASE_SLACK))


def test_a_confirmed_lease_counts_from_its_confirmation_and_is_bounded():
    assert answered(MADE, push("verified", lease_seconds=60.0)).until == START + 60 * TICK
    assert answered(MADE, push("verified")).until == START + LEASE
    assert answered(MADE, push("verified", lease_seconds=1e11)).until == START + LONGEST_LEASE
    assert answered(LEASED, push("denied", reason="no")).refused == "no"
    assert answered(LEASED, push("denied")).until is None
    assert answered(None, push("verified")) is None


def test_polls_are_rarer_while_the_hub_delivers_and_never_end():
    assert slowed(60, LEASED, START) == 600
    assert slowed(900, LEASED, START) == SLOWEST_SECONDS
    assert slowed(7200, LEASED, START) == 7200
    assert slowed(60, LEASED, END) == 60
    assert slowed(60, MADE, START) == slowed(60, None, START) == 60


def test_a_hub_that_keeps_entries_back_makes_polls_no_longer_rarer():
    missing: Subscription | None = LEASED
    for n in range(MOST_MISSED):
        assert slowed(60, missing, START) == 600, n
        missing = polled(missing, True, START)
    assert slowed(60, missing, START) == 60
    assert slowed(60, delivered(missing, START), START) == 600
    assert polled(LEASED, False, START) == LEASED
    assert polled(MADE, True, START) == MADE
