"""Watches over the feeds of a poller: which ones died or fell silent, and when each is polled."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

import structlog

from services.messages import FeedTimings
from services.poller.roster import IN_FLIGHT, Slot
from services.poller.timings import timings
from services.poller.turns import Turns
from services.runtime import metrics
from services.text.feed_health import is_dead, is_quiet, quiet_limit

LIMITS_A_LOOK = 200
"""Feeds whose rhythm is computed at one look: 40 ms of the loop at most (2,000 entries each).

The others have that of an earlier look, or wait for the next.
"""

_log = structlog.get_logger()


class Watching:
    """Counts the feeds that need a person, and logs each once when it begins to."""

    def __init__(self) -> None:
        self.died: frozenset[str] = frozenset()
        self.quiet: frozenset[str] = frozenset()
        self._limits: dict[str, tuple[datetime | None, timedelta | None]] = {}

    def counts(self) -> dict[str, int]:
        """Return the counts of the heartbeat."""
        return {"died": len(self.died), "quiet": len(self.quiet)}

    def look(self, turns: Turns, ticks: float, now: datetime) -> dict[int, FeedTimings]:
        """Look at all feeds. Return the timings of each partition."""
        roster = turns.roster
        slots = list(roster.slots.values())
        self._limits = {key: limit for key, limit in self._limits.items() if key in roster.slots}
        self._learn(slots)
        died = frozenset(
            slot.feed.feed_id for slot in slots if is_dead(slot.state, slot.due is not None, now)
        )
        quiet = frozenset(
            slot.feed.feed_id
            for slot in slots
            if slot.due != IN_FLIGHT and is_quiet(slot.state, self._limit(slot), now)
        )
        for key in died - self.died:
            of_it = roster.slots[key]
            _log.warning(
                "feed died", feed_id=key, url=of_it.feed.url, reason=of_it.state.last_error
            )
        for key in quiet - self.quiet:
            of_it = roster.slots[key]
            _log.warning(
                "feed is silent for longer than ever",
                feed_id=key,
                url=of_it.feed.url,
                last_new_at=of_it.state.last_new_at,
            )
        self.died, self.quiet = died, quiet
        metrics.gauge("reportedly_feeds", len(died), state="died")
        metrics.gauge("reportedly_feeds", len(quiet), state="quiet")
        return timings(turns, ticks, now, quiet)

    def _learn(self, slots: Sequence[Slot]) -> None:
        """Compute the silence that is too long, anew for feeds that brought something."""
        stale = (
            slot for slot in slots if self._limits.get(slot.feed.feed_id, _NONE)[0] != _mark(slot)
        )
        for slot in islice(stale, LIMITS_A_LOOK):
            self._limits[slot.feed.feed_id] = (_mark(slot), quiet_limit(slot.state))

    def _limit(self, slot: Slot) -> timedelta | None:
        return self._limits.get(slot.feed.feed_id, _NONE)[1]


_NONE: tuple[datetime | None, timedelta | None] = (None, None)


def _mark(slot: Slot) -> datetime | None:
    return slot.state.last_new_at
