"""All requests of a poller to the web.

A host gets one at a time, and none before the time that it named: for feeds, their older documents,
pages, rules of robots, each redirect on the way, and hubs.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from weakref import WeakValueDictionary

from services.errors import TransientError
from services.poller.hosts import Hosts, host_of
from services.poller.waits import waits
from services.ports import HttpAnswer
from services.runtime import metrics
from services.runtime.world import World

ASK_SECONDS = 60.0
"""Seconds for an answer, with the requests of its hosts that come before.

The fetcher itself gives up after 30 s; this also ends a fetcher that hangs.
"""


class Held(TransientError):
    """A host, or some addresses of it, must not be asked for `seconds` from now on."""

    def __init__(self, url: str, seconds: float) -> None:
        super().__init__(f"{url}: its host wants to be left alone for {seconds:.0f} s")
        self.seconds = seconds


class Asking:
    """Asks the web. `hosts`: what is known of the hosts. For one event loop."""

    def __init__(self, world: World, hosts: Hosts) -> None:
        self._world = world
        self._hosts = hosts
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def get(self, url: str, headers: Mapping[str, str], key: str = "") -> HttpAnswer:
        """Fetch an address in its turn.

        `key`: what is held by an answer that is not for the whole host; "" is the address alone.

        Raises Held, TransientError, and InvalidMessage.
        """
        turn = partial(self._turn, key=key)
        try:
            async with asyncio.timeout(ASK_SECONDS):
                with metrics.timed("reportedly_fetch_seconds"):
                    answer = await self._world.fetcher.get(url, headers, turn)
        except TimeoutError as error:
            raise TransientError(f"{url}: no whole answer within {ASK_SECONDS:.0f} s") from error
        metrics.count("reportedly_fetched_bytes_total", len(answer.body))
        self._learn({url, answer.url}, answer, key)
        return answer

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Post to an address in its turn. Raises Held, TransientError, and InvalidMessage."""
        try:
            async with asyncio.timeout(ASK_SECONDS), self._turn(url):
                answer = await self._world.poster.call("POST", url, headers, body)
        except TimeoutError as error:
            raise TransientError(f"{url}: no answer within {ASK_SECONDS:.0f} s") from error
        self._learn([url], answer, "")
        return answer

    def is_free(self, url: str) -> bool:
        """Return True if an address may be asked now, and nothing else of its host is."""
        turn = self._turns.get(host_of(url))
        return not (turn and turn.locked()) and self._hosts.may_ask(url, time.monotonic())

    @asynccontextmanager
    async def _turn(self, url: str, key: str = "") -> AsyncIterator[None]:
        """Hold the host of an address for one request, after those that wait for it already."""
        host = host_of(url)
        turn = self._turns.get(host)
        if turn is None:
            turn = self._turns[host] = asyncio.Lock()
        async with turn:
            # Now, as an answer that was waited for may have named a time.
            now = time.monotonic()
            if (until := self._hosts.may_ask_at(url, now, key)) > now:
                raise Held(url, until - now)
            yield

    def _learn(self, urls: Iterable[str], answer: HttpAnswer, key: str) -> None:
        """Hold what the answer asks for, at once: the same poll may ask for more."""
        asked = waits(answer.status, answer.headers, self._world.clock.now())
        for url in urls:
            self._hosts.learn(url, asked, time.monotonic(), key)
