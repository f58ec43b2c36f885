"""JSON Lines in and out, for commands that read many rows."""

import errno
import json
import os
import stat
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Literal

import click
import msgspec

from services.errors import ConfigError, InvalidMessage
from services.text.counts import counted

MAX_LINE_BYTES = 16 * 1024 * 1024
"""Bytes of a line: more than Kafka takes of one article."""


MOST_TOLD = 20
"""Unreadable lines that are reported one by one. More would fill the screen."""

Kind = Literal["tagged", "claim", "judgement", "article"]
"""The kinds of rows. Those with the most specific fields come first."""

_HAVE: dict[Kind, set[str]] = {
    "tagged": {"article_id", "title_end"},
    "claim": {"claim_id", "block", "event"},
    "judgement": {"judgement_id"},
    "article": {"id", "title"},
}
"""The fields by which a kind is recognised."""

_SAY: dict[Kind, str] = {
    "tagged": "an article that is tagged already: `reportedly fold` takes it",
    "claim": "a claim: `reportedly claims list --file` takes it",
    "judgement": "a judgement: `reportedly fold --judgements` takes it",
    "article": "an article that is not tagged yet: `reportedly tag` takes it and makes such rows",
}


class InputFile(click.ParamType):
    """A file to read, or `-` for standard input. It must be readable before anything is loaded."""

    name = "FILE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        name = str(value)
        if name != "-":
            require_file(name)
        return name


def require_file(name: str) -> None:
    """Raise ConfigError unless `name` is a readable file.

    It is not opened: a pipe can be read once.
    """
    try:
        is_folder = stat.S_ISDIR(Path(name).stat().st_mode)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{name}: {getattr(error, 'strerror', None) or error}") from error
    if is_folder or not os.access(name, os.R_OK):
        raise ConfigError(f"{name}: {os.strerror(errno.EISDIR if is_folder else errno.EACCES)}")


class Unread:
    """Reports unreadable lines on stderr, with file and number. The others are processed.

    At the end the command exits with 1. Rows with `error` stand for lines that the command before
    this one reported; they are skipped.
    """

    def __init__(self, *takes: Kind) -> None:
        """`takes` are the kinds of rows that the command reads.

        A row of another kind is named as such.
        """
        self.n = 0
        self.n_passed_over = 0
        self._takes = takes
        self._strange: set[tuple[str, str]] = set()

    def tell(self, name: str, number: int, line: bytes, error: object) -> None:
        """Report an unreadable line.

        Of rows of another kind, only the first of each file is reported.
        """
        if _is_error_row(line):
            self.n_passed_over += 1
            return
        self.n += 1
        strange = another_kind(line, self._takes)
        if self.n <= MOST_TOLD and (name, strange) not in self._strange:
            click.echo(f"reportedly: {name}:{number}: {strange or error}", err=True)
        if strange:
            self._strange.add((name, strange))

    def end(self) -> None:
        """Report the number of unreadable lines, and exit with 1 if there were any."""
        if self.n:
            click.echo(f"reportedly: {counted(self.n, 'line')} could not be read", err=True)
        if self.n_passed_over:
            rows = counted(self.n_passed_over, "row")
            click.echo(
                f"reportedly: {rows} with `error` passed over: the command before told why",
                err=True,
            )
        if self.n or self.n_passed_over:
            raise click.exceptions.Exit(1)


def another_kind(line: bytes, takes: Collection[Kind]) -> str:
    """Return what a row of another kind is; "" if it is of a kind in `takes`, or unknown."""
    fields = _fields(line)
    found = next((kind for kind, has in _HAVE.items() if has <= fields), None)
    return "" if found is None or found in takes else f"this is {_SAY[found]}"


def _fields(line: bytes) -> frozenset[str]:
    try:
        row = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return frozenset()
    return frozenset(row) if isinstance(row, dict) else frozenset()


def error_row(name: str, number: int, error: object) -> bytes:
    """Return the row in place of an unreadable line, for output with a row for each line."""
    return msgspec.json.encode({"error": str(error), "file": name, "line": number})


def _is_error_row(line: bytes) -> bool:
    return _fields(line) == {"error", "file", "line"}


def read_lines(files: Sequence[str]) -> Iterator[tuple[str, int, bytes]]:
    """Yield (file, line number, line) of files, or of standard input, without blank lines.

    Raises ConfigError for a file that can't be opened, or with a line of more than MAX_LINE_BYTES.
    """
    for name in files or ("-",):
        if name == "-" and sys.stdin.isatty():
            click.echo(
                "reportedly: reading what is typed here, one line each; Ctrl-D ends it", err=True
            )
        try:
            # Entered below.
            stream = sys.stdin.buffer if name == "-" else Path(name).open("rb")  # noqa: SIM115
        except OSError as error:
            raise ConfigError(f"{name}: {error.strerror}") from error
        with stream:
            for number, line in enumerate(bounded_lines(stream, name), start=1):
                if line.strip():
                    yield name, number, line


def bounded_lines(stream: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the lines of a stream.

    Raises ConfigError at a line of more than MAX_LINE_BYTES, before it is read whole.
    """
    number = 1
    while line := stream.readline(MAX_LINE_BYTES + 1):
        if len(line) > MAX_LINE_BYTES:
            raise ConfigError(
                f"{name}:{number}: the line is longer than {MAX_LINE_BYTES // 2**20} MB: a line "
                "for each entry was expected"
            )
        yield line
        number += 1


def parse_line(line: bytes) -> Any:
    r"""Return the JSON value of a line.

    A lone surrogate (`\\ud83d`: half an emoji, cut off by a length limit) is no character and is
    left out. Raises InvalidMessage (`not-json`) with the byte at which reading ended.
    """
    try:
        return msgspec.json.decode(line)
    except UnicodeDecodeError as error:
        raise InvalidMessage(
            "not-json", f"not UTF-8: {error.reason} (byte {error.start} of a text)"
        ) from error
    except (msgspec.DecodeError, RecursionError) as error:
        if b"\\ud" not in line.lower():
            raise InvalidMessage("not-json", str(error)) from error
    try:
        return msgspec.json.decode(
            json.dumps(json.loads(line), ensure_ascii=False).encode(errors="ignore")
        )
    except (ValueError, RecursionError) as error:
        raise InvalidMessage("not-json", str(error)) from error


def say_none(what: str) -> None:
    """Report on stderr that a list is empty."""
    click.echo(f"reportedly: no {what}", err=True)


def write_line(value: bytes) -> None:
    """Write one line. If the reader has gone (`| head`), the command ends quietly."""
    try:
        sys.stdout.buffer.write(value + b"\n")
    except BrokenPipeError:
        sys.stderr.close()
        raise click.exceptions.Exit(0) from None
