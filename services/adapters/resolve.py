"""Host names looked up without ever holding up an event loop, a neighbour, or the end of the process."""

import asyncio
import socket
import threading
from contextlib import suppress
from functools import partial

from services.errors import TransientError

MAX_LOOKUPS = 64
"""At once, each in a thread: more than all polls in flight (50), a quarter of the tasks that compose allows (256)."""


class Resolver:
    """Looks names up in threads of its own. Use from one event loop.

    The system's resolver has no deadline. So a caller that gives up leaves the look-up to itself, everybody who asks
    for the same name waits for the same look-up, and a name whose servers are silent holds one thread, not many.
    """

    def __init__(self) -> None:
        self._open: dict[str, asyncio.Future[list[str]]] = {}

    async def look_up(self, host: str) -> list[str]:
        """Return the IP addresses of a host, each once. Raises TransientError."""
        found = self._open.get(host)
        if found is None:
            if len(self._open) >= MAX_LOOKUPS:
                raise TransientError(f"{host}: {MAX_LOOKUPS} other names are being looked up")
            found = self._open[host] = self._start(host)
        try:
            return await asyncio.shield(found)
        except (OSError, UnicodeError) as error:
            raise TransientError(f"{host} can't be looked up: {error}") from error

    def _start(self, host: str) -> asyncio.Future[list[str]]:
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[str]] = loop.create_future()
        found.add_done_callback(lambda done: (self._open.pop(host, None), done.exception()))

        def run() -> None:
            try:
                rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
                tell = partial(found.set_result, list(dict.fromkeys(str(row[4][0]) for row in rows)))
            except (OSError, UnicodeError) as error:
                tell = partial(found.set_exception, error)
            # The loop may be closed by now: then nobody waits.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(tell)

        # A daemon: the process does not wait for it at its end.
        threading.Thread(target=run, name=f"look up {host[:40]}", daemon=True).start()
        return found
