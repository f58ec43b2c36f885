"""Orders of readers: one that is repeated is written once, and a link gives few in an hour."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")

REPEATED_WITHIN = timedelta(minutes=1)
"""News time in which the same order again is a repeat: a second press, a page sent again, a flood.

Short, because orders also come by commands, of which nothing is known here.
"""

MOST_ORDERS = 20
"""Orders of one link within `ORDERS_WITHIN`; a repeat is none.

A guess: somebody who tries each button of a page, and undoes it, gives ten. Each order is kept for
90 days, and all notifiers read it.
"""

ORDERS_WITHIN = timedelta(hours=1)
"""News time in which the orders of a link are counted: as long as the shorter snooze."""

MOST_REMEMBERED = 10_000
"""Alerts and recipients whose last order is remembered, and links whose orders are: a few megabytes
each."""


@dataclass(frozen=True, slots=True)
class _Last:
    order: Hashable
    at: datetime
    done: str

    def is_recent(self, now: datetime) -> bool:
        return timedelta(0) <= now - self.at < REPEATED_WITHIN


class TooOften(Exception):
    """A link has given all the orders that it may for now. `until`: news time."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"at most {MOST_ORDERS} orders of a link within {ORDERS_WITHIN}")
        self.until = until


class Repeats:
    """Thread-safe. It knows what this process was asked since its start."""

    def __init__(self) -> None:
        self._last: OrderedDict[Hashable, _Last] = OrderedDict()
        self._given: OrderedDict[Hashable, list[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def once(
        self, about: Hashable, link: Hashable, deed: str, at: datetime, do: Callable[[], str]
    ) -> str:
        """Return what `do` returns; what it returned before, if the last order about it was equal.

        What `do` raises is raised, and is no order. Raises TooOften.
        """
        with self._lock:
            last, order = self._last.get(about), (link, deed)
            if last is not None and last.order == order and last.is_recent(at):
                return last.done
            given = [each for each in self._given.get(link, ()) if _is_within(each, at)]
            if len(given) >= MOST_ORDERS:
                raise TooOften(given[0] + ORDERS_WITHIN)
            done = do()
            _remember(self._last, about, _Last(order, at, done))
            _remember(self._given, link, [*given, at])
            return done


def _is_within(given: datetime, now: datetime) -> bool:
    return timedelta(0) <= now - given < ORDERS_WITHIN


def _remember(rows: OrderedDict[Hashable, T], key: Hashable, row: T) -> None:
    """Write a row, and forget the one that was written first if there are too many."""
    rows[key] = row
    rows.move_to_end(key)
    if len(rows) > MOST_REMEMBERED:
        rows.popitem(last=False)
