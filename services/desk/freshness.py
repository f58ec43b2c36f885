"""How fresh a panel is: live, quiet since, late by, or unknown. Pure.

A panel that shows nothing new says why: because nothing happened, because what happened is still on
its way, or because nobody knows. The second and third look like the first to who is not told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

FreshnessState = Literal["live", "quiet", "late", "unknown"]

LATE_SECONDS = 15.0
"""Age of the oldest unread message from which a panel is late.

The way from the poller to the index takes about five seconds on a quiet machine
(docs/operations.md); a third of what a person waits for before they ask somebody.
"""

SILENT_SECONDS = 60.0
"""Seconds after which a poller that tells nothing counts as gone. It tells its times every 15."""

QUIET_AFTER = timedelta(minutes=10)
"""Silence after which a panel says since when. A desk of some feeds has shorter pauses all day."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the way to a panel.

    - `newest_at`: the newest time stored in what it shows (news time); None: nothing is stored.
    - `told_seconds`: how long ago a poller last told that it polls; None: none ever did. It is the
      machine's time, as is `behind_seconds`: a news clock may leap, and no stage is late for that.
    - `behind_seconds`: the age of the oldest message that a stage on the way has not read; 0: all
      is read; None: it can't be found out.
    - `is_known`: the engines answered.
    """

    newest_at: datetime | None = None
    told_seconds: float | None = None
    behind_seconds: float | None = None
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh a panel is.

    - `since`: for `quiet`, the newest time shown; None if nothing was ever stored.
    - `seconds`: how late, for `late`.
    - `why`: one sentence; "" for `live`.
    """

    state: FreshnessState
    since: datetime | None = None
    seconds: int = 0
    why: str = ""

    @property
    def text(self) -> str:
        """The state in words. Times of a day are shown by pages, in the reader's zone."""
        match self.state:
            case "late":
                return f"late by {length(self.seconds)}"
            case "quiet":
                if self.since is None:
                    return "quiet: nothing yet"
                return f"quiet since {self.since:%Y-%m-%d %H:%M} UTC"
            case _:
                return self.state


UNKNOWN = Freshness("unknown", why="The engines do not answer, so what you see may be old.")


def freshness(facts: Facts, now: datetime) -> Freshness:
    """Return how fresh a panel is at `now` (news time)."""
    if not facts.is_known:
        return UNKNOWN
    if facts.told_seconds is None:
        return Freshness("unknown", why="No poller has told that it polls: does one run?")
    if facts.behind_seconds is None:
        return Freshness("unknown", why="How far the stages have read can't be found out.")
    if facts.behind_seconds >= LATE_SECONDS:
        return Freshness(
            "late",
            seconds=round(facts.behind_seconds),
            why="What came in is still being read: see the pipeline.",
        )
    if facts.told_seconds > SILENT_SECONDS:
        seconds = round(facts.told_seconds)
        return Freshness("late", seconds=seconds, why="The poller tells nothing: does one run?")
    if facts.newest_at is None or now - facts.newest_at > QUIET_AFTER:
        return Freshness("quiet", since=facts.newest_at, why="Feeds are read; they bring no news.")
    return Freshness("live")


def length(seconds: float) -> str:
    """Return a length of time in its largest unit: "40 s", "5 min", "3 h", "2 days"."""
    whole = max(0.0, seconds)
    for most, unit, size in ((90, "s", 1), (90 * 60, "min", 60), (48 * 3600, "h", 3600)):
        if whole < most:
            return f"{whole / size:.0f} {unit}"
    return f"{whole / 86_400:.0f} days"
