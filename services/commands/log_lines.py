"""Logs without the lines that hold words which are to be forgotten."""

import os
from collections.abc import Iterator
from pathlib import Path

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

    The file is replaced in one step, with its mode. Raises OSError.
    """
    part, n_removed = path.with_name(path.name + ".part"), 0
    with path.open("rb") as lines, part.open("wb") as left:
        os.fchmod(left.fileno(), path.stat().st_mode & 0o777)
        for line in lines:
            if words.are_in(line.decode("utf-8", "replace")):
                n_removed += 1
            else:
                left.write(line)
    if n_removed and not dry_run:
        part.replace(path)
    part.unlink(missing_ok=True)
    return n_removed
