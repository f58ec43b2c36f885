"""The health of one feed, in a sentence that a person understands. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nlargest
from itertools import pairwise
from typing import Literal

from services.messages import Feed, FeedState, FeedTiming

DIED_AFTER = timedelta(days=3)
"""The time of failures after which a feed counts as dead.

Source: collectors of 180,000 feeds saw many come back within days; an outage of a weekend is none.
"""

LEAST_QUIET = timedelta(hours=6)
"""The shortest silence that is told: a night."""

QUIET_FACTOR = 2.0
"""A feed is quiet after a silence of this many times the longest of its last ones."""

LEAST_GAPS = 7
"""Gaps between new entries from which a rhythm is judged: a daily feed's are a week."""

MOST_GAPS = 30
"""Gaps that count: older ones say nothing of today."""

LATE_INTERVALS = 3.0
"""Intervals after which a feed that was not asked counts as late."""

LEAST_LATE_SECONDS = 120.0
"""The least seconds for that: pollers tell their timings only now and then."""

Health = Literal["well", "new", "off", "quiet", "late", "failing", "died"]

GOOD: frozenset[Health] = frozenset({"well", "new", "off"})


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The health of a feed and a sentence about it."""

    health: Health
    verdict: str


def diagnosis(
    feed: Feed,
    state: FeedState | None,
    timing: FeedTiming | None,
    now: datetime,
    interval: float,
) -> Diagnosis:
    """Return the health of a feed at `now` (news time).

    `interval`: the seconds between two polls. Without a timing, no poller has told of the feed.
    """
    if not feed.enabled:
        return Diagnosis("off", "switched off (enabled: false)")
    wait = _waits(timing, now, interval)
    if state is None or (state.last_success_at is None and not state.failures):
        if wait.is_late:
            return Diagnosis("late", f"never polled: {wait.text}")
        return Diagnosis("new", "not polled yet")
    if state.failures:
        return _failing(state, timing, now, wait)
    if wait.is_late:
        return Diagnosis("late", wait.text)
    last = _last(state, now)
    limit = quiet_limit(state)
    if limit is not None and state.last_new_at and now - state.last_new_at > limit:
        usual = f"though it was never silent for more than {_length(limit / QUIET_FACTOR)} lately"
        return Diagnosis("quiet", f"well, but silent: {last}, {usual}")
    pushed = state.subscription and state.subscription.until and now < state.subscription.until
    how = "; its hub pushes" if pushed else ""
    if state.moved is not None and state.moved.asked == feed.url:
        how += f"; it has moved to {state.moved.to}"
    return Diagnosis("well", f"well: {last}{how}; {wait.text}")


def is_dead(state: FeedState, is_polled: bool, now: datetime) -> bool:
    """Return True if a feed counts as dead. `is_polled`: it is still asked.

    A bot wall or a limit says nothing of the feed behind it.
    """
    since = state.failing_since
    is_long = since is not None and now - since >= DIED_AFTER
    is_behind = state.trouble in ("wall", "limited")
    return bool(state.failures) and (not is_polled or (is_long and not is_behind))


def is_quiet(state: FeedState, limit: timedelta | None, now: datetime) -> bool:
    """Return True if a feed that is read brought nothing for longer than `limit`."""
    if limit is None or state.last_new_at is None or state.failures:
        return False
    return now - state.last_new_at > limit


def quiet_limit(state: FeedState) -> timedelta | None:
    """Return the silence after which a feed counts as quiet, by its own rhythm; None: unknown."""
    times = nlargest(MOST_GAPS + 1, {entry.first_seen_at for entry in state.entries.values()})
    gaps = [after - before for after, before in pairwise(times)]
    if len(gaps) < LEAST_GAPS:
        return None
    return max(LEAST_QUIET, QUIET_FACTOR * max(gaps))


def failing_since(before: FeedState, done: FeedState, now: datetime) -> datetime | None:
    """Return when the failures of the state `done` began; None if the poll went well."""
    return (before.failing_since or now) if done.failures else None


def _failing(
    state: FeedState, timing: FeedTiming | None, now: datetime, wait: "_Wait"
) -> Diagnosis:
    reason = state.last_error or "without a reason"
    since = f" for {_length(now - state.failing_since)}" if state.failing_since else ""
    is_polled = timing is None or timing.next_at is not None
    if is_dead(state, is_polled, now):
        return Diagnosis("died", f"died: it fails{since}: {reason}; {wait.text}")
    times = "time" if state.failures == 1 else "times in a row"
    return Diagnosis("failing", f"fails{since}, {state.failures} {times}: {reason}; {wait.text}")


@dataclass(frozen=True, slots=True)
class _Wait:
    text: str
    is_late: bool = False


def _waits(timing: FeedTiming | None, now: datetime, interval: float) -> _Wait:
    if timing is None:
        return _Wait("no poller has told when it is polled next: does one run?")
    if timing.next_at is None:
        return _Wait("it is polled no more: `reportedly feeds remove` or a new address mends that")
    late = (now - timing.next_at).total_seconds()
    if late > max(LATE_INTERVALS * interval, LEAST_LATE_SECONDS):
        was = _length(now - timing.next_at)
        return _Wait(f"it should have been polled {was} ago: `reportedly health poller`", True)
    if late >= 0:
        return _Wait("the next poll is due")
    return _Wait(f"next poll in {_length(timing.next_at - now)}")


def _last(state: FeedState, now: datetime) -> str:
    if state.last_new_at is None:
        return "no new item yet"
    return f"the last new item came {_length(now - state.last_new_at)} ago"


def _length(time: timedelta) -> str:
    """Return a length of time in one unit: "5 min", "3 h", "2 days"."""
    seconds = max(0.0, time.total_seconds())
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86400:.0f} days"
