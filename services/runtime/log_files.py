"""Keeps log files small, while other programs write to them.

x.log ──► x.log.1 ──► x.log.2 ──► gone

The writers hold their files open to append, so a file can't be renamed under them: it is copied and
emptied. What is written meanwhile is copied, too; a line that falls between the last look and the
emptying, some microseconds, is lost.
"""

import os
import shutil
from pathlib import Path

import structlog

from services.runtime.private import private_file

MOST_BYTES = 10_000_000
"""Bytes of a log file from which it is turned over: a day or two at the level `info`. Compose keeps
as much of each container."""

OLD_FILES = 2
"""Files that are kept beside the one that is written."""

_log = structlog.get_logger()


class LogFiles:
    """The `*.log` of a folder."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most_bytes = folder, most_bytes
        self._told: set[Path] = set()

    def turn_over(self) -> list[Path]:
        """Turn over every file that is too large. Return those that were.

        One that can't be turned over is left, and logged once.
        """
        return [path for path in sorted(self._folder.glob("*.log")) if self._is_turned(path)]

    def _is_turned(self, path: Path) -> bool:
        try:
            return _turn_over(path, self._most_bytes)
        except OSError as error:
            if path not in self._told:
                self._told.add(path)
                _log.warning("a log can't be turned over", path=str(path), reason=error.strerror)
            return False


def _turn_over(path: Path, most_bytes: int) -> bool:
    """Return False if the file is small enough. Raises OSError."""
    if path.stat().st_size <= most_bytes:
        return False
    for n in range(OLD_FILES - 1, 0, -1):
        older = _old(path, n)
        if older.exists():
            older.replace(_old(path, n + 1))
    _empty(path, _old(path, 1))
    return True


def _old(path: Path, n: int) -> Path:
    return path.with_name(f"{path.name}.{n}")


def _empty(path: Path, to: Path) -> None:
    """Copy a file and empty it, also if the disk has no room for the copy: that makes room."""
    with path.open("r+b") as log, open(to, "wb", opener=private_file) as copy:
        try:
            shutil.copyfileobj(log, copy)
            copy.flush()
            # Nothing but this read stands between the last look and the emptying.
            copy.write(log.read())
        finally:
            os.truncate(path, 0)
