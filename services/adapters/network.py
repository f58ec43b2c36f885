"""Connections to unknown hosts: their addresses are checked, and what they send is counted."""

import asyncio
import ssl
import time
from collections import OrderedDict
from dataclasses import dataclass

from services.adapters.resolve import Resolver
from services.addresses import Allowed, address_refusal
from services.errors import InvalidMessage, TransientError

MAX_HEAD_BYTES = 64 * 1024
"""Bytes up to the end of the headers, interim answers included. Servers send 8 KiB by default."""

READ_BYTES = 16 * 1024
"""Bytes of one read. More may have come, and then the connection is held back."""

STEP_SECONDS = 10.0
"""Seconds of one connect or read."""

MAX_IDLE = 256
"""Connections kept open between requests, a quarter of the files that systems allow by default."""

IDLE_SECONDS = 90.0
"""Seconds for which an unused connection is kept.

Source: feeds are polled each minute by default, and servers close after 5 s (Apache, Node), 75 s
(nginx), or later.
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request goes: what must be equal for a connection to be used again."""

    scheme: str
    host: str
    port: int


class Meter:
    """Counts the bytes of one answer and refuses more than `limit`."""

    def __init__(self, about: str) -> None:
        self.limit = MAX_HEAD_BYTES
        self._about = about
        self._n_bytes = 0

    def count(self, n_bytes: int) -> None:
        """Raises InvalidMessage."""
        self._n_bytes += n_bytes
        if self._n_bytes > self.limit:
            part = "headers are" if self.limit == MAX_HEAD_BYTES else "answer is"
            raise InvalidMessage(
                "too-large", f"{self._about}: the {part} over {self.limit // 1024} KiB"
            )


class Connection(asyncio.Protocol):
    """An open connection. `address` is the checked one that it leads to."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._came = bytearray()
        self._is_over = False
        self._is_held = False
        self._waiter: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        if len(self._came) > READ_BYTES and not self._is_held and self._transport is not None:
            self._is_held = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._is_over = True
        self._wake()

    def connection_lost(self, _exc: Exception | None) -> None:
        self._is_over = True
        self._wake()

    @property
    def is_ready(self) -> bool:
        """True if a request can be sent: the peer has neither closed nor sent anything unasked."""
        return not (self._is_over or self._came or self._loop is not asyncio.get_running_loop())

    def write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    async def read(self) -> bytes:
        """Return what has come; b"" at the end. Raises TimeoutError."""
        if not self._came and not self._is_over:
            self._waiter = self._loop.create_future()
            async with asyncio.timeout(STEP_SECONDS):
                await self._waiter
        data = bytes(self._came[:READ_BYTES])
        del self._came[:READ_BYTES]
        if self._is_held and len(self._came) <= READ_BYTES and self._transport is not None:
            self._is_held = False
            self._transport.resume_reading()
        return data

    def close(self) -> None:
        """Close without a farewell: nothing of ours is unsent, and the peer may never answer."""
        self._is_over = True
        if self._transport is not None and not self._loop.is_closed():
            self._transport.abort()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Dialler:
    """Connects to hosts by their checked addresses, so that no second look-up can change them."""

    def __init__(self, resolver: Resolver, allowed: Allowed, tls: ssl.SSLContext) -> None:
        self._resolver = resolver
        self._allowed = allowed
        self._tls = tls

    async def dial(self, origin: Origin) -> Connection:
        """Try each address of the host.

        Raises InvalidMessage if any address is refused: a public name must not lead into a private
        network. Raises TransientError if none answers.
        """
        addresses = await self._resolver.look_up(origin.host)
        for address in addresses:
            why = address_refusal(address, self._allowed)
            if why is not None:
                raise InvalidMessage(
                    "refused-address", f"{origin.host} is at {address}, which {why}"
                )
        failed: Exception | None = None
        for address in addresses:
            try:
                return await self._connect(origin, address)
            except (OSError, TimeoutError) as error:
                failed = error
        # The host may have moved, so the next poll looks its name up anew.
        self._resolver.forget(origin.host)
        raise TransientError(f"can't connect: {failed or 'the host has no address'}")

    async def _connect(self, origin: Origin, address: str) -> Connection:
        is_tls = origin.scheme == "https"
        async with asyncio.timeout(STEP_SECONDS):
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: Connection(address),
                address,
                origin.port,
                ssl=self._tls if is_tls else None,
                server_hostname=origin.host if is_tls else None,
                ssl_shutdown_timeout=1.0 if is_tls else None,
            )
        return connection


class Idle:
    """Connections that wait for the next request to their origin: one for each, the newest."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Origin, tuple[Connection, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, origin: Origin) -> Connection | None:
        """Return a connection that can be used, and keep it no more."""
        connection, since = self._kept.pop(origin, (None, 0.0))
        if connection is None:
            return None
        if connection.is_ready and time.monotonic() - since < IDLE_SECONDS:
            return connection
        connection.close()
        return None

    def give(self, origin: Origin, connection: Connection) -> None:
        """Keep a connection. The oldest ones beyond the bounds are closed."""
        now = time.monotonic()
        former, _ = self._kept.pop(origin, (None, 0.0))
        if former is not None:
            former.close()
        self._kept[origin] = (connection, now)
        while self._kept:
            oldest, (other, since) = next(iter(self._kept.items()))
            if len(self._kept) <= MAX_IDLE and now - since < IDLE_SECONDS:
                return
            other.close()
            del self._kept[oldest]

    def close(self) -> None:
        """Close all."""
        for connection, _ in self._kept.values():
            connection.close()
        self._kept.clear()
