"""JSON Lines in and out for commands that read many things."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from services.errors import ConfigError, InvalidMessage


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


def parse_line(line: bytes) -> Any:
    """Return the JSON value of a line. Raises InvalidMessage (`not-json`), which says at which byte reading ended.

    A lone surrogate (`\\ud83d`: half an emoji, cut off by someone's limit) stands for no character and is left out.
    """
    try:
        return msgspec.json.decode(line)
    except UnicodeDecodeError as error:
        raise InvalidMessage("not-json", f"not UTF-8: {error.reason} (byte {error.start} of a text)") from error
    except (msgspec.DecodeError, RecursionError) as error:
        if b"\\ud" not in line.lower():
            raise InvalidMessage("not-json", str(error)) from error
    try:
        return msgspec.json.decode(json.dumps(json.loads(line), ensure_ascii=False).encode(errors="ignore"))
    except (ValueError, RecursionError) as error:
        raise InvalidMessage("not-json", str(error)) from error


def write_line(value: bytes) -> None:
    """Write one line; a reader that has gone away (`| head`) ends the command quietly."""
    try:
        sys.stdout.buffer.write(value + b"\n")
    except BrokenPipeError:
        sys.stderr.close()
        raise click.exceptions.Exit(0) from None
