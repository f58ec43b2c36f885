"""Watches over the feeds of a poller: which ones died or fell silent, and when each is polled."""

from datetime import datetime, timedelta

import structlog

from services.messages import FeedTimings
from services.poller.health import is_dead, is_quiet, quiet_limit
from services.poller.roster import IN_FLIGHT, Roster, Slot
from services.poller.timings import timings
from services.runtime import metrics

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

    def look(self, roster: Roster, ticks: float, now: datetime) -> dict[int, FeedTimings]:
        """Look at all feeds. Return the timings of each partition."""
        slots = list(roster.slots.values())
        died = frozenset(
            slot.feed.feed_id for slot in slots if is_dead(slot.state, slot.due is not None, now)
        )
        quiet = frozenset(
            slot.feed.feed_id
            for slot in slots
            if slot.due != IN_FLIGHT and is_quiet(slot.state, self._limit(slot), now)
        )
        for slot in slots:
            self._tell(slot, died, quiet)
        self.died, self.quiet = died, quiet
        metrics.gauge("reportedly_feeds", len(died), state="died")
        metrics.gauge("reportedly_feeds", len(quiet), state="quiet")
        return timings(roster, ticks, now)

    def _limit(self, slot: Slot) -> timedelta | None:
        """Return the silence that is too long for a feed, computed anew after new entries."""
        key, state = slot.feed.feed_id, slot.state
        known = self._limits.get(key)
        if known is None or known[0] != state.last_new_at:
            known = self._limits[key] = (state.last_new_at, quiet_limit(state))
        return known[1]

    def _tell(self, slot: Slot, died: frozenset[str], quiet: frozenset[str]) -> None:
        key = slot.feed.feed_id
        log = _log.bind(feed_id=key, url=slot.feed.url)
        if key in died and key not in self.died:
            log.warning("feed died", reason=slot.state.last_error)
        if key in quiet and key not in self.quiet:
            log.warning("feed is silent for longer than ever", last_new_at=slot.state.last_new_at)
