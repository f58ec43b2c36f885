"""The pages of one poll: fetched politely, read in the parser processes.

    wanted ─► robots.txt of the host ─► page ─► parser process ─► its text, or a doubt
    left the feed ─► page ─► gone? ─► another page of the host (the witness) ─► its status

Whatever fails leaves the feed's text, and is told.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Literal

import structlog

from services.errors import InvalidMessage, TransientError
from services.messages import Feed
from services.poller.decide import PagePlan, page_plan
from services.poller.hosts import host_of
from services.poller.pages.choose import Choice, chosen
from services.poller.pages.page import Fetched, Page
from services.poller.pages.robots import Robots, read_rules, robots_url
from services.poller.reading.entry import Entry
from services.poller.roster import Slot
from services.poller.service.asking import Asking, Held
from services.poller.service.parsers import PARSE_WALL_SECONDS, Parsers
from services.poller.versions.sight import NO_PAGES, Pages, Sight
from services.poller.versions.withdrawals import GONE
from services.ports import HttpAnswer
from services.runtime import metrics
from services.runtime.workers import WorkerDied
from services.runtime.world import World

MAX_PAGES = 10
"""Pages read in one poll, the first of the document. Further entries have the feed's text.

Source: more new entries at once come with the first document of a feed, and with an archive.
"""

PAGES_SECONDS = 20.0
"""Seconds for all pages of one poll; those not read by then leave the feed's text."""

_HEADERS = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"}
_HTML = ("text/html", "application/xhtml+xml", "")


_log = structlog.get_logger()


class _NotRead(Exception):
    """A page that was not read; the sentence says why."""


class Paging:
    """Reads the pages of polls. It keeps the rules of hosts."""

    def __init__(self, world: World, parsers: Parsers, asking: Asking) -> None:
        self._world = world
        self._asking = asking
        self._parsers = parsers
        self._robots = Robots()

    async def read(self, slot: Slot, at: Sight) -> Pages:
        """Return what the pages of a document's entries say. Raises nothing."""
        if slot.feed.pages.fetch == "never":
            return NO_PAGES
        try:
            return await self._read(slot, at)
        except Exception as error:  # noqa: BLE001 - pages must not cost the feed's own articles
            _log.error("pages could not be read", feed_id=slot.feed.feed_id, exc_info=error)
            reason = f"a mistake of ours: {type(error).__name__}: {error}"
            return Pages(problems=(f"the pages could not be read: {reason}",))

    async def _read(self, slot: Slot, at: Sight) -> Pages:
        plan = await asyncio.to_thread(page_plan, at)
        if not plan.wanted and not plan.looks:
            return NO_PAGES
        slot.ends_by = time.monotonic() + 2 * PAGES_SECONDS + PARSE_WALL_SECONDS
        texts, statuses = dict[str, Choice](), dict[str, int]()
        problems: list[str] = []
        try:
            async with asyncio.timeout(PAGES_SECONDS):
                await self._texts(slot.feed, plan.wanted, texts)
                await self._statuses(slot.feed, plan, statuses)
        except TimeoutError:
            problems.append(f"not all pages were read: they took over {PAGES_SECONDS:.0f} s")
        if len(plan.wanted) > MAX_PAGES:
            problems.append(f"{len(plan.wanted)} pages, only the first {MAX_PAGES} are read")
        return Pages(texts, statuses, tuple(problems))

    async def _texts(
        self, feed: Feed, wanted: Mapping[str, Entry], texts: dict[str, Choice]
    ) -> None:
        failed: dict[str, str] = {}
        for key, entry in list(wanted.items())[:MAX_PAGES]:
            host = host_of(entry.url or "")
            try:
                if host in failed:
                    raise _NotRead(failed[host])
                texts[key] = chosen(
                    entry, await self._page(feed, entry.url or ""), bool(feed.pages.selector)
                )
                _count("read" if texts[key].doubt is None else "doubtful")
            except _NotRead as error:
                _count("failed")
                texts[key] = Choice(entry.text, None, None, str(error))
            except (TransientError, InvalidMessage) as error:
                reason = f"the page can't be fetched: {error}"
                if not (isinstance(error, InvalidMessage) and error.reason == "bad-url"):
                    # The host is not well: its other pages are left alone in this poll.
                    failed[host] = reason
                _count("failed")
                texts[key] = Choice(entry.text, None, None, reason)

    async def _statuses(self, feed: Feed, plan: PagePlan, statuses: dict[str, int]) -> None:
        for key, url, witness in plan.looks:
            status = await self._status(feed, url)
            if status in GONE and (witness is None or await self._status(feed, witness) != 200):
                status = 0
            statuses[key] = status

    async def _status(self, feed: Feed, url: str) -> int:
        try:
            return (await self._fetched(feed, url)).status
        except (_NotRead, TransientError, InvalidMessage):
            return 0

    async def _page(self, feed: Feed, url: str) -> Page:
        """Return what a page says. Raises _NotRead, and what the fetcher raises."""
        answer = await self._fetched(feed, url)
        if answer.status != 200:
            raise _NotRead(f"the page answered HTTP {answer.status}")
        kind = answer.headers.get("content-type", "")
        if kind.partition(";")[0].strip().lower() not in _HTML:
            raise _NotRead(f"the page is no HTML but {kind[:60]}")
        now = self._world.clock.now()
        with metrics.timed("reportedly_parse_seconds"):
            (page,) = await self._parsers.run(
                [Fetched(answer.body, kind, answer.url, now, feed.pages.selector)]
            )
        if isinstance(page, Page):
            return page
        reason = str(page) if isinstance(page, InvalidMessage | WorkerDied) else "no page"
        raise _NotRead(f"the page can't be read: {reason}")

    async def _fetched(self, feed: Feed, url: str) -> HttpAnswer:
        """Return the answer for a page that may be fetched."""
        agent = feed.user_agent or self._world.settings.user_agent
        now = self._world.clock.now()
        if self._robots.allows(url, agent, now) is None:
            await self._learn(feed, url)
        if not self._robots.allows(url, agent, now):
            raise _NotRead("robots.txt forbids it, or can't be had")
        return await self._get(feed, url)

    async def _learn(self, feed: Feed, url: str) -> None:
        try:
            answer = await self._get(feed, robots_url(url))
            status, body = answer.status, answer.body
        except Held:
            # Nothing is known of its rules.
            raise
        except (TransientError, InvalidMessage):
            status, body = 0, b""
        # A hostile file takes seconds.
        rules = await asyncio.to_thread(read_rules, status, body)
        self._robots.learn(url, rules, self._world.clock.now())

    async def _get(self, feed: Feed, url: str) -> HttpAnswer:
        # Pages are for everyone: the feed's credentials are not sent.
        agent = {"User-Agent": feed.user_agent} if feed.user_agent else {}
        # What one page asks for holds all pages of its host.
        return await self._asking.get(url, {**_HEADERS, **agent}, f"pages of {host_of(url)}")


def _count(outcome: Literal["read", "doubtful", "failed"]) -> None:
    metrics.count("reportedly_pages_total", outcome=outcome)
