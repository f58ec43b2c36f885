"""Files that several processes read: mapped into memory, so that each byte is there once."""

import mmap
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
