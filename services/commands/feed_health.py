"""What is known of each saved feed: its state, its timing, and a verdict."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from services.commands import world
from services.commands.topic import read_topic
from services.errors import InvalidMessage
from services.messages import Feed, FeedState, FeedTiming, FeedTimings, Message, decode
from services.ports import JsonObject
from services.settings import Settings
from services.text.feed_health import Diagnosis, diagnosis

M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Checked:
    """A feed with its state and its verdict."""

    feed: Feed
    state: FeedState | None
    timing: FeedTiming | None
    diagnosis: Diagnosis

    def row(self) -> JsonObject:
        """Return the feed and what is known of it, as one JSON object."""
        state, timing = self.state, self.timing
        found: JsonObject = msgspec.to_builtins(self.feed)
        return found | {
            "health": self.diagnosis.health,
            "verdict": self.diagnosis.verdict,
            "last_new_at": state and _text(state.last_new_at),
            "last_error": state and state.last_error,
            "failures": state.failures if state else 0,
            "next_poll_at": timing and _text(timing.next_at),
        }


def checked(settings: Settings, feeds: Sequence[Feed]) -> list[Checked]:
    """Return what is known of feeds. Raises TransientError."""
    states = _by_id(FeedState, read_topic(settings, "feed-states").values())
    told = _all(FeedTimings, read_topic(settings, "feed-timings").values())
    timings = {one.feed_id: one for row in sorted(told, key=lambda t: t.at) for one in row.feeds}
    now = world.now(settings)
    found = []
    for feed in feeds:
        state, timing = states.get(feed.feed_id), timings.get(feed.feed_id)
        interval = feed.interval_seconds or settings.poll_interval_seconds
        found.append(Checked(feed, state, timing, diagnosis(feed, state, timing, now, interval)))
    return found


def _text(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None


def _by_id(kind: type[FeedState], values: Iterable[bytes]) -> dict[str, FeedState]:
    return {state.feed_id: state for state in _all(kind, values)}


def _all(kind: type[M], values: Iterable[bytes]) -> list[M]:
    """Return the rows that can be read; `reportedly health` tells of the others."""
    found = []
    for value in values:
        try:
            found.append(decode(kind, value))
        except InvalidMessage:
            continue
    return found
