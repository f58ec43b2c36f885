"""Rows of state by key, each also found by its references: what a machine holds of its partition.

The topic of the state is what lasts. Rows are a cache of it, filled when the partition is loaded.
They stand in memory (here) or on disk (adapters/sqlite_rows.py), where they may be kept between two
runs with a mark of how far they go. They can be thrown away at any time.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
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

    def keys_of(self, refs: Collection[str], least: int) -> list[str]:
        """Return the keys of the rows with at least so many of the references, in any order.

        `least` is 1 or more. References of many rows cost little, if they are fewer than that.
        """


@dataclass(frozen=True, slots=True)
class Mark:
    """What kept rows are: those of a partition up to an offset, as one program made them.

    - `topic`: the identity of topic and partition; a topic that is made anew has another.
    - `program`: the identity of the program with the settings that rows depend on.
    - `next_offset`: that of the first row of the topic that is not in them.
    - `at`: when that was known, in seconds since 1970 by the machine's clock.
    """

    topic: str
    program: str
    next_offset: int
    at: float


class KeptRows(Rows, Protocol):
    """Rows that may be kept on disk between two runs."""

    @property
    def mark(self) -> Mark | None:
        """The mark with which the rows were kept last; None for rows that are not kept."""

    def keep(self, mark: Mark) -> None:
        """Make all changes since the last mark last, together with this one or not at all."""

    def emptied(self) -> "KeptRows":
        """Return the same rows, empty and without a mark."""

    def close(self) -> None:
        """Let the rows go. Changes since the last mark are undone."""


RowsFactory = Callable[[str], KeptRows]
"""Returns the rows that are kept under a name, for one machine; empty ones if none are.

Rows without a name ("") are never kept.
"""

_DAYS = "~days"
"""The key of the row that holds the last days of the others. It has no reference."""


class Leaving:
    """Which rows leave when: each has the reference of its last day."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._days = set(map(int, (rows.get(_DAYS) or b"").split()))

    def ref(self, last_day: int) -> str:
        """Return the reference of a row that leaves after a day (proleptic Gregorian ordinal)."""
        if last_day not in self._days:
            self._days.add(last_day)
            self._note_days()
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
                self._note_days()
            found += of_day
        return found

    def _note_days(self) -> None:
        self._rows.put(_DAYS, " ".join(map(str, sorted(self._days))).encode())


class MemoryRows:
    """Rows in memory. They are never kept."""

    mark = None

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

    def keys_of(self, refs: Collection[str], least: int) -> list[str]:
        found = Counter(chain.from_iterable(self._keys.get(ref, ()) for ref in set(refs)))
        return [key for key, n in found.items() if n >= least]

    def keep(self, mark: Mark) -> None:
        """Keep nothing."""

    def emptied(self) -> "MemoryRows":
        self._rows.clear()
        self._keys.clear()
        return self

    def close(self) -> None:
        self.emptied()

    def _unrefer(self, key: str, refs: Iterable[str]) -> None:
        for ref in refs:
            del self._keys[ref][key]
            if not self._keys[ref]:
                del self._keys[ref]
