"""One poll: its steps from the request to the outcome.

    ask ─► look ─► parse (another process) ─► decide
     └── every error is an outcome too: a reason, and a longer wait

A document that came without being asked for goes through `read` alone.
"""

import asyncio
import dataclasses
import time

import structlog

from services.errors import ConfigError, InvalidMessage, TransientError
from services.messages import Feed
from services.poller.answer import (
    Outcome,
    Unread,
    conditional_headers,
    failure,
    first_look,
    judge,
)
from services.poller.roster import Slot
from services.poller.service.parsers import PARSE_WALL_SECONDS, PARSERS, Parsers
from services.poller.websub import declared
from services.ports import HttpAnswer
from services.runtime import metrics
from services.runtime.feed_secrets import FeedSecrets
from services.runtime.workers import WorkerDied
from services.runtime.world import World

MAX_IN_FLIGHT = 50
"""Polls at the same time."""

ASK_SECONDS = 60.0
"""Seconds for an answer. The fetcher itself gives up after 30 s; this ends a fetcher that hangs."""

READ_SECONDS = MAX_IN_FLIGHT / PARSERS * 2 * PARSE_WALL_SECONDS
"""Seconds to parse a document, including the wait for a parser.

All other polls may be before it, and each be tried twice.
"""

_log = structlog.get_logger()


class Polling:
    """Carries out polls. `world` and `parsers` are used, and nothing is kept between two polls."""

    def __init__(self, world: World, parsers: Parsers) -> None:
        self._world = world
        self._parsers = parsers
        self._secrets = FeedSecrets(world.settings.feed_secrets)

    async def outcome(self, slot: Slot) -> Outcome:
        """Return the outcome of a poll. Every error is a failed poll with its reason."""
        outcome = await self._outcome(slot)
        _log_outcome(slot, outcome)
        return outcome

    async def _outcome(self, slot: Slot) -> Outcome:
        try:
            return await self.read(slot, await self._ask(slot))
        except (InvalidMessage, TransientError) as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001 - it must not stop other feeds' polls
            _log.error(
                "poll failed in a way that was not foreseen", url=slot.feed.url, exc_info=error
            )
            reason = f"a mistake of ours: {type(error).__name__}: {error}"
        return failure(slot.state, self._world.clock.now(), reason)

    async def read(self, slot: Slot, answer: HttpAnswer) -> Outcome:
        """Return the outcome of an answer, or of a document that was pushed."""
        state, now = slot.state, self._world.clock.now
        seen = await asyncio.to_thread(first_look, state, answer, now(), slot.feed.zone)
        if isinstance(seen, Outcome):
            return seen
        outcome = await self._parse(slot, answer, seen)
        return dataclasses.replace(outcome, received=answer)

    async def _parse(self, slot: Slot, answer: HttpAnswer, seen: Unread) -> Outcome:
        state, now = slot.state, self._world.clock.now
        slot.ends_by = time.monotonic() + READ_SECONDS
        with metrics.timed("reportedly_parse_seconds"):
            (parsed,) = await self._parsers.run([seen.document])
        if isinstance(parsed, WorkerDied):
            return failure(state, now(), f"the document can't be parsed: {parsed}", answer.status)
        if isinstance(parsed, InvalidMessage):
            return failure(state, now(), str(parsed), answer.status)
        per_hour = self._world.settings.new_entries_per_hour
        outcome = await asyncio.to_thread(judge, slot.feed, seen.seen, parsed, now(), per_hour)
        hub = declared(answer.headers, parsed, answer.url)
        if parsed.is_damaged and hub is None and (known := state.subscription):
            hub = (known.hub, known.topic)
        return dataclasses.replace(outcome, hub=hub)

    async def _ask(self, slot: Slot) -> HttpAnswer:
        slot.ends_by = time.monotonic() + 2 * ASK_SECONDS
        headers = conditional_headers(slot.state, self._world.clock.now()) | self._own(slot.feed)
        try:
            async with asyncio.timeout(ASK_SECONDS):
                with metrics.timed("reportedly_fetch_seconds"):
                    answer = await self._world.fetcher.get(slot.feed.url, headers)
        except TimeoutError as error:
            raise TransientError(
                f"{slot.feed.url}: no whole answer within {ASK_SECONDS:.0f} s"
            ) from error
        metrics.count("reportedly_fetched_bytes_total", len(answer.body))
        return answer

    def _own(self, feed: Feed) -> dict[str, str]:
        """Return the headers that one feed wants. Raises InvalidMessage without its credentials."""
        agent = {"User-Agent": feed.user_agent} if feed.user_agent else {}
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
