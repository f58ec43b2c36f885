"""JSON Lines in and out for commands that read many things."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from services.errors import ConfigError, InvalidMessage

MAX_LINE_BYTES = 16 * 1024 * 1024
"""Bytes of a line: over what Kafka takes of one article. A longer one is no line of such a file."""


def read_lines(files: Sequence[str]) -> Iterator[tuple[str, int, bytes]]:
    """Yield (file, line number, line) of the files, or of standard input; blank lines are passed over.

    Raises ConfigError for a file that can't be opened, or has a line of more than MAX_LINE_BYTES.
    """
    for name in files or ("-",):
        try:
            stream = sys.stdin.buffer if name == "-" else Path(name).open("rb")  # noqa: SIM115 - entered below
        except OSError as error:
            raise ConfigError(f"{name}: {error.strerror}") from error
        with stream:
            for number, line in enumerate(bounded_lines(stream, name), start=1):
                if line.strip():
                    yield name, number, line


def bounded_lines(stream: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the lines of a stream. Raises ConfigError at one of more than MAX_LINE_BYTES, before it is read whole."""
    number = 1
    while line := stream.readline(MAX_LINE_BYTES + 1):
        if len(line) > MAX_LINE_BYTES:
            raise ConfigError(
                f"{name}:{number}: the line is longer than {MAX_LINE_BYTES // 2**20} MB: a line for each entry was expected"
            )
        yield line
        number += 1


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
