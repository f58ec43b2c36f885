"""Memory-mapped files shared by processes, bounded reads, and files that lines are appended to."""

import errno
import mmap
import os
from pathlib import Path

from services.errors import ConfigError
from services.text.problems import FileProblems, Problem


def map_file(path: str | Path) -> memoryview:
    """Return the content of a file without copying it. Raises ConfigError if it can't be read."""
    try:
        with Path(path).open("rb") as file:
            if not file.seek(0, 2):
                return memoryview(b"")
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error


def read_up_to(path: str | Path, most: int) -> bytes:
    """Return at most `most` + 1 bytes of a file; more than `most` means that it is too large.

    Raises FileProblems.
    """
    try:
        with Path(path).open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise FileProblems([Problem(str(path), 0, str(error.strerror))]) from error


class Lines:
    """A file that lines are appended to, readable by its owner alone. Not thread-safe."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_torn = False

    def append(self, row: bytes) -> None:
        """Append `row`, which ends with a line break.

        Raises OSError if it was not written whole.
        """
        # Non-blocking: opening a pipe without a reader would wait for ever.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC
        file = os.open(self.path, flags, 0o600)
        try:
            line = b"\n" + row if self._is_torn else row
            n_written = os.write(file, line)
        finally:
            os.close(file)
        # A full disk may cut a row off. The next row then starts on a new line.
        self._is_torn = n_written < len(line)
        if self._is_torn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
