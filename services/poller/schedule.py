"""When to poll a feed next, in seconds from now (machine time). Randomness is passed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.messages import Feed, FeedState
from services.poller.rhythm import MOST_SHARE
from services.poller.waits import Waits

JITTER = 0.1
"""Share of the interval over which polls are spread.

Feeds imported together so drift apart.
"""

MAX_BACKOFF_SECONDS = 6 * 3600.0
"""The longest wait after failures, unless the feed's own interval is longer."""

DEAD_FAILURES = 60
"""Failures in a row from which a feed counts as dead: two weeks of the longest wait."""

DEAD_SECONDS = 24 * 3600.0
"""The wait between polls of a dead feed, and of one that says it is gone. It may come back."""

GONE = 410
"""The HTTP status of a resource that is gone for good (RFC 9110, 15.5.11)."""

GONE_ANSWERS = 3
"""Answers "gone" after which it is believed, if they came over `GONE_TIME`."""

GONE_TIME = timedelta(days=3)
"""Time over which a feed must say that it is gone. A mistake of its server is mended by then."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What the last poller of a feed told.

    - `due`: when the feed is polled (monotonic seconds; None: never again).
    - `known_to`: the last offset of `feeds` that this poller knew.
    """

    due: float | None
    known_to: float


def next_poll(
    interval: float,
    state: FeedState,
    now: datetime,
    jitter: float,
    waits: Waits = Waits(),  # noqa: B008 - it is frozen
) -> float | None:
    """Return the seconds to wait at `now` (news time), or None if the feed is gone for good.

    - `interval`: the seconds between two polls that go well.
    - `state`: after the poll; each of its failures doubles the wait.
    - `jitter`: from 0 to 1; it changes the result by at most a tenth.
    - `waits`: what the answer asked for. The feed is never polled earlier.
    """
    if is_gone(state, now):
        return None
    wait = _wait(interval, state)
    spread = wait * (1.0 + JITTER * (2.0 * jitter - 1.0))
    asked = max(waits.feed, waits.host, waits.fresh)
    return max(spread, asked + interval * JITTER * jitter) if asked else spread


def is_gone(state: FeedState, now: datetime) -> bool:
    """Return True if the feed says that it is gone, and has often enough, for long enough."""
    since = state.gone_since
    is_long = since is not None and now - since >= GONE_TIME
    return is_long and state.trouble == "gone" and state.gone_answers >= GONE_ANSWERS


def longest_wait(feed: Feed, mean: float) -> float:
    """Return the longest wait that is planned. `mean`: the interval of feeds without their own.

    A told time after that comes from a clock that was wrong.
    """
    return (1.0 + JITTER) * max(DEAD_SECONDS, feed.interval_seconds or MOST_SHARE * mean)


def _wait(interval: float, state: FeedState) -> float:
    if state.failures == 0:
        return interval
    if state.trouble == "gone":
        return max(DEAD_SECONDS, interval)
    # A wall or a limit says nothing of the feed behind it.
    if state.failures >= DEAD_FAILURES and state.trouble not in ("wall", "limited"):
        return max(DEAD_SECONDS, interval)
    backoff = interval * 2.0 ** min(state.failures, 20)
    return min(backoff, max(MAX_BACKOFF_SECONDS, interval))
