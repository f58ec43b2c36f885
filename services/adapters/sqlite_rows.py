"""Rows of state on disk: a table of rows and one of references, in a file of SQLite.

                       empty file, nothing journalled ── first mark ──► write-ahead log
    no name            gone when its process ends, however it ends
    a name             kept; one process at a time has it (a lock), another one gets no name

A file without a mark is worth nothing: its load was cut off. With the first mark the file is on the
disk, and from then on each further mark is one transaction, with all changes since the one before:
after a kill or a power failure the file is as of its last mark. After any error it is removed.
"""

import fcntl
import os
import sqlite3
import tempfile
import zlib
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, NoReturn

from services.errors import TransientError
from services.rows import Mark

CACHE_KIB = 4096
"""Memory that the rows of one partition take, in KiB; the operating system caches more.

A guess: 24 partitions of a tracker take 96 MiB.
"""

AT_ONCE = 100_000
"""References that are written at once while all rows are loaded: they take 12 MiB. A guess."""

LONG = 256
"""Rows from which on a reference is left out where others are enough to find a row by. A guess."""

KEYS = 16_384
"""Keys of rows that are kept in memory by id, some 2 MiB. A guess."""

_LOG_BYTES = 16 * 1024 * 1024
"""Bytes that the write-ahead log keeps when all of it is in the file."""

_SCHEMA = """
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
CREATE TABLE row (id INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, value BLOB, refs BLOB);
CREATE TABLE ref (ref INTEGER, id INTEGER, PRIMARY KEY (ref, id)) WITHOUT ROWID;
CREATE TABLE mark (value BLOB);
"""
"""Nothing is journalled at first: after any error the file is dropped."""

_JOURNALLED = f"""
PRAGMA synchronous=NORMAL;
PRAGMA journal_mode=WAL;
PRAGMA journal_size_limit={_LOG_BYTES};
"""

_FIND = "SELECT id, refs FROM row WHERE key = ?"
_ADD = "INSERT OR IGNORE INTO row (key, value, refs) VALUES (?, ?, ?)"

_KEYS = (
    "SELECT row.key, row.refs FROM ref JOIN row ON row.id = ref.id WHERE ref.ref = ?"
    " ORDER BY ref.id"
)

_CHECK_BYTES = 4
"""Bytes of a checksum: the file is older than its process, so what was read of it is checked."""

_MARK, _DAMAGED = "mark", "a row is damaged"


class SqliteRows:
    """Rows on disk. References are kept as numbers of 64 bits, so two may be one by rare chance."""

    def __init__(self, folder: Path, name: str = "", cache_kib: int = CACHE_KIB) -> None:
        """Open the rows kept under a name in a folder, which is made if it is missing.

        Without a name, or if another process has them, they are empty and never kept.
        """
        self._folder, self._cache_kib = folder, cache_kib
        self._path: Path | None = None
        self._mark: Mark | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(folder / f"{name}.lock") if name else None
            if self._lock is not None:
                self._path = folder / f"{name}.rows"
            if self._path is None or not self._open_kept(self._path):
                self._open_empty()
        except (OSError, sqlite3.Error) as error:
            raise _unusable(error) from error

    def __len__(self) -> int:
        return int(self._one("SELECT count(*) FROM row")[0])

    @property
    def mark(self) -> Mark | None:
        return self._mark

    def get(self, key: str) -> bytes | None:
        row = self._one("SELECT value FROM row WHERE key = ?", key)
        return self._checked(key, row[0]) if row else None

    def put(self, key: str, value: bytes, refs: Iterable[str] = ()) -> None:
        now = sorted(set(map(_number, refs)))
        packed, value = _with_check(key, array("q", now).tobytes()), _with_check(key, value)
        # While all rows are loaded, nearly each is new.
        row = self._one(_FIND, key) if self._mark else None
        if row is None:
            if id := self._run(_ADD, key, value, packed):
                self._refer(id, now)
                return
            row = self._one(_FIND, key)
        id, before = row
        if before == packed:
            self._run("UPDATE row SET value = ? WHERE id = ?", value, id)
            return
        self._run("UPDATE row SET value = ?, refs = ? WHERE id = ?", value, packed, id)
        old = array("q", self._checked(key, before))
        self._unrefer(id, set(old).difference(now))
        self._refer(id, sorted(set(now).difference(old)))

    def delete(self, key: str) -> None:
        row = self._one(_FIND, key)
        if row is not None:
            self._unrefer(row[0], array("q", self._checked(key, row[1])))
            self._run("DELETE FROM row WHERE id = ?", row[0])
            self._keys.pop(row[0], None)

    def keys(self, ref: str, *, newest_first: bool = False) -> Iterator[str]:
        number = _number(ref)
        self._write_refs()
        try:
            for key, refs in self._db.execute(_KEYS + " DESC" * newest_first, (number,)):
                if number not in array("q", self._checked(key, refs)):
                    raise sqlite3.DatabaseError(_DAMAGED)
                yield key
        except sqlite3.Error as error:
            raise self._removed(error) from error

    def keys_of(self, refs: Collection[str], least: int) -> list[str]:
        numbers, found, long = set(map(_number, refs)), Counter[int](), list[int]()
        for number in numbers:
            ids = self._ids(number, LONG)
            if len(ids) < LONG:
                found.update(ids)
            else:
                long.append(number)
        # Who has enough of all of them has at most one less for each that is not read.
        n_unread = min(len(long), least - 1)
        for number in long[n_unread:]:
            found.update(self._ids(number, -1))
        near = (id for id, n in found.items() if n >= least - n_unread)
        if not n_unread:
            return [self._key(id) for id in near]
        return list(filter(None, (self._key_of(id, numbers, least) for id in near)))

    def keep(self, mark: Mark) -> None:
        if self._path is None:
            return
        self._write_refs()
        try:
            if self._mark is None:
                self._db.execute("COMMIT")
                _sync(self._path)
                self._db.executescript(f"{_JOURNALLED}BEGIN IMMEDIATE;")
            self._db.execute("DELETE FROM mark")
            self._db.execute("INSERT INTO mark VALUES (?)", (_packed(mark),))
            self._db.execute("COMMIT")
            self._db.execute("BEGIN IMMEDIATE")
        except (OSError, sqlite3.Error) as error:
            raise self._removed(error) from error
        self._mark = mark

    def emptied(self) -> "SqliteRows":
        try:
            self._db.close()
            self._open_empty()
        except (OSError, sqlite3.Error) as error:
            raise _unusable(error) from error
        return self

    def close(self) -> None:
        with suppress(sqlite3.Error):  # what is not kept is loaded again
            self._db.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _open_kept(self, path: Path) -> bool:
        """Open the file as of its last mark. Return False if it has none, or can't be read."""
        if not path.exists():
            return False
        try:
            self._connect(path)
            self._db.executescript(_JOURNALLED)
            found = self._db.execute("SELECT value FROM mark").fetchone()
            if found is not None:
                self._mark = self._unpacked(found[0])
                self._db.execute("BEGIN IMMEDIATE")
                return True
        except (sqlite3.Error, TransientError):
            self._mark = None
        self._db.close()
        return False

    def _open_empty(self) -> None:
        self._mark = None
        if self._path is not None:
            _remove(self._path)
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            self._connect(self._path)
            self._db.executescript(f"{_SCHEMA}BEGIN;")
            return
        handle, path = tempfile.mkstemp(dir=self._folder, prefix="rows-")
        try:
            os.close(handle)
            self._connect(Path(path))
            self._db.executescript(f"{_SCHEMA}BEGIN;")
        finally:
            Path(path).unlink()

    def _connect(self, path: Path) -> None:
        self._unwritten: list[tuple[int, int]] = []
        self._keys: dict[int, str] = {}
        # A machine may be dropped by another thread than the one that made it.
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript(
            f"PRAGMA cache_size=-{self._cache_kib};"
            "PRAGMA locking_mode=EXCLUSIVE;PRAGMA cell_size_check=ON;"
        )

    def _ids(self, number: int, most: int) -> list[int]:
        """Return the ids of at most so many rows with a reference; of all if `most` is negative."""
        query = "SELECT id FROM ref WHERE ref = ? LIMIT ?"
        self._write_refs()
        try:
            return [id for (id,) in self._db.execute(query, (number, most))]
        except sqlite3.Error as error:
            raise self._removed(error) from error

    def _key(self, id: int) -> str:
        """Return the key of a row, which stays the same for as long as the row is there."""
        key = self._keys.get(id)
        if key is None:
            if len(self._keys) >= KEYS:
                self._keys.clear()
            (key,) = self._one("SELECT key FROM row WHERE id = ?", id) or self._damaged()
            self._keys[id] = key
        return key

    def _damaged(self) -> NoReturn:
        raise self._removed(sqlite3.DatabaseError(_DAMAGED))

    def _key_of(self, id: int, numbers: AbstractSet[int], least: int) -> str | None:
        """Return the key of a row if it has so many of the references."""
        key, refs = self._one("SELECT key, refs FROM row WHERE id = ?", id) or (None, None)
        held = numbers & set(array("q", self._checked(key, refs)))
        return str(key) if len(held) >= least else None

    def _refer(self, id: int, refs: Iterable[int]) -> None:
        self._unwritten += ((ref, id) for ref in refs)
        if self._mark or len(self._unwritten) >= AT_ONCE:
            self._write_refs()

    def _write_refs(self) -> None:
        """Write the references that were put aside, in their order: so pages are written once."""
        refs, self._unwritten = self._unwritten, []
        self._all("INSERT INTO ref VALUES (?, ?)", sorted(refs))

    def _unrefer(self, id: int, refs: Iterable[int]) -> None:
        self._write_refs()
        self._all("DELETE FROM ref WHERE ref = ? AND id = ?", ((ref, id) for ref in refs))

    def _one(self, query: str, *values: Any) -> Any:
        try:
            return self._db.execute(query, values).fetchone()
        except sqlite3.Error as error:
            raise self._removed(error) from error

    def _run(self, query: str, *values: Any) -> int:
        """Return the id of the row that was added; 0 if none was."""
        try:
            done = self._db.execute(query, values)
            return done.lastrowid or 0 if done.rowcount else 0
        except sqlite3.Error as error:
            raise self._removed(error) from error

    def _all(self, query: str, rows: Iterable[tuple[int, int]]) -> None:
        try:
            self._db.executemany(query, rows)
        except sqlite3.Error as error:
            raise self._removed(error) from error

    def _checked(self, key: Any, blob: Any) -> bytes:
        """Return a value without its checksum. A damaged file may give any type."""
        if isinstance(key, str) and isinstance(blob, bytes):
            value = blob[:-_CHECK_BYTES]
            if blob == _with_check(key, value):
                return value
        raise self._removed(sqlite3.DatabaseError(_DAMAGED))

    def _unpacked(self, blob: bytes) -> Mark:
        topic, program, next_offset, at = self._checked(_MARK, blob).decode().split("\n")
        return Mark(topic, program, int(next_offset), float(at))

    def _removed(self, error: Exception) -> TransientError:
        """Return what to raise for an error, after which the file is not used again."""
        if self._path is not None and self._lock is not None:
            with suppress(OSError):
                _remove(self._path)
        return _unusable(error)


def _locked(path: Path) -> int | None:
    """Return a handle that holds the lock of a file; None if another process has it."""
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-journal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Return when a file is on the disk, with its name."""
    for one in (path, path.parent):
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _packed(mark: Mark) -> bytes:
    values = (mark.topic, mark.program, mark.next_offset, mark.at)
    return _with_check(_MARK, "\n".join(map(str, values)).encode())


def _with_check(key: str, value: bytes) -> bytes:
    check = zlib.crc32(value, zlib.crc32(key.encode()))
    return value + check.to_bytes(_CHECK_BYTES, "big")


def _number(ref: str) -> int:
    return int.from_bytes(blake2b(ref.encode(), digest_size=8).digest(), "big", signed=True)


def _unusable(error: Exception) -> TransientError:
    return TransientError(f"the rows of state can't be kept in REPORTEDLY_DATA_DIR: {error}")
