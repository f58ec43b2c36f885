"""Files that several processes read, mapped into memory so that each byte is there once, and files of lines."""

import errno
import mmap
import os
from pathlib import Path

from services.errors import ConfigError
from services.text.problems import FileProblems, Problem


def map_file(path: str | Path) -> memoryview:
    """Return the content of a file without copying it. Raises ConfigError for one that can't be read."""
    try:
        with Path(path).open("rb") as file:
            if not file.seek(0, 2):
                return memoryview(b"")
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error


def read_up_to(path: str | Path, most: int) -> bytes:
    """Return the content of a file of at most `most` bytes, and one byte more of a larger one. Raises FileProblems."""
    try:
        with Path(path).open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise FileProblems([Problem(str(path), 0, str(error.strerror))]) from error


class Lines:
    """A file that lines are appended to; made readable by its owner alone. For one thread at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_torn = False

    def append(self, row: bytes) -> None:
        """Append a row, which ends its line. Raises OSError when not all of it could be written."""
        # Not blocking: to open a pipe that nobody reads would wait for ever.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC
        file = os.open(self.path, flags, 0o600)
        try:
            line = b"\n" + row if self._is_torn else row
            n_written = os.write(file, line)
        finally:
            os.close(file)
        # What a full disk cut off must not run into the next row.
        self._is_torn = n_written < len(line)
        if self._is_torn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
