"""Decodes the bodies of HTTP answers: one coding, in bounded steps, up to a limit. Pure."""

import zlib
from collections.abc import Iterator

from services.errors import InvalidMessage, TransientError

MAX_BODY_BYTES = 10 * 1024 * 1024
"""Bytes of a decoded body. Source: ten times the largest feed seen."""

MAX_BODIES_BYTES = 128 * 1024 * 1024
"""Decoded bytes of all bodies that one client receives at the same time.

Source: with the documents that are being read, half of what the poller's container has (1 GB).
Ordinary feeds in 128 polls take 13 MB.
"""

MAX_RATIO = 200
"""Decoded bytes for each encoded byte.

Feeds seen reach 30. Gzip's own limit, which only a bomb comes near, is 1,032.
"""

RATIO_FROM_BYTES = 1024 * 1024
"""Decoded bytes below which any ratio passes. A small document of blanks does no harm."""

MAX_MEMBERS = 1_000
"""Members of a gzip body. Writers that cut every 64 KiB make 160 of the largest body."""

STEP_BYTES = 64 * 1024
"""Bytes that one step decodes at most: less than a millisecond of work."""

ACCEPTED = "gzip"
"""The only coding that requests accept. Each further one is another way to send a bomb."""


class Room:
    """The bytes of all bodies that are being received."""

    def __init__(self) -> None:
        self._n_bytes = 0

    def take(self, about: str, n_bytes: int) -> None:
        """Raises TransientError if there is no room. It may be tried again later."""
        self._n_bytes += n_bytes
        if self._n_bytes > MAX_BODIES_BYTES:
            raise TransientError(
                f"{about}: the bodies under way are over {MAX_BODIES_BYTES // 2**20} MiB together"
            )

    def give(self, n_bytes: int) -> None:
        """Give bytes back."""
        self._n_bytes -= n_bytes


class Body:
    """Collects and decodes an answer's body."""

    def __init__(self, about: str, coding: str, room: Room | None = None) -> None:
        """`about` begins all errors. `coding` is the answer's Content-Encoding, "" for none.

        The bytes are taken from `room` until `release`.

        Raises InvalidMessage for a coding that the request did not accept.
        """
        coding = coding.strip().lower()
        if coding not in ("", "identity", "gzip", "x-gzip"):
            raise InvalidMessage(
                "bad-coding",
                f"{about}: the body is coded as {coding[:60]!r}, only gzip was asked for",
            )
        self._about = about
        self._room = room or Room()
        self._is_gzip = coding.endswith("gzip")
        self._member: zlib._Decompress | None = None
        self._n_members = 0
        self._is_padding = False
        self._n_encoded = 0
        self._decoded = bytearray()

    def steps(self, data: bytes) -> Iterator[None]:
        """Decode `data` in steps of bounded work.

        Raises InvalidMessage (too large) or TransientError (damaged).
        """
        if not self._is_gzip:
            self._n_encoded += len(data)
            self._add(data)
            yield
            return
        while data and not self._is_padding:
            if self._member is None:
                if self._n_members and not data.startswith(b"\x1f"):
                    # Like all clients, ignore trailing bytes that are no gzip member, to the end.
                    self._is_padding = True
                    return
                self._member = self._next_member()
            before = len(data)
            data = self._step(self._member, data)
            self._n_encoded += before - len(data)
            yield

    def whole(self) -> bytes:
        """Return the decoded body. Raises TransientError if it ended early."""
        if self._member is not None:
            raise TransientError(f"{self._about}: incomplete: the body ended early")
        return bytes(self._decoded)

    def release(self) -> None:
        """Give the room back. The body is received, or given up."""
        self._room.give(len(self._decoded))

    def _next_member(self) -> "zlib._Decompress":
        self._n_members += 1
        if self._n_members > MAX_MEMBERS:
            raise InvalidMessage(
                "too-large", f"{self._about}: the body has more than {MAX_MEMBERS} gzip members"
            )
        return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    def _step(self, member: "zlib._Decompress", data: bytes) -> bytes:
        """Decode up to STEP_BYTES. Return the encoded bytes that are left."""
        try:
            decoded = member.decompress(data, STEP_BYTES)
        except zlib.error as error:
            raise TransientError(f"{self._about}: the body is no whole gzip: {error}") from error
        self._add(decoded, self._n_encoded + len(data) - len(member.unconsumed_tail))
        if member.eof:
            self._member = None
            return member.unused_data
        return member.unconsumed_tail

    def _add(self, decoded: bytes, n_encoded: int | None = None) -> None:
        self._decoded += decoded
        self._room.take(self._about, len(decoded))
        n_bytes = len(self._decoded)
        if n_bytes > MAX_BODY_BYTES:
            raise InvalidMessage(
                "too-large", f"{self._about}: the body is over {MAX_BODY_BYTES // 2**20} MiB"
            )
        if n_encoded is not None and n_bytes > max(RATIO_FROM_BYTES, MAX_RATIO * n_encoded):
            raise InvalidMessage(
                "too-large",
                f"{self._about}: the body grows more than {MAX_RATIO} times when decoded",
            )
