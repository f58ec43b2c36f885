"""Logs without the lines that hold words which are to be forgotten."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from services.commands.forgetting import Words
from services.settings import Settings


def log_files(settings: Settings) -> Iterator[Path]:
    """Yield the logs of this machine, rotated ones too, and the file of deliveries."""
    yield from sorted(path for path in (settings.data_dir / "logs").glob("*") if path.is_file())
    if settings.deliveries_log:
        found = Path(settings.deliveries_log)
        yield from [found] if found.is_file() else []


def without_lines(path: Path, words: Words, *, dry_run: bool = False) -> int:
    """Remove the lines that hold the words. Return their number.

    The file stays the same one, since a service that starts has it open already. What is written to
    it meanwhile stays. Raises OSError.
    """
    part, n_removed = path.with_name(path.name + ".part"), 0
    with path.open("rb" if dry_run else "r+b") as file, part.open("w+b") as left:
        os.fchmod(left.fileno(), path.stat().st_mode & 0o777)
        for line in file:
            if words.are_in(line.decode("utf-8", "replace")):
                n_removed += 1
            else:
                left.write(line)
        if n_removed and not dry_run:
            _put_back(file, left)
    part.unlink()
    return n_removed


def _put_back(file: BinaryIO, left: BinaryIO) -> None:
    """Overwrite what was read of a file with what is left of it, and keep what came since."""
    since = file.tell()
    left.seek(0)
    file.seek(0)
    shutil.copyfileobj(left, file)
    file.flush()
    came = os.pread(file.fileno(), os.fstat(file.fileno()).st_size - since, since)
    file.write(came)
    file.truncate()
