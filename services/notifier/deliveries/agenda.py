"""Which rows are due when: by the machine's clock for tries, by the news clock for orders."""

import heapq
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from services.notifier.deliveries.steps import Now

ClockName = Literal["machine", "news"]


MOST_STALE = 1_000
"""Older entries that a heap may hold, beside as many as there are keys, before it is rebuilt."""


class Agenda:
    """Keys with the time at which each is due. A key has one time at most."""

    def __init__(self) -> None:
        self._times: dict[str, tuple[ClockName, datetime]] = {}
        self._heaps: dict[ClockName, list[tuple[datetime, str]]] = {"machine": [], "news": []}

    def __len__(self) -> int:
        return len(self._times)

    def put(self, key: str, clock: ClockName, at: datetime) -> None:
        """Set when a key is due, in place of its former time."""
        if self._times.get(key) != (clock, at):
            self._times[key] = clock, at
            heapq.heappush(self._heaps[clock], (at, key))
            if len(self._heaps[clock]) > MOST_STALE + 2 * len(self._times):
                self._rebuild(clock)

    def remove(self, key: str) -> None:
        """Forget a key, if it is there."""
        self._times.pop(key, None)

    def take_due(self, now: Now) -> list[str]:
        """Remove and return the keys that are due, the first due first."""
        return [*self._taken("machine", now.machine), *self._taken("news", now.news)]

    def clock_of(self, key: str) -> ClockName | None:
        """Return the clock that a key waits for; None if it waits for nothing."""
        known = self._times.get(key)
        return known[0] if known is not None else None

    def waiting(self, clock: ClockName) -> list[str]:
        """Return the keys that wait for a time of a clock."""
        return [key for key, (by, _) in self._times.items() if by == clock]

    def _rebuild(self, clock: ClockName) -> None:
        """Drop the older entries of keys whose time was changed."""
        live = [(at, key) for key, (by, at) in self._times.items() if by == clock]
        heapq.heapify(live)
        self._heaps[clock] = live

    def _taken(self, clock: ClockName, now: datetime) -> Iterator[str]:
        heap = self._heaps[clock]
        while heap and heap[0][0] <= now:
            at, key = heapq.heappop(heap)
            # A key whose time was changed has an older entry, too.
            if self._times.get(key) == (clock, at):
                del self._times[key]
                yield key
