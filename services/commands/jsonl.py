"""JSON Lines in and out for commands that read many things."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from services.errors import ConfigError


def read_lines(files: Sequence[str]) -> Iterator[tuple[str, int, bytes]]:
    """Yield (file, line number, line) of the files, or of standard input; blank lines are passed over.

    Raises ConfigError for a file that can't be opened.
    """
    for name in files or ("-",):
        try:
            stream = sys.stdin.buffer if name == "-" else Path(name).open("rb")  # noqa: SIM115 - entered below
        except OSError as error:
            raise ConfigError(f"{name}: {error.strerror}") from error
        with stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield name, number, line


def write_line(value: bytes) -> None:
    """Write one line; a reader that has gone away (`| head`) ends the command quietly."""
    try:
        sys.stdout.buffer.write(value + b"\n")
    except BrokenPipeError:
        sys.stderr.close()
        raise click.exceptions.Exit(0) from None
