"""The poller's process: asks its share of the feeds, politely and at the right time, and publishes what is new.

An article is sent between two acknowledged writes of its feed's state, `pending` and `done`; what a crash leaves
pending is sent again. Feeds are shared out by partition; nothing of a feed is published once its partition is gone.
"""

import asyncio
import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog

from services.errors import InvalidMessage, TransientError
from services.messages import Feed, FeedState, decode, encode
from services.poller.answer import Outcome, conditional_headers, judge, no_answer, worth_keeping
from services.poller.schedule import next_poll
from services.ports import Outgoing, Record, TopicPartition
from services.runtime.consume import next_offsets
from services.runtime.health import Heartbeat
from services.runtime.retry import delay
from services.runtime.world import World

MAX_IN_FLIGHT = 50
TICK_SECONDS = 0.05
_BATCH = 200

_log = structlog.get_logger()


@dataclass(eq=False)
class _Slot:
    """A feed in our care; `due` is machine time (monotonic), None once the feed is gone."""

    feed: Feed
    state: FeedState
    partition: int
    due: float | None

    @property
    def host(self) -> str:
        return urlsplit(self.feed.url).netloc.lower()


@dataclass(eq=False)
class _Polled:
    slot: _Slot
    outcome: Outcome
    published: asyncio.Future[None]


def run(world: World) -> None:
    """Run until told to stop. Raises FatalError."""
    asyncio.run(_Poller(world).run())


class _Poller:
    def __init__(self, world: World) -> None:
        self._world = world
        self._slots: dict[str, _Slot] = {}
        self._dues: dict[str, float | None] = {}
        self._owning = threading.Lock()
        self._busy: dict[asyncio.Task[None], str] = {}
        self._polled: asyncio.Queue[_Polled] = asyncio.Queue()
        self._heartbeat = Heartbeat(world.settings.run_dir, "poller")
        self._consumer = world.broker.consumer("poller")
        self._producer = world.broker.producer()

    async def run(self) -> None:
        # Name look-ups, parsing, and Kafka calls share the threads: enough that slow names can't hold up the rest.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(MAX_IN_FLIGHT + 8))
        self._consumer.subscribe(["feeds"], on_assign=self._assigned, on_revoke=self._revoked)
        always = [asyncio.create_task(self._follow()), asyncio.create_task(self._publish())]
        try:
            while not self._world.stop.is_set():
                self._start_due()
                done, _ = await asyncio.wait(always, timeout=TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            for task in self._busy:
                task.cancel()
            await asyncio.gather(*self._busy, *always, return_exceptions=True)
            self._consumer.close()
            self._heartbeat.remove()

    # Which feeds are ours. `_assigned` and `_revoked` are called inside the consumer's poll, on a thread.

    async def _follow(self) -> None:
        while not self._world.stop.is_set():
            try:
                records = await asyncio.to_thread(self._consumer.poll, _BATCH, 0.2)
                for record in records:
                    self._take_feed(record)
                if records:
                    await asyncio.to_thread(self._consumer.commit, next_offsets(records))
                self._heartbeat.beat(feeds=len(self._slots))
            except TransientError as error:
                _log.warning("waiting for Kafka", group="poller", reason=str(error))
                self._heartbeat.beat("waiting", reason=str(error))
                await asyncio.sleep(1.0)

    def _assigned(self, partitions: list[TopicPartition]) -> None:
        reader = self._world.broker.reader()
        numbers = [p.partition for p in partitions]
        try:
            wanted = [TopicPartition(topic, n) for topic in ("feed-states", "feeds") for n in numbers]
            latest = {(record.topic, record.key): record for record in reader.read_to_end(wanted)}
        finally:
            reader.close()
        states = {key or "": state for (topic, key), r in latest.items() if topic == "feed-states" and (state := _state(r))}
        for (topic, _), record in latest.items():
            if topic == "feeds":
                self._take_feed(record, states)
        _log.info("feeds assigned", partitions=numbers, feeds=len(self._slots))

    def _revoked(self, partitions: list[TopicPartition]) -> None:
        gone = {p.partition for p in partitions}
        with self._owning:
            self._slots = {key: slot for key, slot in self._slots.items() if slot.partition not in gone}

    def _take_feed(self, record: Record, states: dict[str, FeedState] | None = None) -> None:
        key = record.key or ""
        slots = dict(self._slots)
        old = slots.pop(key, None)
        try:
            feed = decode(Feed, record.value) if record.value is not None else None
        except InvalidMessage as error:
            _log.warning("feed can't be used", feed_id=key, offset=record.offset, reason=str(error))
            feed = None
        if feed is not None and feed.enabled:
            if old is not None and old.feed == feed:
                return
            state = old.state if old else (states or {}).get(key) or FeedState(feed_id=feed.feed_id)
            due = time.monotonic() if old else self._dues.get(key, time.monotonic())
            slots[key] = _Slot(feed, state, record.partition, due)
        self._slots = slots

    # Asking.

    def _start_due(self) -> None:
        now = time.monotonic()
        due = sorted((s.due, s.feed.feed_id) for s in list(self._slots.values()) if s.due is not None and s.due <= now)
        hosts = set(self._busy.values())
        for _, key in due:
            slot = self._slots.get(key)
            if len(self._busy) >= MAX_IN_FLIGHT:
                return
            if slot is None or slot.host in hosts:
                continue
            hosts.add(slot.host)
            slot.due = float("inf")
            task = asyncio.create_task(self._poll(slot))
            self._busy[task] = slot.host
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._busy.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            # A mistake of ours in one feed: it is tried again with the next assignment, the others go on.
            _log.error("poll broke off", error=f"{type(error).__name__}: {error}", exc_info=error)

    async def _poll(self, slot: _Slot) -> None:
        outcome = await self._ask(slot)
        self._tell(slot, outcome)
        if outcome.articles or worth_keeping(slot.state, outcome.done):
            polled = _Polled(slot, outcome, asyncio.get_running_loop().create_future())
            self._polled.put_nowait(polled)
            await polled.published
        slot.state = outcome.done
        interval = slot.feed.interval_seconds or self._world.settings.poll_interval_seconds
        wait = next_poll(interval, outcome.done.failures, random.random(), outcome.status, outcome.retry_after)
        slot.due = None if wait is None else time.monotonic() + wait
        self._dues[slot.feed.feed_id] = slot.due

    async def _ask(self, slot: _Slot) -> Outcome:
        try:
            answer = await self._world.fetcher.get(slot.feed.url, conditional_headers(slot.state))
        except (InvalidMessage, TransientError) as error:
            return no_answer(slot.state, self._world.clock.now(), str(error))
        return await asyncio.to_thread(judge, slot.feed, slot.state, answer, self._world.clock.now())

    def _tell(self, slot: _Slot, outcome: Outcome) -> None:
        """Log what a person should know; a failure is told once, until it changes or passes."""
        log = _log.bind(feed_id=slot.feed.feed_id, url=slot.feed.url)
        if outcome.failure and outcome.done.last_error != slot.state.last_error:
            log.warning("feed can't be read, the others go on", reason=outcome.failure)
        if outcome.kind != "failed" and slot.state.failures:
            log.info("feed is back", failures=slot.state.failures)
        for problem in outcome.problems:
            log.warning("feed problem", problem=problem)
        log.debug("polled", kind=outcome.kind, status=outcome.status, articles=len(outcome.articles))

    # Publishing, many polls at a time: three round trips to the broker a batch.

    async def _publish(self) -> None:
        while not self._world.stop.is_set():
            batch = await self._next_batch()
            if batch and await self._see_through(batch):
                for polled in batch:
                    if not polled.published.done():
                        polled.published.set_result(None)

    async def _next_batch(self) -> list[_Polled]:
        try:
            batch = [await asyncio.wait_for(self._polled.get(), 0.2)]
        except TimeoutError:
            return []
        while not self._polled.empty() and len(batch) < _BATCH:
            batch.append(self._polled.get_nowait())
        return batch

    async def _see_through(self, batch: Sequence[_Polled]) -> bool:
        """Publish, however long the broker says no; False if told to stop first: then it is all polled again."""
        tries = 0
        while not self._world.stop.is_set():
            try:
                await asyncio.to_thread(self._send, batch)
                return True
            except TransientError as error:
                tries += 1
                _log.warning("waiting to publish, nothing is lost", polls=len(batch), reason=str(error))
                await asyncio.sleep(delay(tries))
        return False

    def _send(self, batch: Sequence[_Polled]) -> None:
        with self._owning:
            ours = [p for p in batch if self._slots.get(p.slot.feed.feed_id) is p.slot]
            self._acknowledged([_kept(p.outcome.pending) for p in ours if p.outcome.articles and p.outcome.pending])
            articles = [article for p in ours for article in p.outcome.articles]
            self._acknowledged([Outgoing("articles", article.article_id, encode(article)) for article in articles])
            self._acknowledged([_kept(p.outcome.done) for p in ours])
        if articles:
            _log.info("published", articles=len(articles), feeds=sum(1 for p in ours if p.outcome.articles))

    def _acknowledged(self, messages: Sequence[Outgoing]) -> None:
        for message in messages:
            self._producer.send(message)
        if messages:
            self._producer.flush()


def _kept(state: FeedState) -> Outgoing:
    return Outgoing("feed-states", state.feed_id, encode(state))


def _state(record: Record) -> FeedState | None:
    """A state that can't be read is as good as none: the feed is read anew, and what is known downstream stays known."""
    if record.value is None:
        return None
    try:
        return decode(FeedState, record.value)
    except InvalidMessage as error:
        _log.warning("feed state can't be used", feed_id=record.key, offset=record.offset, reason=str(error))
        return None
