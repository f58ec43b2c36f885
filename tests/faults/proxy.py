"""A TCP proxy that is slow, or resets connections."""

import asyncio
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

CHUNK = 65_536


@dataclass
class Weather:
    """How a proxy treats connections now. `delay`: seconds that each chunk waits."""

    delay: float = 0.0


@dataclass
class Proxy:
    """One way through: `port` leads to `target`. Change `weather`, or call `reset`."""

    port: int
    target: int
    weather: Weather = field(default_factory=Weather)
    writers: set[asyncio.StreamWriter] = field(default_factory=set)
    loop: asyncio.AbstractEventLoop | None = None
    n_reset: int = 0

    def reset(self) -> None:
        """Reset all connections: both sides see an error, not an end."""
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self._reset)

    def _reset(self) -> None:
        for writer in list(self.writers):
            self.n_reset += 1
            _abort(writer)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass a connection on until either side ends it."""
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            _abort(writer)
            return
        self.writers |= {writer, back}
        try:
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        finally:
            self.writers -= {writer, back}
            _abort(writer)
            _abort(back)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, OSError):
            while read := await reader.read(CHUNK):
                if self.weather.delay:
                    await asyncio.sleep(self.weather.delay)
                writer.write(read)
                await writer.drain()
        with suppress(ConnectionError, OSError, RuntimeError):
            writer.write_eof()


def _abort(writer: asyncio.StreamWriter) -> None:
    held = writer.get_extra_info("socket")
    if held is not None:
        with suppress(OSError):
            held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Proxies:
    """A context in which proxies run, on a thread of their own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._servers: list[asyncio.Server] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def add(self, target: int, port: int = 0) -> Proxy:
        """Return a new way to a port of this machine. `port` 0: any free one."""
        proxy = Proxy(port, target, loop=self._loop)
        server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(proxy.serve, "127.0.0.1", port), self._loop
        ).result(10)
        self._servers.append(server)
        proxy.port = server.sockets[0].getsockname()[1]
        return proxy

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
