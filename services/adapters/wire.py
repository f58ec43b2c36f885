"""HTTP/1.1 as it comes over a connection: the head of an answer, and where its body ends. Pure.

Source: RFC 9112. Headers are read leniently, as browsers do: a line that is no header is dropped.
Framing is read strictly: a body ends where the answer says so, or it is incomplete.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from services.errors import InvalidMessage, TransientError

MAX_LINE_BYTES = 4 * 1024
"""Bytes of the line before a chunk. Sizes take 16 digits; extensions are hardly used."""

MAX_TRAILER_BYTES = 64 * 1024
"""Bytes of the headers after a body, as many as of those before it."""

MAX_CHUNKS = 100_000
"""Chunks of one body: a second of work at 10 µs each.

The largest body in lines of 100 bytes has as many.
"""

MAX_DIGITS = 15
"""Digits of a length. More are a mistake or an attack: a petabyte has 16."""

_STATUS = re.compile(rb"HTTP/1\.([01])[ \t]+(\d{3})(?:[ \t].*)?")
_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,%d})[ \t]*(?:;.*)?" % MAX_DIGITS)
_FOLD = re.compile(rb"\r?\n[ \t]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NO_BODY = (204, 304)


@dataclass(frozen=True, slots=True)
class Head:
    """The status line and the headers of an answer.

    - `headers`: names in lower case, in order. Values are Latin-1, so that each can be sent back
      unchanged.
    - `may_stay`: the connection can serve another request after the body.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    may_stay: bool

    def values(self, name: str) -> list[str]:
        """Return the values of all headers of this name."""
        return [value for other, value in self.headers if other == name]

    def joined(self) -> dict[str, str]:
        """Return the headers by name. The values of repeated ones are joined by ", "."""
        got: dict[str, str] = {}
        for name, value in self.headers:
            got[name] = f"{got[name]}, {value}" if name in got else value
        return got


def head_end(data: bytes | bytearray) -> int:
    """Return the number of bytes of a head with its blank line; 0 if it is not all there."""
    ends = [place + len(mark) for mark in (b"\r\n\r\n", b"\n\n") if (place := data.find(mark)) >= 0]
    return min(ends, default=0)


def read_head(about: str, block: bytes) -> Head:
    """Read a head. Raises TransientError if it is not HTTP/1."""
    # A folded line (obsolete since RFC 7230) goes on with the value before, and is judged with it.
    first, *lines = _FOLD.sub(b" ", block.rstrip(b"\r\n")).split(b"\n")
    found = _STATUS.fullmatch(first.rstrip(b"\r"))
    if found is None:
        raise TransientError(f"{about}: the answer is no HTTP/1: it begins with {first[:60]!r}")
    headers, is_odd = _headers(lines)
    words = [
        word.strip().lower()
        for name, value in headers
        if name == "connection"
        for word in value.split(",")
    ]
    may_stay = not is_odd and found[1] == b"1" and "close" not in words
    return Head(int(found[2]), tuple(headers), may_stay)


def _headers(lines: list[bytes]) -> tuple[list[tuple[str, str]], bool]:
    """Return the headers, and True if a line was dropped."""
    headers, is_odd = list[tuple[str, str]](), False
    for raw in lines:
        name, colon, value = raw.removesuffix(b"\r").partition(b":")
        name = name.rstrip(b" \t")
        if not colon or not _NAME.fullmatch(name) or _CONTROL.search(value):
            is_odd = True
            continue
        headers.append((name.decode("ascii").lower(), value.strip(b" \t").decode("latin-1")))
    return headers, is_odd


class Framing:
    """Takes the bytes after a head, and yields those of the body.

    - `about`: begins all errors.
    - `is_whole`: the body has ended as the head said. With `until_close`, its end is the end of the
      connection.
    """

    def __init__(self, about: str, head: Head) -> None:
        """Raises TransientError for a head that says two things, or none that can be."""
        self.about = about
        self._buffer = b""
        self._left = 0
        self._n_chunks = 0
        self._n_trailer_bytes = 0
        self._part: Literal["size", "data", "end", "trailer"] = "size"
        coding = ",".join(head.values("transfer-encoding")).strip().lower()
        self._is_chunked = coding == "chunked"
        if coding and not self._is_chunked:
            raise TransientError(f"{about}: the transfer coding {coding[:60]!r} is unknown")
        length = self._length(head)
        self.until_close = not self._is_chunked and length is None
        self.is_whole = head.status in _NO_BODY or (not self._is_chunked and length == 0)
        # Two lengths: the peer, or someone between, may mean the other one (RFC 9112, 6.3).
        is_clear = not (self._is_chunked and length is not None)
        self.may_stay = head.may_stay and is_clear and (self.is_whole or not self.until_close)
        self._left = 0 if self._is_chunked else length or 0

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Yield the pieces of the body in `data`.

        Raises TransientError (damaged) or InvalidMessage (too many pieces).
        """
        if self.is_whole:
            self.may_stay = False
        elif self.until_close:
            yield data
        elif not self._is_chunked:
            yield data[: self._left]
            self.may_stay = self.may_stay and len(data) <= self._left
            self._left -= min(len(data), self._left)
            self.is_whole = not self._left
        else:
            self._buffer += data
            yield from self._chunks()

    def end(self) -> None:
        """Take the end of the connection. Raises TransientError if the body is not whole."""
        self.may_stay = False
        if not (self.is_whole or self.until_close):
            raise TransientError(f"{self.about}: incomplete: the body ended early")

    def _chunks(self) -> Iterator[bytes]:
        start, data = 0, self._buffer
        while not self.is_whole:
            if self._part == "data":
                piece = data[start : start + self._left]
                start += len(piece)
                self._left -= len(piece)
                if piece:
                    yield piece
                if self._left:
                    break
                self._part = "end"
                continue
            stop = data.find(b"\n", start)
            if stop < 0:
                if len(data) - start > MAX_LINE_BYTES:
                    raise TransientError(f"{self.about}: the line before a chunk is too long")
                break
            line, start = data[start:stop].removesuffix(b"\r"), stop + 1
            self._take(line)
        self._buffer = data[start:]
        if self.is_whole and self._buffer:
            self.may_stay = False

    def _take(self, line: bytes) -> None:
        """Take a line of the framing."""
        if self._part == "end":
            if line:
                raise TransientError(f"{self.about}: a chunk is longer than it says")
            self._part = "size"
        elif self._part == "trailer":
            self.is_whole = not line
            self._n_trailer_bytes += len(line)
            if self._n_trailer_bytes > MAX_TRAILER_BYTES:
                raise TransientError(f"{self.about}: the headers after the body do not end")
        else:
            found = _SIZE.fullmatch(line) if len(line) <= MAX_LINE_BYTES else None
            if found is None:
                raise TransientError(f"{self.about}: the size of a chunk is {line[:60]!r}")
            self._n_chunks += 1
            if self._n_chunks > MAX_CHUNKS + 1:
                raise InvalidMessage(
                    "too-large", f"{self.about}: the body comes in more than {MAX_CHUNKS} pieces"
                )
            self._left = int(found[1], 16)
            self._part = "data" if self._left else "trailer"

    def _length(self, head: Head) -> int | None:
        values = head.values("content-length")
        if not values:
            return None
        told = {word.strip() for word in ",".join(values).split(",")}
        (one, *others) = told
        if others or not (one.isascii() and one.isdigit()) or len(one) > MAX_DIGITS:
            raise TransientError(f"{self.about}: the length of the body is {sorted(told)!r:.60}")
        return int(one)
