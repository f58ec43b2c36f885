"""Which feeds are ours: what is loaded counts,
what is taken away is forgotten, and what is late is known.
"""

from datetime import timedelta

import pytest
from builders import START
from hypothesis import given
from hypothesis import strategies as st

from services.messages import Article, EntryState, Feed, FeedState, FeedTiming, FeedTimings, encode
from services.poller.roster import FIRST_RATE, IN_FLIGHT, START_RATE, Roster, Tenure
from services.poller.schedule import DEAD_SECONDS, JITTER
from services.poller.timings import dues, timings
from services.poller.turns import Turns
from services.ports import Record


def feed(key="a", **kw):
    return Feed(feed_id=key, url=f"http://{key}.example/feed", outlet=key, **kw)


def record(message, key="a", offset=0, topic="feeds", partition=0):
    value = message if isinstance(message, bytes | None) else encode(message)
    return Record(topic, partition, offset, key, value)


def article(version=7, key="x", feed_id="a"):
    return Article(
        article_id=key,
        url_key=key,
        feed_id=feed_id,
        outlet="a",
        version=version,
        content_hash="h",
        title="T",
        text="",
        first_seen_at=START,
        seen_at=START,
    )


def loaded(*rows, now=100.0):
    """Return a roster that holds partition 0 with these rows, and what is owed of it."""
    roster, tenure = Roster(60.0), Tenure(0)
    roster.hold({0: tenure})
    owed, problems = roster.load({0: tenure}, rows, now)
    return roster, owed, problems


def test_before_it_is_loaded_no_feed_of_a_partition_counts():
    roster = Roster(60.0)
    roster.hold({0: Tenure(0)})
    roster.take(record(feed()), 0.0)
    assert (roster.slots, list(roster.unloaded())) == ({}, [0])
    assert roster.census(0.0).loading == 1


def test_what_came_while_the_partition_was_loaded_is_taken_afterwards_if_it_is_newer():
    roster, tenure = Roster(60.0), Tenure(0)
    roster.hold({0: tenure})
    roster.take(record(feed(title="old"), offset=3), 0.0)
    roster.take(record(feed("b"), "b", offset=9), 0.0)
    roster.load({0: tenure}, [record(feed(title="new"), offset=5)], 0.0)
    assert roster.slots["a"].feed.title == "new"
    assert set(roster.slots) == {"a", "b"}


def test_a_partition_that_was_taken_away_while_it_was_loaded_is_not_ours():
    roster, tenure = Roster(60.0), Tenure(0)
    roster.hold({0: tenure})
    roster.hold({0: Tenure(0)})
    roster.load({0: tenure}, [record(feed())], 0.0)
    assert (roster.slots, list(roster.unloaded())) == ({}, [0])


def handed_over(roster, ticks, lag=0.0):
    """Return a roster of another process, whose clock stands at 9,000 and `lag` after `ticks`."""
    told = timings(Turns(roster), ticks, START)
    later = START + timedelta(seconds=lag)
    other, tenure = Roster(60.0), Tenure(0)
    other.hold({0: tenure})
    rows = [record(slot.feed, key, n) for n, (key, slot) in enumerate(roster.slots.items())]
    other.load({0: tenure}, rows, 9_000.0, dues(told.values(), 9_000.0, later))
    return other


@given(
    st.lists(st.one_of(st.none(), st.floats(100.0, 10_000.0)), min_size=1, max_size=30),
    st.floats(0.0, 500.0),
)
def test_a_hand_over_neither_misses_a_poll_nor_doubles_one(planned, lag):
    """Each feed is asked when it was due; those due in between are asked soon."""
    keys = [f"f{n}" for n in range(len(planned))]
    roster, _, _ = loaded(*(record(feed(key), key, n) for n, key in enumerate(keys)))
    for key, due in zip(keys, planned, strict=True):
        roster.plan(roster.slots[key], due)
    other = handed_over(roster, 100.0, lag)
    for key, due in zip(keys, planned, strict=True):
        got = other.slots[key].due
        if due is None:
            assert got is None
            continue
        wanted = 9_000.0 + (due - 100.0) - lag
        if wanted > 9_000.0:
            assert wanted - 1e-3 <= got <= wanted + 1.0
        else:
            assert 9_000.0 <= got <= 9_001.0 + len(keys) / FIRST_RATE


def taken_over(next_at, *later):
    """Return when feed "a" is due: told at 9,000 by a poller that knew `feeds` to offset 4."""
    told = FeedTimings(
        partition="0", at=START, known_to=4, feeds=(FeedTiming(feed_id="a", next_at=next_at),)
    )
    roster, tenure = Roster(60.0), Tenure(0)
    roster.hold({0: tenure})
    rows = [record(feed(), offset=4), *later]
    roster.load({0: tenure}, rows, 9_000.0, dues([told], 9_000.0, START))
    return roster.slots["a"].due


@pytest.mark.parametrize("next_at", [None, START + timedelta(hours=5)])
def test_an_import_while_no_poller_ran_asks_at_once_whatever_was_planned(next_at):
    due = taken_over(next_at)
    assert due is None if next_at is None else due == 9_000.0 + 5 * 3_600
    assert taken_over(next_at, record(feed(), offset=5)) == 9_000.0
    assert taken_over(next_at, record(feed(title="new"), offset=5)) == 9_000.0


@pytest.mark.parametrize(
    ("interval", "bound"),
    [
        (None, (1 + JITTER) * DEAD_SECONDS),
        (7.0, (1 + JITTER) * DEAD_SECONDS),
        (9 * DEAD_SECONDS, (1 + JITTER) * 9 * DEAD_SECONDS),
    ],
)
def test_a_time_planned_by_a_clock_that_was_wrong_silences_no_feed(interval, bound):
    row = record(feed(interval_seconds=interval), offset=4)
    for ahead, due in (
        (timedelta(seconds=bound - 1), bound - 1),
        (timedelta(seconds=bound + 1), bound),
        (timedelta(days=9_999), bound),
    ):
        assert taken_over(START + ahead, row) == pytest.approx(9_000.0 + due)


def test_a_feed_that_is_being_polled_at_a_hand_over_is_asked_again_at_once():
    roster, _, _ = loaded(record(feed()))
    roster.slots["a"].due = IN_FLIGHT
    assert handed_over(roster, 100.0).slots["a"].due == 9_000.0


def spread(is_known, **kw):
    """Return the first and the last time at which 200 feeds loaded at 100 are asked."""
    rows = []
    for n in range(200):
        rows.append(record(feed(f"f{n}", **kw), f"f{n}", n))
        if is_known:
            state = FeedState(feed_id=f"f{n}", last_poll_at=START)
            rows.append(record(state, f"f{n}", topic="feed-states"))
    roster, _, _ = loaded(*rows, now=100.0)
    planned = sorted(slot.due for slot in roster.slots.values())
    return planned[0], planned[-1]


def test_feeds_loaded_together_are_spread_over_an_interval_at_most_and_new_ones_longer():
    assert spread(is_known=True) == (100.0, 100.0 + 199 / START_RATE)
    assert spread(is_known=True, interval_seconds=1.0)[1] < 101.0
    assert spread(is_known=False, interval_seconds=1.0) == (100.0, 100.0 + 199 / FIRST_RATE)


def test_a_feed_that_was_gone_is_asked_again_when_it_is_imported():
    roster, _, _ = loaded(record(feed()))
    roster.plan(roster.slots["a"], None)
    roster.take(record(feed(), offset=1), 200.0)
    assert roster.slots["a"].due == 200.0


def test_a_feed_that_is_changed_under_way_stays_one_slot():
    roster, _, _ = loaded(record(feed()))
    slot = roster.slots["a"]
    slot.due = IN_FLIGHT
    roster.take(record(feed(title="new"), offset=1), 101.0)
    assert roster.slots["a"] is slot
    assert (slot.feed.title, slot.due) == ("new", IN_FLIGHT)


KNOWN = FeedState(
    feed_id="a",
    last_poll_at=START,
    entries={"x": EntryState(article_id="x", version=7, content_hash="h", first_seen_at=START)},
)
WITH_STATE = record(KNOWN, topic="feed-states")
ABSENT = {"removed": None, "off": feed(enabled=False), "unreadable": b"{"}


@pytest.mark.parametrize("absent", ABSENT.values(), ids=ABSENT)
def test_a_feed_that_comes_back_keeps_its_state(absent):
    """Whether it was there, was not there, or left again while its partition was loaded."""
    polled, _, _ = loaded(record(feed()), WITH_STATE)
    polled.take(record(absent, offset=1), 101.0)
    away, _, _ = loaded(record(absent), WITH_STATE)
    early, tenure = Roster(60.0), Tenure(0)
    early.hold({0: tenure})
    early.take(record(absent, offset=1), 99.0)
    early.load({0: tenure}, [record(feed()), WITH_STATE], 100.0)
    for roster in (polled, away, early):
        assert roster.slots == {}
        roster.take(record(feed(), offset=2), 102.0)
        assert roster.slots["a"].state == KNOWN
        assert roster.due(1_000.0) == [roster.slots["a"]]


def test_a_feed_that_comes_back_while_its_poll_is_under_way_keeps_what_the_poll_finds():
    roster, _, _ = loaded(record(feed()))
    slot = roster.slots["a"]
    slot.due = IN_FLIGHT
    roster.take(record(None, offset=1), 101.0)
    roster.take(record(feed(), offset=2), 102.0)
    assert roster.slots["a"] is slot
    assert slot.due == IN_FLIGHT


def test_what_is_owed_of_a_feed_that_is_off_is_known_when_it_comes_back():
    off = record(feed(enabled=False))
    roster, _, _ = loaded(off, record(article(), "x", topic="feed-pending"))
    roster.take(record(feed(), offset=1), 101.0)
    assert roster.slots["a"].state.entries["x"].version == 7


def test_the_state_of_a_feed_that_left_is_dropped_with_its_partition():
    """Another poller may have written it since."""
    roster, _, _ = loaded(record(feed()), WITH_STATE)
    roster.take(record(None, offset=1), 101.0)
    roster.hold({})
    tenure = Tenure(0)
    roster.hold({0: tenure})
    roster.load({0: tenure}, [record(feed(), offset=2)], 200.0)
    assert roster.slots["a"].state == FeedState(feed_id="a")


def test_a_record_that_cannot_be_read_is_counted_on_the_topic_and_said():
    roster, _, problems = loaded(record(feed()), record(b"{", "bad", offset=1))
    census = roster.census(100.0)
    assert (census.on_topic, census.feeds) == (2, 1)
    assert "bad can't be used" in problems[0]


def test_a_feed_that_is_off_or_gone_is_neither_polled_nor_counted():
    roster, _, _ = loaded(record(feed()), record(feed("b", enabled=False), "b", 1))
    roster.take(record(None, offset=2), 101.0)
    census = roster.census(101.0)
    assert (census.on_topic, census.feeds) == (0, 0)


def test_what_was_decided_and_is_not_known_is_owed_and_its_feed_waits_for_it():
    roster, (parcel,), _ = loaded(record(feed()), record(article(), "x", topic="feed-pending"))
    slot = roster.slots["a"]
    assert (parcel.slot, slot.due) == (slot, IN_FLIGHT)
    assert [a.version for a in parcel.bundle.articles] == [7]
    assert slot.state.entries["x"].version == 7


@pytest.mark.parametrize("key", ["x", "moved"])
def test_what_is_known_already_is_only_cleared(key):
    """Also under another key, after the entry moved to another id."""
    known = EntryState(article_id="x", version=7, content_hash="h", first_seen_at=START)
    state = FeedState(feed_id="a", entries={key: known})
    _, (parcel,), _ = loaded(
        record(feed()),
        record(state, topic="feed-states"),
        record(article(), "x", topic="feed-pending"),
    )
    assert (parcel.bundle.articles, parcel.bundle.done, parcel.bundle.cleared) == ((), None, ("x",))


def test_a_feed_is_overdue_when_it_is_more_than_an_interval_late():
    roster, _, _ = loaded(record(feed()), now=100.0)
    assert roster.census(160.0).overdue == 0
    assert roster.census(161.0).overdue == 1
    slot = roster.slots["a"]
    slot.due, slot.asked_at = IN_FLIGHT, 200.0
    assert (roster.census(260.0).overdue, roster.census(261.0).overdue) == (0, 1)
    slot.due = None
    assert (roster.census(9999.0).overdue, roster.census(9999.0).gone) == (0, 1)


def test_a_poll_is_hung_when_it_is_past_its_end():
    roster, _, _ = loaded(record(feed()))
    slot = roster.slots["a"]
    slot.due, slot.ends_by = IN_FLIGHT, 300.0
    assert roster.hung(300.0) == []
    assert roster.hung(301.0) == [slot]


def test_feeds_that_fail_and_feeds_over_the_quota_are_counted():
    state = FeedState(feed_id="a", failures=2, waiting=("x",))
    roster, _, _ = loaded(record(feed()), record(state, topic="feed-states"))
    census = roster.census(100.0)
    assert (census.failing, census.over_quota, census.on_time) == (1, 1, 1)


def test_an_interval_that_is_none_is_the_default():
    roster = Roster(60.0)
    assert [roster.interval_of(feed(interval_seconds=s)) for s in (None, 0, -5, 7)] == [
        60,
        60,
        60,
        7,
    ]
