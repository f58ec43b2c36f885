"""Finds the feeds of a site: the address itself, what its page declares, and common places."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.desk.feeds.discovery import linked_feeds, usual_feeds
from services.errors import InvalidMessage, ReportedlyError
from services.poller.hosts import is_same_origin
from services.poller.reading.documents import Document, read_documents
from services.ports import Fetcher, HttpAnswer

AT_ONCE = 4
"""Requests to a site at the same time."""

_ACCEPT = {"Accept": "application/rss+xml, application/atom+xml, text/html;q=0.9, */*;q=0.5"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A feed that answered: its address after redirects, title, web site, and entries."""

    url: str
    title: str
    site_url: str | None
    n_entries: int


@dataclass(frozen=True, slots=True)
class Search:
    """The feeds found, and the reason of the first address if it is none."""

    found: tuple[Candidate, ...]
    why_not: str | None = None


def find_feeds(fetcher: Fetcher, address: str, headers: Mapping[str, str]) -> Search:
    """Return the feeds of an address: itself, or those of the site that it belongs to.

    `headers` go to the origin of the address alone.
    """
    return asyncio.run(_find(fetcher, address, headers))


async def _find(fetcher: Fetcher, address: str, headers: Mapping[str, str]) -> Search:
    asking = _Asking(fetcher, address, headers, asyncio.Semaphore(AT_ONCE))
    answer = await asking.ask(address)
    if isinstance(answer, str):
        return Search((), answer)
    first = _read(answer)
    if isinstance(first, Candidate):
        return Search((first,))
    for places in (linked_feeds(answer.body, answer.url), usual_feeds(answer.url)):
        if found := await _which(asking, places):
            return Search(found)
    return Search((), first)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Asks for addresses. `headers` may hold a secret, for the origin of `address` alone."""

    fetcher: Fetcher
    address: str
    headers: Mapping[str, str]
    gate: asyncio.Semaphore

    async def ask(self, url: str) -> HttpAnswer | str:
        """Return an answer with a body, or why there is none."""
        # A page chose the other addresses, and secrets are for the host that the user named.
        own = self.headers if is_same_origin(url, self.address) else {}
        try:
            async with self.gate:
                answer = await self.fetcher.get(url, {**_ACCEPT, **own})
        except ReportedlyError as error:
            return str(error)
        return answer if answer.status == 200 else f"{url}: HTTP {answer.status}"


async def _which(asking: _Asking, places: Iterable[str]) -> tuple[Candidate, ...]:
    """Return the addresses that are feeds with entries, each once."""
    answers = await asyncio.gather(*map(asking.ask, places))
    read = [_read(answer) for answer in answers if isinstance(answer, HttpAnswer)]
    feeds = {feed.url: feed for feed in read if isinstance(feed, Candidate)}
    return tuple(feeds.values())


def _read(answer: HttpAnswer) -> Candidate | str:
    """Return an answer as a feed, or why it is none."""
    kind = answer.headers.get("content-type", "")
    (parsed,) = read_documents([Document(answer.body, kind, answer.url)])
    if isinstance(parsed, InvalidMessage):
        return str(parsed)
    title = parsed.title.strip()
    return Candidate(answer.url, title, parsed.site_url, len(parsed.entries))
