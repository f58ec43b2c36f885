"""A machine from the rows of its partition, without those that can't be read."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import structlog

from services.errors import FatalError, InvalidMessage, ReportedlyError
from services.ports import Record
from services.runtime.set_aside import Letter

MOST_ROWS = 1000
"""Rows of a partition that are set aside at one load, at most. A guess: more are no accident but the data of another version,
and without them the machine would tell everything anew."""

MOST_BYTES = 64 * 1024 * 1024
"""Bytes of the values of these rows, at most: they are in memory until they are written, in one transaction of seconds."""

_log = structlog.get_logger()


class Restores(Protocol):
    """What rows are put into."""

    def restore(self, key: str, value: bytes | None) -> None:
        """Take one row of state; None deletes it."""


M = TypeVar("M", bound=Restores)


@dataclass
class Loaded(Generic[M]):
    """A machine, how many rows were read for it, those to set aside with why, and the letters that it took back."""

    machine: M
    rows: int = 0
    unreadable: list[tuple[Record, InvalidMessage]] = field(default_factory=list)
    taken_back: list[Letter] = field(default_factory=list)


def load(read: Callable[[], Iterable[Record]], machine: Callable[[], M], asked_back: Sequence[Letter] = ()) -> Loaded[M]:
    """Return a machine that never saw a row that can't be read, nor an older row of its key.

    `read` yields the partition's rows from the start. An error may leave a machine half changed, so
    a new one is made and the rows are read again. A letter that is asked back is taken unless its
    key was written anew since.

    Raises FatalError for more than `MOST_ROWS` rows or `MOST_BYTES` bytes that can't be read;
    TransientError.
    """
    loading = _Loading(asked_back)
    while True:
        loaded = loading.attempt(read(), machine())
        loading.require_few()
        if loaded is not None:
            return loaded


@dataclass(frozen=True)
class _Broken:
    """A row that broke off. Its value is not kept: the next attempt reads it again."""

    place: str
    offset: int
    n_bytes: int
    verdict: InvalidMessage


class _Loading:
    """What is known after some attempts: offsets of rows that broke off, and of each key its last row if it did."""

    def __init__(self, asked_back: Sequence[Letter]) -> None:
        self._asked_back = {letter.row.key or "": letter for letter in asked_back}
        self._offsets: set[int] = set()
        self._last: dict[str, _Broken] = {}

    def attempt(self, rows: Iterable[Record], machine: M) -> Loaded[M] | None:
        """Put all rows into a machine; None if one broke off: then it is to be tried again without it."""
        loaded, is_whole, alive = Loaded(machine), True, set[str]()
        for record in rows:
            key = record.key or ""
            loaded.rows += 1
            if key in self._asked_back:
                alive = alive - {key} if record.value is None else alive | {key}
            broken = self._broken(record, key)
            if broken is not None:
                if broken.offset == record.offset:
                    loaded.unreadable.append((record, broken.verdict))
            elif record.offset not in self._offsets:
                is_whole = self._put(machine, record, key) and is_whole
        is_whole = self._take_back(loaded, alive) and is_whole
        return loaded if is_whole else None

    def _broken(self, record: Record, key: str) -> _Broken | None:
        """Return the row that a key ends with if it broke off, unless this one is newer."""
        known = self._last.get(key)
        if known is not None and record.offset > known.offset:
            del self._last[key]
            return None
        return known

    def _put(self, machine: M, record: Record, key: str) -> bool:
        """Put a row into a machine; tell whether it could be read."""
        verdict = _restore(machine, record)
        if verdict is None:
            return True
        self._offsets.add(record.offset)
        place = f"{record.topic}, partition {record.partition}, offset {record.offset}, key {key}"
        if record.value is None:
            _log.error("a deletion in the state can't be applied", place=place, detail=verdict.detail)
        else:
            self._last[key] = _Broken(place, record.offset, len(record.value), verdict)
        return False

    def _take_back(self, loaded: Loaded[M], alive: set[str]) -> bool:
        """Put the letters that are asked back into the machine; tell whether all of them could be read."""
        for key, letter in list(self._asked_back.items()):
            place = {"topic": letter.row.topic, "row": letter.name}
            if key in alive:
                _log.error("a row that is asked back was written anew since: drop it", **place)
                continue
            verdict = _restore(loaded.machine, letter.row)
            if verdict is not None:
                del self._asked_back[key]
                _log.error("a row that is asked back can't be read", **place, reason=verdict.reason, detail=verdict.detail)
                return False
            loaded.taken_back.append(letter)
        return True

    def require_few(self) -> None:
        """Raises FatalError when so many rows can't be read that setting them aside would forget what was told."""
        n_bytes = sum(broken.n_bytes for broken in self._last.values())
        if len(self._last) > MOST_ROWS or n_bytes > MOST_BYTES:
            first = next(iter(self._last.values()))
            raise FatalError(
                f"{len(self._last):,} rows of state ({n_bytes:,} bytes) can't be read, the first at {first.place}: "
                f"{first.verdict}; at most {MOST_ROWS:,} rows and {MOST_BYTES:,} bytes of a partition are set aside, and "
                "nothing was changed: start the version of Reportedly that wrote them, or an empty data folder"
            )


def _restore(machine: Restores, record: Record) -> InvalidMessage | None:
    """Put a row into a machine; return why it can't be read. Raises TransientError, FatalError, MemoryError."""
    try:
        machine.restore(record.key or "", record.value)
    except InvalidMessage as error:
        # A new one: the traceback of this holds all that was being read.
        return InvalidMessage(error.reason, error.detail)
    except (ReportedlyError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - returned: logged, and kept with the row
        return InvalidMessage("not-restored", f"{type(error).__name__}: {error}")
    return None
