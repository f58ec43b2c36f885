"""A network for HTTP to unknown hosts: it checks the addresses, and counts the bytes received."""

import ssl
from collections.abc import Iterable

import httpcore

from services.adapters.resolve import Resolver
from services.addresses import Allowed, address_refusal
from services.errors import InvalidMessage, TransientError

MAX_HEAD_BYTES = 64 * 1024
"""Bytes up to the end of the headers, interim answers included. Servers send 8 KiB by default."""

READ_BYTES = 16 * 1024
"""Bytes of one read. Parsing it blocks the event loop for 30 ms at worst (650 interim answers)."""


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


class Guarded(httpcore.AsyncNetworkBackend):
    """Connects to a host by its checked addresses, so that no second look-up can change them."""

    def __init__(self, resolver: Resolver, allowed: Allowed, meter: Meter) -> None:
        self._resolver = resolver
        self._allowed = allowed
        self._meter = meter
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Try each address of the host.

        Raises InvalidMessage if any address is refused: a public name must not lead into a private
        network.
        """
        addresses = await self._resolver.look_up(host)
        for address in addresses:
            why = address_refusal(address, self._allowed)
            if why is not None:
                raise InvalidMessage("refused-address", f"{host} is at {address}, which {why}")
        failed: Exception | None = None
        for address in addresses:
            try:
                stream = await self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
                return _Counted(stream, self._meter)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise TransientError(f"can't connect: {failed or 'the host has no address'}")

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


class _Counted(httpcore.AsyncNetworkStream):
    """A connection whose incoming bytes are counted."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, meter: Meter) -> None:
        self._stream = stream
        self._meter = meter

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self._stream.read(min(max_bytes, READ_BYTES), timeout)
        self._meter.count(len(data))
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _Counted(
            await self._stream.start_tls(ssl_context, server_hostname, timeout), self._meter
        )

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
