"""Loads a machine from the rows of its partition, without the unreadable ones."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import structlog

from services.errors import FatalError, InvalidMessage, ReportedlyError
from services.ports import Record
from services.runtime.set_aside import Letter, is_alive

MOST_ROWS = 1000
"""Rows of a partition that one load may set aside.

A guess: more rows mean data of another version. Without them the machine would publish everything
again.
"""

MOST_BYTES = 64 * 1024 * 1024
"""Bytes of the values of these rows.

They are in memory until one transaction of seconds has written them.
"""

_log = structlog.get_logger()


class Restores(Protocol):
    """An object that rows of state are applied to."""

    def restore(self, key: str, value: bytes | None) -> None:
        """Apply one row of state; None deletes it."""


M = TypeVar("M", bound=Restores)


@dataclass
class Loaded(Generic[M]):
    """A loaded machine.

    - `rows`: the number of rows read.
    - `next_offset`: the offset behind the last of them; 0 if there was none.
    - `unreadable`: rows to set aside, each with its reason.
    - `taken_back`: the letters whose rows it took again.
    """

    machine: M
    rows: int = 0
    next_offset: int = 0
    unreadable: list[tuple[Record, InvalidMessage]] = field(default_factory=list)
    taken_back: list[Letter] = field(default_factory=list)


def load(
    read: Callable[[], Iterable[Record]],
    machine: Callable[[], M],
    asked_back: Sequence[Letter] = (),
) -> Loaded[M]:
    """Return a machine that was given no unreadable row, and no older row of such a row's key.

    `read` yields the partition's rows from the start. An error may leave a machine half changed, so
    a new one is made and the rows are read again. A letter in `asked_back` is taken unless its key
    was written since.

    Raises FatalError for more than `MOST_ROWS` rows or `MOST_BYTES` bytes that can't be read;
    TransientError.
    """
    loading = _Loading(asked_back)
    while True:
        loaded = loading.attempt(read(), machine())
        loading.require_few()
        if loaded is not None:
            return loaded


def go_on(rows: Iterable[Record], machine: M) -> Loaded[M] | None:
    """Return a machine that was given further rows; None if one of them can't be read."""
    return _Loading(()).attempt(rows, machine)


@dataclass(frozen=True)
class _Broken:
    """An unreadable row. Its value is not kept: the next attempt reads it again."""

    place: str
    offset: int
    n_bytes: int
    verdict: InvalidMessage


class _Loading:
    """Findings of earlier attempts: unreadable offsets, and keys whose last row is unreadable."""

    def __init__(self, asked_back: Sequence[Letter]) -> None:
        self._asked_back = {letter.row.key or "": letter for letter in asked_back}
        self._offsets: set[int] = set()
        self._last: dict[str, _Broken] = {}

    def attempt(self, rows: Iterable[Record], machine: M) -> Loaded[M] | None:
        """Apply all rows to a machine.

        Return None if one was unreadable: the next attempt leaves it out.
        """
        loaded, is_whole, alive = Loaded(machine), True, set[str]()
        for record in rows:
            key = record.key or ""
            loaded.rows += 1
            loaded.next_offset = record.offset + 1
            if key in self._asked_back:
                alive = alive | {key} if is_alive(record) else alive - {key}
            broken = self._broken(record, key)
            if broken is not None:
                if broken.offset == record.offset:
                    loaded.unreadable.append((record, broken.verdict))
            elif record.offset not in self._offsets:
                is_whole = self._put(machine, record, key) and is_whole
        is_whole = self._take_back(loaded, alive) and is_whole
        return loaded if is_whole else None

    def _broken(self, record: Record, key: str) -> _Broken | None:
        """Return the unreadable row that is the last of its key, unless `record` is newer."""
        known = self._last.get(key)
        if known is not None and record.offset > known.offset:
            del self._last[key]
            return None
        return known

    def _put(self, machine: M, record: Record, key: str) -> bool:
        """Apply a row to a machine. Return False if it was unreadable."""
        verdict = _restore(machine, record)
        if verdict is None:
            return True
        self._offsets.add(record.offset)
        place = f"{record.topic}, partition {record.partition}, offset {record.offset}, key {key}"
        if record.value is None:
            _log.error(
                "a deletion in the state can't be applied", place=place, detail=verdict.detail
            )
        else:
            self._last[key] = _Broken(place, record.offset, len(record.value), verdict)
        return False

    def _take_back(self, loaded: Loaded[M], alive: set[str]) -> bool:
        """Apply the letters to restore to the machine. Return False if one was unreadable."""
        for key, letter in list(self._asked_back.items()):
            place = {"topic": letter.row.topic, "row": letter.name}
            if key in alive:
                _log.error("a row that is asked back was written anew since: drop it", **place)
                continue
            verdict = _restore(loaded.machine, letter.row)
            if verdict is not None:
                del self._asked_back[key]
                _log.error(
                    "a row that is asked back can't be read",
                    **place,
                    reason=verdict.reason,
                    detail=verdict.detail,
                )
                return False
            loaded.taken_back.append(letter)
        return True

    def require_few(self) -> None:
        """Raise FatalError if there are so many unreadable rows that the state would be lost."""
        n_bytes = sum(broken.n_bytes for broken in self._last.values())
        if len(self._last) > MOST_ROWS or n_bytes > MOST_BYTES:
            first = next(iter(self._last.values()))
            raise FatalError(
                f"{len(self._last):,} rows of state ({n_bytes:,} bytes) can't be read, the first "
                f"at {first.place}: "
                f"{first.verdict}; at most {MOST_ROWS:,} rows and {MOST_BYTES:,} bytes of a "
                "partition are set aside, and "
                "nothing was changed: start the version of Reportedly that wrote them, or an empty "
                "data folder"
            )


def _restore(machine: Restores, record: Record) -> InvalidMessage | None:
    """Apply a row to a machine; return why it is unreadable, or None.

    Raises TransientError, FatalError, MemoryError.
    """
    try:
        machine.restore(record.key or "", record.value)
    except InvalidMessage as error:
        # A new error: the traceback of this one keeps everything alive that was being read.
        return InvalidMessage(error.reason, error.detail)
    except (ReportedlyError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - returned: logged, and kept with the row
        return InvalidMessage("not-restored", f"{type(error).__name__}: {error}")
    return None
