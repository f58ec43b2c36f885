"""Finds the feed behind an address that somebody typed: itself, or what its site declares."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from services.desk.feeds.discovery import linked_feeds, usual_feeds
from services.desk.feeds.sniffing import sniffed
from services.errors import Occupied, ReportedlyError
from services.ports import Fetcher, HttpAnswer

AT_ONCE = 4
"""Requests to a site at the same time."""

MOST_SEARCHES = 2
"""Searches of a process at the same time. Each may hold an answer of 10 MB."""

SEARCH_SECONDS = 25.0
"""Seconds for a search: a person waits for it, and browsers give up after a minute."""

MOST_TRIED = 12
"""Addresses of a site that are asked."""

_ACCEPT = {"Accept": "application/rss+xml, application/atom+xml, text/html;q=0.9, */*;q=0.5"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A feed that answered: its address after redirects, title, and about how many entries."""

    url: str
    title: str
    n_entries: int


@dataclass(frozen=True, slots=True)
class Found:
    """The feeds of an address; if there are none, why not."""

    feeds: tuple[Candidate, ...]
    why_not: str = ""


class Finder:
    """Asks sites for their feeds. The fetcher refuses addresses that are not public."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._n_searches = 0

    async def find(self, address: str) -> Found:
        """Return the feeds of an address. Raises Occupied."""
        if self._n_searches >= MOST_SEARCHES:
            raise Occupied("other sites are being looked at: try again in half a minute")
        self._n_searches += 1
        try:
            async with asyncio.timeout(SEARCH_SECONDS):
                return await self._find(address)
        except TimeoutError:
            return Found((), f"the site took more than {SEARCH_SECONDS:.0f} seconds to answer")
        finally:
            self._n_searches -= 1

    async def _find(self, address: str) -> Found:
        gate = asyncio.Semaphore(AT_ONCE)
        answer = await self._ask(address, gate)
        if isinstance(answer, str):
            return Found((), answer)
        if one := _candidate(answer):
            return Found((one,))
        for places in (linked_feeds(answer.body, answer.url), usual_feeds(answer.url)):
            if found := await self._which(places, gate):
                return Found(found)
        return Found((), "it is no feed, and its page names none")

    async def _which(self, places: Iterable[str], gate: asyncio.Semaphore) -> tuple[Candidate, ...]:
        """Return the addresses that are feeds, each once."""
        asked = [*dict.fromkeys(places)][:MOST_TRIED]
        answers = await asyncio.gather(*(self._ask(place, gate) for place in asked))
        found = (_candidate(answer) for answer in answers if isinstance(answer, HttpAnswer))
        return tuple({one.url: one for one in found if one}.values())

    async def _ask(self, url: str, gate: asyncio.Semaphore) -> HttpAnswer | str:
        """Return an answer with a body, or why there is none."""
        try:
            async with gate:
                answer = await self._fetcher.get(url, _ACCEPT)
        except ReportedlyError as error:
            return str(error)
        return answer if answer.status == 200 else f"it answers with HTTP {answer.status}"


def _candidate(answer: HttpAnswer) -> Candidate | None:
    looks = sniffed(answer.body)
    return Candidate(answer.url, looks.title, looks.n_entries) if looks else None
