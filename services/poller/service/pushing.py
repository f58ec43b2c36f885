"""What comes without being asked for: documents of hubs and their answers, and documents to reread.

A feed's poll and its pushes never run at the same time: each decides on the state that the other
left. A push that is lost with its process is found by the next poll.
"""

import asyncio
import dataclasses
import time
import zlib

import msgspec
import structlog

from services.errors import InvalidMessage, TransientError
from services.messages import FeedPush, FeedState, Subscription
from services.poller.answer import Outcome
from services.poller.pushed import after_push, reread
from services.poller.reading.documents import Document
from services.poller.reading.entry import ParsedFeed
from services.poller.roster import Slot
from services.poller.service.asking import ASK_SECONDS
from services.poller.service.parsers import Parsers
from services.poller.service.polling import READ_SECONDS, Polling
from services.poller.websub import answered, asked, is_current, is_due, polled, request, subscribed
from services.ports import HttpAnswer
from services.runtime import metrics
from services.runtime.world import World
from services.text.feed_health import failing_since

MAX_BODY_BYTES = 10 * 1024 * 1024
"""Bytes of an unpacked document, as many as are fetched."""

_ACCEPTED = (200, 202, 204)

_log = structlog.get_logger()


class Pushing:
    """Takes pushes, and asks hubs for them."""

    def __init__(self, world: World, parsers: Parsers, polling: Polling) -> None:
        self._world = world
        self._parsers = parsers
        self._polling = polling
        settings = world.settings
        self._is_on = bool(settings.public_url and settings.websub_secret)
        if settings.public_url and not self._is_on:
            _log.warning("no subscriptions are made: REPORTEDLY_WEBSUB_SECRET is not set")

    async def outcome(self, slot: Slot, push: FeedPush) -> Outcome:
        """Return the outcome of a push. An error leaves the state as it was, and is logged."""
        slot.ends_by = time.monotonic() + READ_SECONDS
        try:
            return await self._outcome(slot, push)
        except (InvalidMessage, TransientError) as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001 - it must not stop the feed's polls
            _log.error("a push failed in a way that was not foreseen", exc_info=error)
            reason = f"a mistake of ours: {type(error).__name__}: {error}"
        _log.warning(
            "a document that was pushed can't be used, polls go on",
            feed_id=push.feed_id,
            kind=push.kind,
            reason=reason,
        )
        return Outcome("failed", slot.state, failure=reason)

    async def _outcome(self, slot: Slot, push: FeedPush) -> Outcome:
        state, now = slot.state, self._world.clock.now()
        if push.kind != "reread" and not is_current(state.subscription, push):
            metrics.count("reportedly_pushes_total", outcome="not-current")
            _log.warning(
                "what a hub sent is dropped: the feed does not declare it, or its lease is over",
                feed_id=push.feed_id,
                kind=push.kind,
            )
            return Outcome("unchanged", state)
        if push.document is None:
            _log.info("a hub answered", feed_id=push.feed_id, answer=push.kind, reason=push.reason)
            subscription = answered(state.subscription, push)
            return Outcome("unchanged", _with(state, subscription))
        body = await asyncio.to_thread(_unpacked, push.document.body)
        kind = push.document.content_type
        if push.kind == "reread":
            document = Document(body, kind, push.document.url, push.document.at, slot.feed.zone)
            (parsed,) = await self._parsers.run([document])
            if not isinstance(parsed, ParsedFeed):
                raise InvalidMessage("not-readable", f"still not readable: {parsed}")
            articles, done = await asyncio.to_thread(
                reread, slot.feed, state, parsed, push.document.at
            )
            return Outcome("read", done, articles)
        answer = HttpAnswer(200, slot.feed.url, {"content-type": kind}, body)
        seen_so_far = _blank(state)
        blank = dataclasses.replace(slot, state=seen_so_far)
        outcome = await self._polling.read(blank, answer, is_push=True)
        if outcome.failure:
            raise InvalidMessage("not-readable", outcome.failure)
        return dataclasses.replace(outcome, done=after_push(state, outcome.done, now))

    def noted(self, slot: Slot, outcome: Outcome) -> Outcome:
        """Return the outcome of a poll with the hub that it found, and since when polls fail."""
        now, subscription = self._world.clock.now(), outcome.done.subscription
        if outcome.kind == "read":
            subscription = subscribed(slot.state, outcome.hub)
        is_first = slot.state.last_success_at is None
        found_new = not is_first and any(a.cause == "new" for a in outcome.articles)
        subscription = polled(subscription, found_new, now)
        done = msgspec.structs.replace(
            _with(outcome.done, subscription),
            failing_since=failing_since(slot.state, outcome.done, now),
        )
        return dataclasses.replace(outcome, done=done)

    def is_due(self, state: FeedState) -> bool:
        """Return True if the feed's hub must be asked, and can be.

        Thousands of feeds may have one hub: none waits for it, each tries again after a poll.
        """
        subscription = state.subscription
        return (
            self._is_on
            and subscription is not None
            and is_due(subscription, self._world.clock.now())
            and self._polling.asking.is_free(subscription.hub)
        )

    async def ask(self, slot: Slot) -> FeedState:
        """Ask the feed's hub for a lease. Return the state after that."""
        subscription = slot.state.subscription
        assert subscription is not None
        slot.ends_by = time.monotonic() + 2 * ASK_SECONDS
        settings = self._world.settings
        sent = request(subscription, slot.feed.feed_id, settings.public_url, settings.websub_secret)
        refused = await self._refusal(*sent)
        _log.info("a hub was asked", feed_id=slot.feed.feed_id, hub=sent[0], refused=refused)
        return _with(slot.state, asked(subscription, self._world.clock.now(), refused))

    async def _refusal(self, hub: str, headers: dict[str, str], body: bytes) -> str | None:
        """Ask a hub. Return why it refused; None if it accepted, or may accept later."""
        try:
            answer = await self._polling.asking.post(hub, headers, body)
        except TransientError:
            metrics.count("reportedly_pushes_total", outcome="no-answer")
            return None
        except InvalidMessage as error:
            return str(error)
        return None if answer.status in _ACCEPTED else f"HTTP {answer.status}"


def _with(state: FeedState, subscription: Subscription | None) -> FeedState:
    return msgspec.structs.replace(state, subscription=subscription)


def _blank(state: FeedState) -> FeedState:
    """Return the state without what holds for polled documents alone."""
    return msgspec.structs.replace(state, body_hash=None, waiting=())


def _unpacked(body: bytes) -> bytes:
    """Return the content of a gzip body. Raises InvalidMessage if it is broken or too large."""
    unpacking = zlib.decompressobj(wbits=31)
    try:
        content = unpacking.decompress(body, MAX_BODY_BYTES)
    except zlib.error as error:
        raise InvalidMessage(
            "bad-coding", f"a pushed document can't be unpacked: {error}"
        ) from error
    if unpacking.unconsumed_tail:
        raise InvalidMessage("too-large", "a pushed document has more than 10 MB")
    return content
