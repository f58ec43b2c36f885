"""The verdict on a feed, and when it alarms."""

from datetime import timedelta

import msgspec
import pytest
from builders import START

from services.messages import EntryState, Feed, FeedState, FeedTiming, Subscription
from services.text.feed_health import (
    DIED_AFTER,
    LEAST_GAPS,
    LEAST_LATE_SECONDS,
    LEAST_QUIET,
    QUIET_FACTOR,
    diagnosis,
    failing_since,
    quiet_limit,
)

FEED = Feed(feed_id="a", url="https://a.example/", outlet="A")
TICK, HOUR = timedelta(seconds=1), timedelta(hours=1)
SOON = FeedTiming(feed_id="a", next_at=START + 60 * TICK)
READ = FeedState(feed_id="a", last_success_at=START, last_new_at=START - HOUR)


def entries(*times):
    return {
        str(n): EntryState(article_id=str(n), version=1, content_hash="h", first_seen_at=at)
        for n, at in enumerate(times)
    }


def verdict(state=READ, timing: FeedTiming | None = SOON, feed=FEED, now=START):
    found = diagnosis(feed, state, timing, now, 60.0)
    return found.health, found.verdict


def test_a_feed_that_is_well_says_when_its_last_item_came_and_when_it_is_polled_next():
    health, text = verdict()
    assert (health, text) == ("well", "well: the last new item came 60 min ago; next poll in 60 s")
    lease = Subscription(hub="h", topic="t", until=START + HOUR)
    assert "; its hub pushes;" in verdict(msgspec.structs.replace(READ, subscription=lease))[1]


def test_a_feed_that_was_never_polled_is_new_and_one_that_is_off_is_off():
    assert verdict(None, None) == ("new", "not polled yet")
    assert verdict(feed=msgspec.structs.replace(FEED, enabled=False))[0] == "off"


def failing(since):
    return msgspec.structs.replace(
        READ, failures=3, last_error="HTTP 404: no feed came", failing_since=since
    )


def test_a_failing_feed_says_since_when_why_and_when_it_is_tried_again():
    health, text = verdict(failing(START - 2 * HOUR))
    assert health == "failing"
    assert text == ("fails for 2 h, 3 times in a row: HTTP 404: no feed came; next poll in 60 s")


def test_a_feed_dies_after_days_of_failures_or_when_it_is_asked_no_more():
    assert verdict(failing(START - DIED_AFTER + TICK))[0] == "failing"
    assert verdict(failing(START - DIED_AFTER))[0] == "died"
    for trouble in ("wall", "limited"):
        behind = msgspec.structs.replace(failing(START - DIED_AFTER), trouble=trouble)
        assert verdict(behind)[0] == "failing"
    assert verdict(failing(START), FeedTiming(feed_id="a"))[0] == "died"


def test_a_feed_that_is_not_asked_for_intervals_is_late():
    late = timedelta(seconds=max(3 * 60.0, LEAST_LATE_SECONDS))
    assert verdict(timing=FeedTiming(feed_id="a", next_at=START - late))[0] == "well"
    health, text = verdict(timing=FeedTiming(feed_id="a", next_at=START - late - TICK))
    assert health == "late"
    assert "`reportedly health poller`" in text


def test_a_feed_is_quiet_by_its_own_rhythm():
    gap = 5 * HOUR
    times = [START - n * gap for n in range(LEAST_GAPS + 1)]
    state = msgspec.structs.replace(READ, entries=entries(*times), last_new_at=START)
    limit = QUIET_FACTOR * gap
    timing = FeedTiming(feed_id="a", next_at=START + 100 * HOUR)
    assert quiet_limit(state) == limit
    assert verdict(state, timing, now=START + limit)[0] == "well"
    health, text = verdict(state, timing, now=START + limit + TICK)
    assert (health, "never silent for more than 5 h" in text) == ("quiet", True)


@pytest.mark.parametrize(("n_gaps", "limit"), [(LEAST_GAPS - 1, None), (LEAST_GAPS, LEAST_QUIET)])
def test_a_rhythm_is_judged_from_a_few_gaps_on_and_a_night_is_no_silence(n_gaps, limit):
    times = [START - n * TICK for n in range(n_gaps + 1)]
    assert quiet_limit(msgspec.structs.replace(READ, entries=entries(*times))) == limit


def test_failures_are_dated_from_the_first():
    first = msgspec.structs.replace(READ, failures=1)
    assert failing_since(READ, first, START) == START
    assert failing_since(failing(START - HOUR), failing(None), START) == START - HOUR
    assert failing_since(failing(START - HOUR), READ, START) is None
