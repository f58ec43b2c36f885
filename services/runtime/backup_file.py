"""The file of a backup: a head, records of topics, and an end with counts and a checksum.

    gzip( line of JSON: Head ─► [length, record]… ─► length 0 ─► line of JSON: End )

Records are arrays of MessagePack. One is in memory at a time. A file without its end was cut off.
"""

import gzip
import hashlib
import os
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from services.errors import ConfigError
from services.messages.limits import DEAD_LETTER_BYTES
from services.ports import Record

FORMAT = 1
"""The version of this form. A reader refuses any other."""

LEVEL = 1
"""The level of gzip, the quickest: a backup is bound by one processor. A guess."""

MOST_HEAD_BYTES = 8 * 1024 * 1024
"""Bytes of head and end: some offsets for each group and partition."""

MOST_RECORD_BYTES = 2 * DEAD_LETTER_BYTES
"""Bytes of one record; no topic takes a message of half of it."""

_LENGTH_BYTES = 4


class Place(msgspec.Struct, frozen=True, array_like=True):
    """The next offset that a group reads in a partition."""

    topic: str
    partition: int
    offset: int


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup is of.

    - `data_version`, `program`: of the data, and the program that wrote the backup.
    - `partitions`: topic to the number of its partitions.
    - `places`: group to what it had committed when the backup began.
    - `forgotten`: ids of articles whose text was taken out of it.
    """

    reportedly_backup: int
    data_version: int
    program: str
    at: datetime
    partitions: dict[str, int]
    places: dict[str, tuple[Place, ...]]
    forgotten: tuple[str, ...] = ()


class End(msgspec.Struct, frozen=True, kw_only=True):
    """`records`: topic to the number of its records. `sha256`: of all that stands before."""

    records: dict[str, int]
    sha256: str


class _Row(msgspec.Struct, frozen=True, array_like=True):
    topic: str
    partition: int
    offset: int
    key: str | None
    value: bytes | None
    timestamp_ms: int
    headers: dict[str, bytes]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Row)


class Writer:
    """Writes one backup."""

    def __init__(self, file: BinaryIO, head: Head) -> None:
        self._file, self._digest, self.records = file, hashlib.sha256(), Counter[str]()
        self._write(msgspec.json.encode(head) + b"\n")

    def add(self, record: Record) -> None:
        row = _encoder.encode(
            _Row(
                record.topic,
                record.partition,
                record.offset,
                record.key,
                record.value,
                record.timestamp_ms,
                dict(record.headers),
            )
        )
        self._write(len(row).to_bytes(_LENGTH_BYTES, "big") + row)
        self.records[record.topic] += 1

    def end(self) -> End:
        self._write(bytes(_LENGTH_BYTES))
        end = End(records=dict(self.records), sha256=self._digest.hexdigest())
        self._file.write(msgspec.json.encode(end) + b"\n")
        return end

    def _write(self, some: bytes) -> None:
        self._digest.update(some)
        self._file.write(some)


@contextmanager
def written(path: Path, head: Head) -> Iterator[Writer]:
    """Write a backup of mode 0600 inside the context. It has its name only once it is whole.

    Raises ConfigError for a path that can't be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as raw:
            with gzip.GzipFile("", "wb", LEVEL, raw, mtime=0) as file:
                yield (writer := Writer(file, head))  # type: ignore[arg-type]
                writer.end()
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(path)
    except OSError as error:
        raise ConfigError(f"{path} can't be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)


def head_of(path: Path) -> Head:
    """Return the head of a backup. Raises ConfigError for a file that is none."""
    with _opened(path) as file:
        return _head(file, path)


def records_of(path: Path) -> Iterator[Record]:
    """Yield the records of a backup. Raises ConfigError at its end if it is damaged."""
    with _opened(path) as file:
        reading = _Reading(file, path)
        _head(reading, path)
        while row := reading.row():
            yield Record(
                row.topic,
                row.partition,
                row.offset,
                row.key,
                row.value,
                row.timestamp_ms,
                row.headers,
            )
        reading.require_whole()


def check(path: Path) -> dict[str, int]:
    """Return topic to its number of records. Raises ConfigError for a damaged file."""
    return dict(Counter(record.topic for record in records_of(path)))


class _Reading:
    """A file that is read, with the digest of what was read."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file, self._path, self._digest = file, path, hashlib.sha256()
        self._n = Counter[str]()

    def readline(self, most: int) -> bytes:
        line = self._file.readline(most)
        self._digest.update(line)
        return line

    def row(self) -> _Row | None:
        """Return the next record; None behind the last one."""
        size = int.from_bytes(self._exactly(_LENGTH_BYTES), "big")
        if not size:
            return None
        if size > MOST_RECORD_BYTES:
            raise _damaged(self._path, "a record has an impossible size")
        try:
            row = _decoder.decode(self._exactly(size))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise _damaged(self._path, "a record can't be read") from error
        self._n[row.topic] += 1
        return row

    def require_whole(self) -> None:
        try:
            end = msgspec.json.decode(self._file.readline(MOST_HEAD_BYTES), type=End)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise _damaged(self._path, "its end is missing") from error
        if (
            self._file.read(1)
            or end.sha256 != self._digest.hexdigest()
            or end.records != dict(self._n)
        ):
            raise _damaged(self._path, "its checksum is another one")

    def _exactly(self, size: int) -> bytes:
        some = self._file.read(size)
        if len(some) < size:
            raise _damaged(self._path, "its end is missing")
        self._digest.update(some)
        return some


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with gzip.open(path, "rb") as file:
            yield file  # type: ignore[misc]
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise _damaged(path, str(error)) from error
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror or error}") from error


def _head(file: "BinaryIO | _Reading", path: Path) -> Head:
    try:
        head = msgspec.json.decode(file.readline(MOST_HEAD_BYTES), type=Head)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no backup of `reportedly backup`") from error
    if head.reportedly_backup != FORMAT:
        raise ConfigError(
            f"{path} has the form {head.reportedly_backup} of backups, this program reads "
            f"{FORMAT}: install Reportedly {head.program} or newer"
        )
    return head


def _damaged(path: Path, why: str) -> ConfigError:
    return ConfigError(f"{path} is damaged ({why}): take another backup; nothing was changed")
