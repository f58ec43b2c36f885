"""Rows of state by key, each also found by its references: what a machine holds of its partition.

The topic of the state is what lasts. Rows are a cache of it, filled when the partition is loaded
and thrown away with the machine. They stand in memory (here) or on disk (adapters/sqlite_rows.py).
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Protocol


class Rows(Protocol):
    """Values by key. All methods raise TransientError if the disk does not take or give them."""

    def __len__(self) -> int: ...

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, value: bytes, refs: Iterable[str] = ()) -> None:
        """Add or replace a row. It is found by these references alone."""

    def delete(self, key: str) -> None:
        """Remove a row, if it is there."""

    def keys(self, ref: str, *, newest_first: bool = False) -> Iterator[str]:
        """Yield the keys of the rows with a reference, in the order in which they first came.

        Nothing may be written while it is read.
        """


RowsFactory = Callable[[], Rows]
"""Makes rows, empty at first, for one machine."""


class Leaving:
    """Which rows leave when: each has the reference of its last day."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._days: set[int] = set()

    def ref(self, last_day: int) -> str:
        """Return the reference of a row that leaves after a day (proleptic Gregorian ordinal)."""
        self._days.add(last_day)
        return f"last|{last_day}"

    def due(self, today: int, most: int) -> list[str]:
        """Return keys of at most so many rows whose last day is over, the oldest first."""
        found: list[str] = []
        for day in sorted(day for day in self._days if day < today):
            if len(found) == most:
                break
            of_day = list(islice(self._rows.keys(f"last|{day}"), most - len(found)))
            if not of_day:
                self._days.remove(day)
            found += of_day
        return found


class MemoryRows:
    """Rows in memory."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[bytes, frozenset[str]]] = {}
        self._keys: dict[str, dict[str, None]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: str) -> bytes | None:
        row = self._rows.get(key)
        return row[0] if row else None

    def put(self, key: str, value: bytes, refs: Iterable[str] = ()) -> None:
        now = frozenset(refs)
        before = self._rows[key][1] if key in self._rows else frozenset[str]()
        self._rows[key] = value, now
        self._unrefer(key, before - now)
        for ref in now - before:
            self._keys.setdefault(ref, {})[key] = None

    def delete(self, key: str) -> None:
        if key in self._rows:
            self._unrefer(key, self._rows.pop(key)[1])

    def keys(self, ref: str, *, newest_first: bool = False) -> Iterator[str]:
        found = self._keys.get(ref, {})
        return reversed(found) if newest_first else iter(found)

    def _unrefer(self, key: str, refs: Iterable[str]) -> None:
        for ref in refs:
            del self._keys[ref][key]
            if not self._keys[ref]:
                del self._keys[ref]
