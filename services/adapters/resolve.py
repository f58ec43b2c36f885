"""Looks up host names without blocking the event loop, other look-ups, or the process's end."""

import asyncio
import ipaddress
import socket
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from functools import lru_cache, partial

from services.errors import TransientError

MAX_LOOKUPS = 64
"""Look-ups at the same time, each in a thread.

More than all polls in flight (50), a quarter of the tasks that compose allows (256).
"""

MAX_NAMES = 4_096
"""Names whose addresses are remembered: a few hundred bytes each."""

NAME_SECONDS = 300.0
"""Seconds for which the addresses of a name are remembered.

The system's resolver does not give the name's own time. Source: content networks and clouds
publish names for 60 to 300 s.
"""


class Resolver:
    """Looks up names in threads of its own. Use from one event loop.

    The system's resolver has no deadline. So a caller that gives up leaves the look-up running, and
    all callers with the same name share one. A name with silent servers holds one thread, not many.
    """

    def __init__(self) -> None:
        self._open: dict[str, asyncio.Future[list[str]]] = {}
        self._known: OrderedDict[str, tuple[list[str], float]] = OrderedDict()

    async def look_up(self, host: str) -> list[str]:
        """Return the IP addresses of a host, without duplicates. Raises TransientError."""
        if _is_address(host):
            return [host]
        known, until = self._known.get(host, ([], 0.0))
        if time.monotonic() < until:
            return known
        addresses = await self._ask(host)
        self._known.pop(host, None)
        self._known[host] = (addresses, time.monotonic() + NAME_SECONDS)
        if len(self._known) > MAX_NAMES:
            self._known.popitem(last=False)
        return addresses

    def forget(self, host: str) -> None:
        """Look this name up anew when it is asked for next."""
        self._known.pop(host, None)

    async def _ask(self, host: str) -> list[str]:
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
                tell = partial(
                    found.set_result, list(dict.fromkeys(str(row[4][0]) for row in rows))
                )
            except (OSError, UnicodeError) as error:
                tell = partial(found.set_exception, error)
            # The loop may be closed by now, and nobody waits.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(tell)

        # A daemon thread: the process does not wait for it at exit.
        threading.Thread(target=run, name=f"look up {host[:40]}", daemon=True).start()
        return found


@lru_cache(maxsize=MAX_NAMES)
def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
