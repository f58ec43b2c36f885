"""One poll: its steps from the request to the outcome.

    ask ─► look ─► parse (another process) ─► pages ─► decide
     └── every error is an outcome too: a reason, and a longer wait

A document that came without being asked for goes through `read` alone.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import structlog

from services.errors import ConfigError, InvalidMessage, TransientError
from services.messages import Feed, Trouble
from services.poller.answer import (
    Outcome,
    Unread,
    conditional_headers,
    failure,
    first_look,
    is_conditional,
    judge,
)
from services.poller.hosts import Hosts, is_same_origin
from services.poller.reading.documents import Document
from services.poller.reading.entry import ParsedFeed
from services.poller.roster import Slot
from services.poller.service.asking import ASK_SECONDS, Asking, Held
from services.poller.service.paging import Paging
from services.poller.service.parsers import PARSE_WALL_SECONDS, PARSERS, Parsers
from services.poller.turns import MAX_IN_FLIGHT
from services.poller.versions.sight import NO_PAGES, Sight, sight
from services.poller.waits import Waits
from services.poller.websub import declared
from services.ports import HttpAnswer
from services.runtime import metrics
from services.runtime.feed_secrets import FeedSecrets
from services.runtime.workers import WorkerDied
from services.runtime.world import World

MAX_ARCHIVES = 5
"""Older documents of a feed read in one poll, when entries may have been missed."""

MAX_SITEMAPS = 5
"""Sitemaps of an index read in one poll, those that changed last.

Source: an index of news lists one for each section or day; the latest five hold the day's news.
"""

MAX_HELD_BYTES = 256 * 1024 * 1024
"""Bytes of all documents that were received and are being read, a quarter of the container's."""

SMALL_BYTES = 64 * 1024
"""Bytes of a body that is looked at on the event loop; that takes less than 1 ms."""

READ_SECONDS = MAX_IN_FLIGHT / PARSERS * 2 * PARSE_WALL_SECONDS
"""Seconds to parse a document, including the wait for a parser.

All other polls may be before it, and each be tried twice.
"""

_log = structlog.get_logger()


class Polling:
    """Carries out polls. Between two polls, only what `hosts` asked for is kept.

    `asking`: for all requests.
    """

    def __init__(self, world: World, parsers: Parsers, hosts: Hosts) -> None:
        self._world = world
        self._parsers = parsers
        self._n_held = 0
        self.asking = Asking(world, hosts)
        self._paging = Paging(world, parsers, self.asking)
        self._per_hour = world.settings.new_entries_per_hour
        self._secrets = FeedSecrets(world.settings.feed_secrets)

    async def outcome(self, slot: Slot) -> Outcome:
        """Return the outcome of a poll. Every error is a failed poll with its reason."""
        outcome = await self._outcome(slot)
        _log_outcome(slot, outcome)
        return outcome

    async def _outcome(self, slot: Slot) -> Outcome:
        trouble: Trouble = "unreachable"
        asked = Waits()
        try:
            headers = conditional_headers(slot.state, self._world.clock.now())
            answer = await self._ask(slot, slot.address, headers)
            slot.answered_at = time.monotonic()
            with self._held(answer):
                return await self.read(slot, answer, conditional=is_conditional(headers))
        except Held as error:
            reason, trouble, asked = str(error), "limited", Waits(feed=error.seconds)
        except TransientError as error:
            reason = str(error)
        except InvalidMessage as error:
            reason, trouble = str(error), "unreadable"
        except Exception as error:  # noqa: BLE001 - it must not stop other feeds' polls
            _log.error(
                "poll failed in a way that was not foreseen", url=slot.address, exc_info=error
            )
            reason = f"a mistake of ours: {type(error).__name__}: {error}"
        return failure(slot.state, self._world.clock.now(), reason, asked=asked, trouble=trouble)

    @contextmanager
    def _held(self, answer: HttpAnswer) -> Iterator[None]:
        """Bound the memory of documents that wait for a parser. Raises TransientError."""
        self._n_held += len(answer.body)
        try:
            if self._n_held > MAX_HELD_BYTES:
                raise TransientError(f"{answer.url}: too many large documents are being read")
            yield
        finally:
            self._n_held -= len(answer.body)

    async def read(
        self, slot: Slot, answer: HttpAnswer, *, conditional: bool = False, is_push: bool = False
    ) -> Outcome:
        """Return the outcome of an answer, or of a document that was pushed.

        `conditional`: the request held validators.
        """
        feed, state, now = slot.feed, slot.state, self._world.clock.now
        look = partial(first_look, feed, state, answer, now(), conditional=conditional)
        seen = look() if len(answer.body) <= SMALL_BYTES else await asyncio.to_thread(look)
        if isinstance(seen, Outcome):
            return seen
        seen = replace(seen, is_push=is_push)
        return replace(await self._read(slot, seen), received=answer)

    async def _read(self, slot: Slot, seen: Unread) -> Outcome:
        feed, state, now, answer = slot.feed, slot.state, self._world.clock.now, seen.answer
        try:
            parsed = await self._parse(slot, seen.document)
        except InvalidMessage as error:
            reason = str(error)
            return failure(state, now(), reason, answer.status, seen.waits, trouble="unreadable")
        for url in parsed.sitemaps[:MAX_SITEMAPS]:
            parsed = await self._with_older(slot, parsed, url)
        hub = declared(answer.headers, parsed, answer.url)
        if parsed.is_damaged and hub is None and (known := state.subscription):
            hub = (known.hub, known.topic)
        at, outcome = await asyncio.to_thread(self._judge, feed, seen, parsed)
        n_read = 0
        while outcome.is_gap and parsed.next_archive and n_read < MAX_ARCHIVES:
            n_read += 1
            parsed = await self._with_older(slot, parsed, parsed.next_archive)
            at, outcome = await asyncio.to_thread(self._judge, feed, seen, parsed)
        pages = await self._paging.read(slot, at)
        if pages is not NO_PAGES:
            at = replace(at, now=now(), pages=pages)
            outcome = await asyncio.to_thread(judge, seen, at, self._per_hour)
        return replace(outcome, hub=hub)

    def _judge(self, feed: Feed, seen: Unread, parsed: ParsedFeed) -> tuple[Sight, Outcome]:
        """Return a document as it is seen now, and the outcome without its pages. Blocks."""
        at = sight(feed, seen.seen, parsed, self._world.clock.now())
        return at, judge(seen, at, self._per_hour)

    async def _parse(self, slot: Slot, document: Document) -> ParsedFeed:
        """Parse a document in another process. Raises InvalidMessage."""
        slot.ends_by = time.monotonic() + READ_SECONDS
        with metrics.timed("reportedly_parse_seconds"):
            (parsed,) = await self._parsers.run([document])
        if isinstance(parsed, WorkerDied):
            raise InvalidMessage("too-costly", f"the document can't be parsed: {parsed}")
        if isinstance(parsed, ParsedFeed):
            return parsed
        raise parsed if isinstance(parsed, InvalidMessage) else InvalidMessage("no-feed", "a page")

    async def _with_older(self, slot: Slot, parsed: ParsedFeed, url: str) -> ParsedFeed:
        """Return a document with the entries of an older one (RFC 5005, 4), or of a sitemap."""
        try:
            answer = await self._ask(slot, url, {})
            if answer.status != 200:
                raise InvalidMessage("no-archive", f"{url}: HTTP {answer.status}")
            kind = answer.headers.get("content-type", "")
            at, zone = self._world.clock.now(), slot.feed.zone
            older = await self._parse(slot, Document(answer.body, kind, answer.url, at, zone))
        except (InvalidMessage, TransientError) as error:
            problems = (*parsed.problems, f"the entries of {url} can't be read: {error}")
            return replace(parsed, next_archive=None, problems=problems)
        return replace(
            parsed,
            entries=(*parsed.entries, *older.entries),
            next_archive=older.next_archive,
            is_damaged=parsed.is_damaged or older.is_damaged,
        )

    async def _ask(self, slot: Slot, url: str, headers: Mapping[str, str]) -> HttpAnswer:
        slot.ends_by = time.monotonic() + 2 * ASK_SECONDS
        return await self.asking.get(url, {**headers, **self._own(slot.feed, url)})

    def _own(self, feed: Feed, url: str) -> dict[str, str]:
        """Return the headers that one feed wants at an address of its documents.

        Raises InvalidMessage without its credentials.
        """
        agent = {"User-Agent": feed.user_agent} if feed.user_agent else {}
        if not is_same_origin(url, feed.url):
            # The address was chosen by an answer, and secrets are for the feed's own host.
            return agent
        try:
            return {**agent, **self._secrets.headers(feed.credentials)}
        except ConfigError as error:
            raise InvalidMessage("no-credentials", str(error)) from error


def _log_outcome(slot: Slot, outcome: Outcome) -> None:
    """Log an outcome. A failure or a problem is logged once, until it changes or passes."""
    log = _log.bind(feed_id=slot.feed.feed_id, url=slot.feed.url)
    if outcome.failure and outcome.done.last_error != slot.state.last_error:
        log.warning("feed can't be read, the others go on", reason=outcome.failure)
    if outcome.kind != "failed" and slot.state.failures:
        log.info("feed is back", failures=slot.state.failures)
    for problem in outcome.problems:
        if problem not in slot.problems:
            log.warning("feed problem", problem=problem)
    log.debug("polled", kind=outcome.kind, status=outcome.status, articles=len(outcome.articles))
