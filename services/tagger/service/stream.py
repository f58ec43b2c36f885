"""Tags and sends batches of articles from Faust. A long article delays no batch behind it."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain
from typing import Any

import msgspec
import structlog
from aiokafka.errors import MessageSizeTooLargeError
from faust.types import EventT

from services.errors import InvalidMessage, ReportedlyError
from services.messages import Article, TaggedArticle, decode, encode
from services.ports import Outgoing, Record, TopicPartition
from services.runtime.consume import next_offsets
from services.runtime.dead_letter import broken_off, dead_letter
from services.runtime.health import Heartbeat
from services.runtime.in_order import InOrder
from services.runtime.meter import Meter, Tally, took
from services.runtime.workers import WorkerDied
from services.runtime.world import World
from services.tagger.bounds import groups, is_long
from services.tagger.service.worker import Tagged

BATCH = 50
"""Articles of a batch."""
WITHIN_SECONDS = 0.05
"""Seconds that Faust waits for a batch to fill."""

BATCHES_AT_ONCE = 2
"""Batches in hand at the same time.

While the results of one are sent, or its last articles tagged, the workers have those of the next.
"""

LONG_AT_ONCE = 64
"""Long articles in hand at the same time.

A text has at most 500,000 characters, so they take at most 64 MB. Articles behind a further one
wait.
"""

HELD = 2_000
"""Events in hand while a long article before them is read: at most 20 kB each, 40 MB in all."""

TagBatch = Callable[[Sequence[Article]], Awaitable[list[Tagged | WorkerDied]]]

_log = structlog.get_logger()


class TagStream:
    """Decodes, tags, and sends a batch, and waits until all of it is acknowledged.

    Long articles are read apart, by `tag_long`, and no batch waits for them. Events behind one in
    its partition are acknowledged only after it, so that it is read again after a crash.
    """

    def __init__(
        self, world: World, app: Any, tag: TagBatch, tag_long: TagBatch, heartbeat: Heartbeat
    ) -> None:
        prefix = world.broker.physical("")
        self.articles = app.topic(f"{prefix}articles", key_type=bytes, value_type=bytes)
        self._tagged = app.topic(f"{prefix}tagged-articles", key_type=bytes, value_type=bytes)
        self._letters = app.topic(f"{prefix}articles-dlq", key_type=bytes, value_type=bytes)
        self._prefix = prefix
        self._app = app
        self._next: dict[TopicPartition, int] = {}
        self._world = world
        self._tag, self._tag_long = tag, tag_long
        self._open = InOrder[EventT]()
        self._long: dict[asyncio.Task[None], Record] = {}
        self._batches: dict[asyncio.Task[None], list[Record]] = {}
        self._heartbeat = heartbeat
        self._meter = Meter("tagger", "tagger")
        self.is_idle = True

    async def follow(self, stream: Any) -> None:
        """Process batches for ever, `BATCHES_AT_ONCE` at a time.

        An error that is no message's fault ends the process before anything is acknowledged.
        """
        try:
            async for events in stream.take_events(BATCH, within=WITHIN_SECONDS):
                self.is_idle = False
                await self._room(events)
                while len(self._batches) >= BATCHES_AT_ONCE:
                    await asyncio.wait(self._batches, return_when=asyncio.FIRST_COMPLETED)
                records = [self._record(event) for event in events]
                task = asyncio.ensure_future(self._whole_batch(events, records))
                self._batches[task] = records
                task.add_done_callback(self._batch_done)
                self._meter.polled(records)
                self._note_in_hand()
            await asyncio.gather(*self._batches)
        except asyncio.CancelledError:
            # Cancelled half-way (shutdown or rebalance). Another owner reads these articles again.
            if not self.is_idle:
                os._exit(0 if self._world.stop.is_set() else 1)
            raise

    @property
    def is_reading_long(self) -> bool:
        """True if long articles are in hand."""
        return bool(self._long)

    def note_lag(self) -> None:
        """Measure, at most once a second, how many articles are not tagged.

        A partition without any tagged article counts as done.
        """
        self._meter.behind(self._behind)

    def _behind(self) -> int:
        consumer, behind = self._app.consumer, 0
        for physical in consumer.assignment():
            done = self._next.get(
                TopicPartition(physical.topic.removeprefix(self._prefix), physical.partition)
            )
            try:
                end = consumer.highwater(physical)
            except AssertionError:
                continue  # another thread has just revoked the partition
            behind += max(0, end - done) if end is not None and done is not None else 0
        return behind

    async def _whole_batch(self, events: Sequence[EventT], records: list[Record]) -> None:
        try:
            with self._meter.trying(records):
                done = await self._batch(events, records)
        except Exception as error:  # noqa: BLE001 - the task's error would be lost
            die("tagging broke off; the batch is read again after the restart", error)
        self._meter.done(done)
        for place, offset in next_offsets(records).items():
            self._next[place] = max(offset, self._next.get(place, 0))
        self._heartbeat.beat(batch=len(events))

    def _batch_done(self, task: "asyncio.Task[None]") -> None:
        del self._batches[task]
        self.is_idle = not self._batches
        self._note_in_hand()

    def _note_in_hand(self) -> None:
        batches = chain.from_iterable(self._batches.values())
        self._meter.in_hand([*self._long.values(), *batches])

    async def _batch(self, events: Sequence[EventT], records: Sequence[Record]) -> list[Record]:
        """Tag and send a batch. Return its records without those of long articles, which go on."""
        here: list[tuple[EventT, Record]] = []
        good: list[tuple[Record, Article]] = []
        tally = Tally()
        sends: list[asyncio.Future[None]] = []
        for event, record in zip(events, records, strict=True):
            try:
                article = decode(Article, record.value)
            except InvalidMessage as error:
                sends.append(asyncio.ensure_future(self._deliver(record, error, tally)))
            else:
                if is_long(article):
                    await self._read_apart(event, record, article)
                    continue
                good.append((record, article))
            here.append((event, record))
        in_turn = groups([article for _, article in good])
        tagging: list[asyncio.Future[list[tuple[Record, Tagged]]]] = []
        for group in in_turn:
            some = [good[i] for i in group]
            tagging.append(asyncio.ensure_future(self._group(some, self._tag)))
        for done in asyncio.as_completed(tagging):
            for record, result in await done:
                sends.append(asyncio.ensure_future(self._deliver(record, result, tally)))
        await asyncio.gather(*sends)
        self._meter.sent(tally)
        for event, _ in here:
            self._acknowledge(event)
        return [record for _, record in here]

    async def _room(self, events: Sequence[EventT]) -> None:
        """Hold the events of a batch, once there is room for them."""
        while self._long and self._open.n_held > HELD:
            await asyncio.wait(self._long, return_when=asyncio.FIRST_COMPLETED)
        for event in events:
            # Faust acknowledges each event after the batch. It is held until we do, too.
            event.message.incref()
            self._open.take(event.message.tp, event)

    def _acknowledge(self, event: EventT) -> None:
        for released in self._open.done(event.message.tp, event):
            released.ack()

    async def _read_apart(self, event: EventT, record: Record, article: Article) -> None:
        """Start reading a long article, once there is room."""
        while len(self._long) >= LONG_AT_ONCE:
            await asyncio.wait(self._long, return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.ensure_future(self._long_article(event, record, article))
        self._long[task] = record
        task.add_done_callback(self._long_done)

    async def _long_article(self, event: EventT, record: Record, article: Article) -> None:
        tally = Tally()
        try:
            for _, result in await self._group([(record, article)], self._tag_long):
                await self._deliver(record, result, tally)
        except Exception as error:  # noqa: BLE001 - the task's error would be lost
            die("tagging of a long article broke off; it is read again after the restart", error)
        self._acknowledge(event)
        self._meter.sent(tally)
        self._meter.done([record])

    def _long_done(self, task: "asyncio.Task[None]") -> None:
        del self._long[task]
        self._note_in_hand()

    async def _group(
        self, some: Sequence[tuple[Record, Article]], tag: TagBatch
    ) -> list[tuple[Record, Tagged]]:
        """Tag a group. If it fails, tag its articles one by one.

        An article that fails `TRIES` times is given up.
        """
        articles = [article for _, article in some]
        tries, results = 0, list[Tagged]()
        while not results:
            try:
                results = [_verdict(one) for one in await tag(articles)]
            except ReportedlyError:
                raise
            except Exception as error:  # noqa: BLE001 - logged, kept in the dead letter
                if len(some) > 1:
                    return [result for one in some for result in await self._group([one], tag)]
                tries += 1
                verdict = broken_off(some[0][0], error, tries)
                results = [verdict] if verdict else []
        return [(record, result) for (record, _), result in zip(some, results, strict=True)]

    async def _deliver(self, record: Record, result: Tagged, tally: Tally) -> None:
        """Send a tagged article, or why there is none, and return once it is acknowledged."""
        if isinstance(result, TaggedArticle):
            tagged = msgspec.structs.replace(result, tagged_at=self._world.clock.now())
            try:
                await self._send(
                    self._tagged,
                    Outgoing("tagged-articles", tagged.article_id, encode(tagged)),
                    tally,
                )
            except InvalidMessage as error:
                result = error
            except MessageSizeTooLargeError as error:
                result = InvalidMessage(
                    "too-large",
                    f"article {tagged.article_id}: {error}: see max.message.bytes of the topic",
                )
            else:
                took(
                    stage="tagged",
                    since="seen",
                    began=tagged.seen_at,
                    ended=tagged.tagged_at,
                    cause=tagged.cause,
                )
                return
        await self._send(self._letters, dead_letter(record, result, "tagger"), tally)

    async def _send(self, topic: Any, message: Outgoing, tally: Tally) -> None:
        """Send a message and return once it is acknowledged."""
        tally.add(message)
        key = message.key.encode() if message.key is not None else None
        await (await topic.send(key=key, value=message.value, headers=dict(message.headers)))

    def _record(self, event: EventT) -> Record:
        message = event.message
        key = message.key.decode("utf-8", "replace") if isinstance(message.key, bytes) else None
        return Record(
            topic=message.topic.removeprefix(self._prefix),
            partition=message.partition,
            offset=message.offset,
            key=key,
            value=message.value,
            timestamp_ms=int(message.timestamp * 1000),
        )


def _verdict(result: Tagged | WorkerDied) -> Tagged:
    if isinstance(result, WorkerDied):
        return InvalidMessage("too-slow" if result.cause == "time" else "untaggable", str(result))
    return result


def die(event: str, error: BaseException | None) -> None:
    """End the process at once, with nothing acknowledged. The supervisor restarts it."""
    _log.error(event, error=f"{type(error).__name__}: {error}" if error else "", exc_info=error)
    sys.stderr.flush()
    os._exit(2 if isinstance(error, ReportedlyError) else 1)
