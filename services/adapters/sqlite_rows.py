"""Rows of state on disk: a table of rows and one of references, in a file without a name.

The file is gone when its process ends, however it ends, so no start ever finds an old one.
"""

import os
import sqlite3
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

from services.errors import TransientError

CACHE_KIB = 4096
"""Memory that the rows of one partition take, in KiB; the operating system caches more.

A guess: 24 partitions of a tracker take 96 MiB.
"""

_SCHEMA = """
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
PRAGMA locking_mode=EXCLUSIVE;
CREATE TABLE row (id INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, value BLOB, refs BLOB);
CREATE TABLE ref (ref INTEGER, id INTEGER, PRIMARY KEY (ref, id)) WITHOUT ROWID;
"""
"""Nothing is journalled: after any error the machine is dropped, with its rows."""

_KEYS = "SELECT row.key FROM ref JOIN row ON row.id = ref.id WHERE ref.ref = ? ORDER BY ref.id"


class SqliteRows:
    """Rows on disk. References are kept as numbers of 64 bits, so two may be one by rare chance."""

    def __init__(self, folder: Path, cache_kib: int = CACHE_KIB) -> None:
        """Make an empty file in a folder, which is made if it is missing."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle, path = tempfile.mkstemp(dir=folder, prefix="rows-")
            try:
                os.close(handle)
                # A machine may be dropped by another thread than the one that made it.
                self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
                self._db.executescript(f"PRAGMA cache_size=-{cache_kib};{_SCHEMA}BEGIN;")
            finally:
                Path(path).unlink()
        except (OSError, sqlite3.Error) as error:
            raise _unusable(error) from error
        self._n = 0

    def __len__(self) -> int:
        return self._n

    def get(self, key: str) -> bytes | None:
        row = self._one("SELECT value FROM row WHERE key = ?", key)
        return bytes(row[0]) if row else None

    def put(self, key: str, value: bytes, refs: Iterable[str] = ()) -> None:
        now = sorted(set(map(_number, refs)))
        packed = array("q", now).tobytes()
        row = self._one("SELECT id, refs FROM row WHERE key = ?", key)
        if row is None:
            id = self._run(
                "INSERT INTO row (key, value, refs) VALUES (?, ?, ?)", key, value, packed
            )
            self._refer(id, now)
            self._n += 1
            return
        id, before = row
        if before == packed:
            self._run("UPDATE row SET value = ? WHERE id = ?", value, id)
            return
        self._run("UPDATE row SET value = ?, refs = ? WHERE id = ?", value, packed, id)
        old = array("q", before)
        self._unrefer(id, set(old).difference(now))
        self._refer(id, sorted(set(now).difference(old)))

    def delete(self, key: str) -> None:
        row = self._one("SELECT id, refs FROM row WHERE key = ?", key)
        if row is not None:
            self._unrefer(row[0], array("q", row[1]))
            self._run("DELETE FROM row WHERE id = ?", row[0])
            self._n -= 1

    def keys(self, ref: str, *, newest_first: bool = False) -> Iterator[str]:
        try:
            for (key,) in self._db.execute(_KEYS + " DESC" * newest_first, (_number(ref),)):
                yield key
        except sqlite3.Error as error:
            raise _unusable(error) from error

    def _refer(self, id: int, refs: Iterable[int]) -> None:
        self._all("INSERT INTO ref VALUES (?, ?)", ((ref, id) for ref in refs))

    def _unrefer(self, id: int, refs: Iterable[int]) -> None:
        self._all("DELETE FROM ref WHERE ref = ? AND id = ?", ((ref, id) for ref in refs))

    def _one(self, query: str, *values: Any) -> Any:
        try:
            return self._db.execute(query, values).fetchone()
        except sqlite3.Error as error:
            raise _unusable(error) from error

    def _run(self, query: str, *values: Any) -> int:
        """Return the id of the row that was added last."""
        try:
            return self._db.execute(query, values).lastrowid or 0
        except sqlite3.Error as error:
            raise _unusable(error) from error

    def _all(self, query: str, rows: Iterable[tuple[int, int]]) -> None:
        try:
            self._db.executemany(query, rows)
        except sqlite3.Error as error:
            raise _unusable(error) from error


def _number(ref: str) -> int:
    return int.from_bytes(blake2b(ref.encode(), digest_size=8).digest(), "big", signed=True)


def _unusable(error: Exception) -> TransientError:
    return TransientError(f"the rows of state can't be kept in REPORTEDLY_DATA_DIR: {error}")
