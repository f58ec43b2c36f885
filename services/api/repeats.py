"""Orders of readers that are repeated: each is written once, however often it is sent."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

REPEATED_WITHIN = timedelta(minutes=1)
"""News time in which the same order again is a repeat: a second press, a page sent again, a flood.

Short, because orders also come by commands, of which nothing is known here.
"""

MOST_REMEMBERED = 10_000
"""Alerts and recipients whose last order is remembered, a few megabytes."""


@dataclass(frozen=True, slots=True)
class _Last:
    order: Hashable
    at: datetime
    done: str

    def is_recent(self, now: datetime) -> bool:
        return timedelta(0) <= now - self.at < REPEATED_WITHIN


class Repeats:
    """Thread-safe."""

    def __init__(self) -> None:
        self._last: OrderedDict[Hashable, _Last] = OrderedDict()
        self._lock = threading.Lock()

    def once(self, about: Hashable, order: Hashable, at: datetime, do: Callable[[], str]) -> str:
        """Return what `do` returns; what it returned before, if the last order about it was equal.

        What `do` raises is raised, and is no order.
        """
        with self._lock:
            last = self._last.get(about)
            if last is not None and last.order == order and last.is_recent(at):
                return last.done
            done = do()
            self._last[about] = _Last(order, at, done)
            self._last.move_to_end(about)
            if len(self._last) > MOST_REMEMBERED:
                self._last.popitem(last=False)
            return done
