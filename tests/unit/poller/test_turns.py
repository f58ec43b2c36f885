"""Whose turn it is, in simulated time: polls of any length, with any answers."""

import heapq
import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
from builders import START
from hypothesis import given
from hypothesis import strategies as st

from services.messages import Feed, FeedState, encode
from services.poller import rhythm
from services.poller.answer import Outcome, Unread, failure, first_look
from services.poller.decide import unchanged
from services.poller.hosts import MAX_SLOW, SLOW_SECONDS, host_of
from services.poller.roster import IN_FLIGHT, Roster, Tenure
from services.poller.schedule import DEAD_SECONDS, JITTER, MAX_BACKOFF_SECONDS
from services.poller.timings import timings
from services.poller.turns import MAX_IN_FLIGHT, MAX_NEW, Turns
from services.poller.waits import MAX_RETRY_AFTER_SECONDS
from services.ports import HttpAnswer, Record


def turns_of(feeds, mean=60.0):
    turns, tenure = Turns(Roster(mean)), Tenure(0)
    turns.roster.hold({0: tenure})
    rows = [Record("feeds", 0, n, feed.feed_id, encode(feed)) for n, feed in enumerate(feeds)]
    turns.roster.load({0: tenure}, rows, 0.0)
    return turns


def feeds_on(*hosts, **kw):
    return [
        Feed(feed_id=f"f{n}", url=f"http://{host}/{n}", outlet="o", **kw)
        for n, host in enumerate(hosts)
    ]


def known(turns):
    """Let the feeds have been asked before."""
    for slot in turns.roster.slots.values():
        slot.state = msgspec.structs.replace(slot.state, last_poll_at=START)
    return turns


def outcome_of(slot, came, news):
    """Return the outcome of (status, headers); 0 stands for no answer."""
    status, headers = came
    if not status:
        return failure(slot.state, news, "no answer")
    answer = HttpAnswer(status, slot.address, headers, b"%d" % id(news))
    seen = first_look(slot.feed, slot.state, answer, news)
    if isinstance(seen, Unread):
        return Outcome("unchanged", unchanged(seen.seen, news), waits=seen.waits, url=answer.url)
    return seen


def played(turns, seconds, answers, mean=60.0):
    """Return the polls (slot, begun, ended, answer) of a simulated time."""
    done: list[Any] = []
    under_way: list[Any] = []
    now, n = 0.0, 0
    while now < seconds:
        while under_way and under_way[0][0] <= now:
            ended, _, slot, begun, came = heapq.heappop(under_way)
            news = START + timedelta(seconds=ended)
            turns.conclude(slot, outcome_of(slot, came, news), ended, news, (n % 11) / 10)
            done.append((slot, begun, ended, came))
        turns.tune(now, START + timedelta(seconds=now))
        for slot in turns.next(now, len(under_way)):
            turns.begin(slot, now)
            lasts, came = answers[n % len(answers)]
            n += 1
            heapq.heappush(under_way, (now + lasts, n, slot, now, came))
        now += mean / 20
    return done, [row[2] for row in under_way]


ANSWERS = st.tuples(
    st.sampled_from([0.1, 1.0, 30.0, 200.0]),
    st.tuples(
        st.sampled_from([0, 200, 200, 304, 404, 410, 429, 503]),
        st.sampled_from(
            [
                {},
                {"retry-after": "300"},
                {"retry-after": "1000"},
                {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "500"},
                {"cache-control": "max-age=200"},
            ]
        ),
    ),
)


@given(
    hosts=st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=8),
    answers=st.lists(ANSWERS, min_size=1, max_size=12),
)
def test_a_host_gets_one_request_at_a_time_and_none_before_the_time_that_it_named(hosts, answers):
    turns = turns_of(feeds_on(*hosts))
    done, _ = played(turns, 3_000.0, answers)
    for host in set(hosts):
        free_at, busy_until = 0.0, 0.0
        for _, begun, ended, (status, headers) in sorted(
            (row for row in done if row[0].hosts[0] == host), key=lambda row: row[1]
        ):
            assert begun >= busy_until, "one at a time"
            assert begun >= free_at, "not before the time that the host named"
            busy_until = ended
            if status == 429:
                free_at = ended + float(headers.get("retry-after", 60))
            elif status and "x-ratelimit-reset" in headers:
                free_at = max(free_at, ended + 500)


@given(
    hosts=st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=8),
    answers=st.lists(ANSWERS, min_size=1, max_size=12),
)
def test_every_feed_has_its_next_turn_within_the_longest_wait(hosts, answers):
    turns = turns_of(feeds_on(*hosts))
    _, under_way = played(turns, 3_000.0, answers)
    longest = 1.1 * max(DEAD_SECONDS, MAX_BACKOFF_SECONDS, MAX_RETRY_AFTER_SECONDS) + 60
    for slot in turns.roster.slots.values():
        assert slot.due is not None
        assert slot in under_way or slot.due <= 3_000.0 + longest


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 100)), max_size=30))
def test_the_line_holds_just_the_feeds_that_are_due(plans):
    turns = turns_of(feeds_on(*"abcdefghij"))
    slots = list(turns.roster.slots.values())
    for now, (n, due) in enumerate(plans):
        turns.roster.plan(slots[n], float(due))
        turns.roster.due(float(now))
    wanted = sorted(
        (slot for slot in slots if slot.due is not None and slot.due <= 50.0),
        key=lambda slot: (slot.due, slot.feed.feed_id),
    )
    assert turns.roster.due(50.0) == wanted


def test_feeds_that_lead_to_one_host_are_asked_one_after_the_other_once_that_is_known():
    turns = known(turns_of(feeds_on("a", "b")))
    first, second = turns.roster.slots.values()
    for slot in (first, second):
        turns.begin(slot, 0.0)
        turns.conclude(slot, Outcome("read", slot.state, url="http://cdn/x"), 0.0, START, 0.5)
        turns.roster.plan(slot, 1.0)
    begun = list(turns.next(1.0, 0))[:1]
    turns.begin(begun[0], 1.0)
    assert list(turns.next(1.0, 1)) == []
    limited = outcome_of(begun[0], (429, {"retry-after": "90"}), START)
    turns.conclude(begun[0], replace(limited, url="http://cdn/x"), 2.0, START, 0.5)
    assert list(turns.next(91.0, 0)) == []
    assert [turns.hosts.free_at(host, 2.0) for host in ("cdn", "b")] == [92.0, 2.0]


def test_hosts_that_hang_leave_room_for_the_others():
    hung = [f"h{n}" for n in range(2 * MAX_IN_FLIGHT)]
    turns = known(turns_of(feeds_on(*hung, "quick", interval_seconds=60.0)))
    for name in hung:
        turns.hosts.begin(name, -SLOW_SECONDS - 1)
        turns.hosts.end(name, 0.0)
    begun = []
    for slot in turns.next(10.0, 0):
        turns.begin(slot, 10.0)
        begun.append(slot.hosts[0])
    assert len(begun) == MAX_SLOW + 1
    assert "quick" in begun


def test_a_host_is_as_slow_as_its_answer_and_not_as_what_is_read_of_it():
    for answered_at, is_slow in ((1.0, False), (None, True)):
        turns = turns_of(feeds_on("a"))
        slot = next(iter(turns.roster.slots.values()))
        turns.begin(slot, 0.5)
        slot.answered_at = answered_at
        turns.conclude(slot, Outcome("read", slot.state), 20.0, START, 0.5)
        assert turns.hosts.is_slow("a") == is_slow


def test_new_feeds_leave_room_for_the_others():
    turns = turns_of(feeds_on(*(f"h{n}" for n in range(2 * MAX_NEW))))
    begun = []
    for slot in turns.next(10.0, 0):
        turns.begin(slot, 10.0)
        begun.append(slot)
    assert len(begun) == MAX_NEW
    # A poll may set the state before it ends.
    begun[0].state = msgspec.structs.replace(begun[0].state, last_poll_at=START)
    turns.conclude(begun[0], outcome_of(begun[0], (200, {}), START), 10.0, START, 0.5)
    assert len(list(itertools.islice(turns.next(10.0, MAX_NEW - 1), 1))) == 1


def test_no_more_than_the_most_are_under_way():
    turns = known(turns_of(feeds_on(*(f"h{n}" for n in range(MAX_IN_FLIGHT + 5)))))
    assert len(list(turns.next(10.0, 0))) == MAX_IN_FLIGHT
    assert len(list(turns.next(10.0, MAX_IN_FLIGHT - 1))) == 1


def test_ten_feeds_of_a_host_that_wants_fewer_requests_make_one():
    turns = turns_of(feeds_on(*["one.example"] * 10))
    done, _ = played(turns, 3_500.0, [(0.1, (429, {"retry-after": "3600"}))])
    assert len(done) == 1


def test_a_503_of_one_route_stops_no_other():
    turns = turns_of(feeds_on(*["one.example"] * 10))
    done, _ = played(turns, 60.0, [(0.1, (503, {"retry-after": "3600"}))])
    assert {slot.feed.feed_id for slot, *_ in done} == {f"f{n}" for n in range(10)}


def concluded(turns, outcome, jitter=0.5):
    """Return the seconds until the first feed is asked again."""
    slot = next(iter(turns.roster.slots.values()))
    turns.begin(slot, 0.0)
    assert slot.due == IN_FLIGHT
    turns.conclude(slot, outcome, 0.0, START, jitter)
    return slot.due


def test_an_interval_of_a_feeds_own_beats_what_its_server_declares_but_no_limit():
    for came, own, mean in (
        ((200, {"cache-control": "max-age=300"}), 60, 303),
        ((503, {"retry-after": "300"}), 303, 303),
        ((429, {"retry-after": "300"}), 303, 303),
    ):
        for seconds, kw in ((own, {"interval_seconds": 60.0}), (mean, {})):
            turns = turns_of(feeds_on("a", **kw))
            slot = next(iter(turns.roster.slots.values()))
            assert concluded(turns, outcome_of(slot, came, START)) == seconds


def test_after_a_gap_a_feed_is_asked_sooner():
    turns = turns_of(feeds_on("a"))
    state = FeedState(feed_id="f0")
    assert concluded(turns, Outcome("read", state)) == 60
    assert concluded(turns, Outcome("read", state, is_gap=True)) == rhythm.LEAST_SHARE * 60


def test_a_limit_named_by_the_target_of_a_redirect_holds_both_hosts():
    turns = turns_of(feeds_on("a"))
    slot = next(iter(turns.roster.slots.values()))
    outcome = outcome_of(slot, (429, {"retry-after": "90"}), START)
    turns.begin(slot, 0.0)
    elsewhere = Outcome("failed", outcome.done, waits=outcome.waits, url="http://b/0")
    turns.conclude(slot, elsewhere, 0.0, START, 0.5)
    assert [turns.hosts.free_at(host_of(f"http://{h}/"), 1.0) for h in "ab"] == [90.0, 90.0]


def test_a_time_that_a_host_named_is_known_to_the_next_poller_for_all_its_feeds():
    """Those that are due, those that are being polled, and not those that are due later anyway."""
    turns = turns_of(feeds_on(*["one.example"] * 4, "other.example"))
    slots = list(turns.roster.slots.values())
    slots[1].due, slots[2].due, slots[3].due = IN_FLIGHT, 900.0, None
    turns.hosts.hold("one.example", 500.0)
    (told,) = timings(turns, 10.0, START).values()
    never = float("inf")
    due = [
        (one.next_at - START).total_seconds() + 10.0 if one.next_at else never for one in told.feeds
    ]
    assert all(500.0 <= at <= 500.0 + JITTER * 60.0 + 1.0 for at in due[:2])
    assert due[2:4] == [900.0, never]
    assert due[4] < 500.0
