"""The tagger's process: a Faust agent from articles to tagged articles; the CPU work is done in other processes.

Faust acknowledges an event when its agent raises, and calls a send done when it is queued. So nothing leaves the
agent's loop as an exception (the process ends instead, and the batch is read again), and every delivery is awaited.
"""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import faust
import msgspec
import structlog
from aiokafka.errors import MessageSizeTooLargeError
from faust.types import EventT

from services.errors import InvalidMessage, ReportedlyError
from services.messages import Article, TaggedArticle, decode, encode
from services.messages.limits import DEAD_LETTER_BYTES, TOPIC_BYTES
from services.ports import Outgoing, Record, TopicPartition
from services.runtime.consume import next_offsets
from services.runtime.dead_letter import broken_off, dead_letter
from services.runtime.files import map_file
from services.runtime.health import Heartbeat
from services.runtime.meter import Meter, Tally, took
from services.runtime.time_limit import OutOfTime, cpu_limit
from services.runtime.workers import LIMIT_SECONDS, WorkerDied, Workers
from services.runtime.world import World
from services.settings import Settings
from services.tagger.bounds import allowed_seconds, groups
from services.tagger.pipeline import Tagger

BATCH = 50
WITHIN_SECONDS = 0.05
POLL_RECORDS = 200

MEMORY_BYTES = 1024 * 1024 * 1024
"""Memory that a worker may take beyond the 0.4 GB it has once it is loaded: the worst text of 500,000 characters took 0.3 GB."""

TAGGING_SECONDS = 2 * BATCH * LIMIT_SECONDS
"""How long all articles of a batch may take before the group takes the tagger for dead: each may end its worker, and once more
alone. A text is given up long before by `allowed_seconds`, unless a C library does not come back."""

STOP_SECONDS = 8.0
"""Faust's own stop may hang on a broker that is gone; the supervisor gives ten seconds."""

LONGEST_STEP_SECONDS = LIMIT_SECONDS + 60.0
"""The longest time between two beats: a share of a batch takes at most `LIMIT_SECONDS`, a new worker its time to load the
model, and what was made is acknowledged within twenty seconds."""

LOADING_SECONDS = 600.0
"""How long the model may load: ten seconds on a quiet machine, minutes where a million names are compiled on a busy one."""

Tagged = TaggedArticle | InvalidMessage
TagBatch = Callable[[Sequence[Article]], Awaitable[list[Tagged | WorkerDied]]]

_WARM = Article(
    article_id="warm",
    url_key="",
    feed_id="",
    outlet="",
    version=1,
    content_hash="",
    title="Two men were killed in Meris on Friday, police said",
    text="The police chief, Bruno Kessidor, said on Friday that two men were killed in an airstrike near Meris.",
    first_seen_at=datetime(2031, 5, 2, tzinfo=UTC),
    seen_at=datetime(2031, 5, 2, tzinfo=UTC),
)
"""A made-up article that warms the model."""

_log = structlog.get_logger()
_tagger: Tagger | None = None


def run(world: World) -> None:
    """Run until told to stop. Raises FatalError. Ends the process when something other than a message is wrong."""
    settings = world.settings
    _route_logs()
    lexicons = [path for path in settings.lexicon.split(os.pathsep) if path]
    for path in lexicons:
        map_file(path)  # each worker maps it for itself; one that can't be read ends the service here
    workers = Workers(
        settings.tagger_processes,
        tag_each,
        load_tagger,
        (settings.spacy_model, lexicons),
        memory_bytes=MEMORY_BYTES,
    )
    try:
        asyncio.run(_work(world, workers))
    finally:
        workers.close()


async def _work(world: World, workers: "Workers[Article, Tagged]") -> None:
    heartbeat = Heartbeat(world.settings.run_dir, "tagger", longest_step_seconds=LONGEST_STEP_SECONDS)
    # Load the model before joining the group: articles given to a worker that isn't ready would wait for it.
    await _warm(workers, heartbeat)
    workers.on_progress = heartbeat.beat
    app = make_app(world.settings)
    service = TagStream(world, app, workers.run, heartbeat)
    app.agent(service.articles, concurrency=1)(service.follow)
    await app.start()
    try:
        while not world.stop.is_set():
            if app.should_stop or app.crashed:
                _die("faust has stopped by itself", app.crash_reason)
            if service.is_idle:
                heartbeat.beat()
            service.note_lag()
            await asyncio.sleep(0.2)
    finally:
        await _stopped(app)
        heartbeat.remove()


async def _warm(workers: "Workers[Article, Tagged]", heartbeat: Heartbeat) -> None:
    """Return once the model has tagged a sentence. Raises FatalError."""
    loading = asyncio.ensure_future(workers.ready())
    until = asyncio.get_running_loop().time() + LOADING_SECONDS
    while not loading.done():
        if asyncio.get_running_loop().time() < until:
            # Beyond that it hangs, and the heartbeat must show it.
            heartbeat.beat("loading")
        await asyncio.wait([loading], timeout=0.2)
    await loading


async def _stopped(app: Any) -> None:
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await app.stop()
    except TimeoutError:
        _log.warning("faust did not stop in time; unfinished batches are read again", seconds=STOP_SECONDS)
        os._exit(0)


def make_app(settings: Settings) -> Any:
    """Return a Faust app without tables, web server, and topics of its own."""
    datadir = settings.data_dir / "faust"
    datadir.mkdir(parents=True, exist_ok=True)
    brokers = ";".join(f"kafka://{address.strip()}" for address in settings.kafka_bootstrap.split(","))
    return faust.App(
        settings.topic_prefix + "tagger",
        broker=brokers,
        datadir=str(datadir),
        store="memory://",
        processing_guarantee="at_least_once",
        key_serializer="raw",
        value_serializer="raw",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        stream_wait_empty=False,
        broker_max_poll_records=POLL_RECORDS,
        broker_commit_interval=0.5,
        # As the other services: a worker killed hard is replaced within seconds, not a minute.
        broker_session_timeout=10.0,
        broker_heartbeat_interval=3.0,
        consumer_auto_offset_reset="earliest",
        broker_max_poll_interval=TAGGING_SECONDS,
        consumer_max_fetch_size=TOPIC_BYTES,
        producer_acks=-1,
        producer_compression_type="lz4",
        producer_max_request_size=DEAD_LETTER_BYTES,
    )


class TagStream:
    """What the agent does with a batch: decode, tag, send, and wait until all of it is acknowledged."""

    def __init__(self, world: World, app: Any, tag: TagBatch, heartbeat: Heartbeat) -> None:
        prefix = world.settings.topic_prefix
        self.articles = app.topic(f"{prefix}articles", key_type=bytes, value_type=bytes)
        self._tagged = app.topic(f"{prefix}tagged-articles", key_type=bytes, value_type=bytes)
        self._letters = app.topic(f"{prefix}articles-dlq", key_type=bytes, value_type=bytes)
        self._prefix = prefix
        self._app = app
        self._next: dict[TopicPartition, int] = {}
        self._world = world
        self._tag = tag
        self._heartbeat = heartbeat
        self._meter = Meter("tagger", "tagger")
        self._tally = Tally()
        self.is_idle = True

    async def follow(self, stream: Any) -> None:
        """Take batches for ever. An error that is no message's fault ends the process before anything is acknowledged."""
        async for events in stream.take_events(BATCH, within=WITHIN_SECONDS):
            self.is_idle = False
            records = [self._record(event) for event in events]
            self._meter.polled(records)
            try:
                with self._meter.trying(records):
                    await self._batch(records)
            except asyncio.CancelledError:
                # Cancelled half-way (shutdown or rebalance): leaving the loop would acknowledge what was not sent.
                os._exit(0 if self._world.stop.is_set() else 1)
            except Exception as error:  # noqa: BLE001 - Faust would acknowledge the batch and go on without it
                _die("tagging broke off; the batch is read again after the restart", error)
            self._meter.done(records)
            self._next |= next_offsets(records)
            self._meter.polled(())
            self._heartbeat.beat(batch=len(events))
            self.is_idle = True

    def note_lag(self) -> None:
        """Measure, at most once a second, how many articles are not tagged; a partition of which none was yet counts as done."""
        self._meter.behind(self._behind)

    def _behind(self) -> int:
        consumer, behind = self._app.consumer, 0
        for physical in consumer.assignment():
            done = self._next.get(TopicPartition(physical.topic.removeprefix(self._prefix), physical.partition))
            try:
                end = consumer.highwater(physical)
            except AssertionError:
                continue  # another thread has just handed the partition over
            behind += max(0, end - done) if end is not None and done is not None else 0
        return behind

    async def _batch(self, records: Sequence[Record]) -> None:
        good: list[tuple[Record, Article]] = []
        sends: list[asyncio.Future[None]] = []
        self._tally = Tally()
        for record in records:
            try:
                good.append((record, decode(Article, record.value)))
            except InvalidMessage as error:
                sends.append(asyncio.ensure_future(self._deliver(record, error)))
        in_turn = groups([article for _, article in good])
        tagging = [asyncio.ensure_future(self._group([good[i] for i in group])) for group in in_turn]
        for done in asyncio.as_completed(tagging):
            for record, result in await done:
                sends.append(asyncio.ensure_future(self._deliver(record, result)))
        await asyncio.gather(*sends)
        self._meter.sent(self._tally)

    async def _group(self, some: Sequence[tuple[Record, Article]]) -> list[tuple[Record, Tagged]]:
        """Tag a group; where that breaks off, one by one: an article that breaks it off `TRIES` times is given up."""
        articles = [article for _, article in some]
        tries, results = 0, list[Tagged]()
        while not results:
            try:
                results = [_verdict(one) for one in await self._tag(articles)]
            except ReportedlyError:
                raise
            except Exception as error:  # noqa: BLE001 - logged, and kept with the article in the dead letter
                if len(some) > 1:
                    return [result for one in some for result in await self._group([one])]
                tries += 1
                verdict = broken_off(some[0][0], error, tries)
                results = [verdict] if verdict else []
        return [(record, result) for (record, _), result in zip(some, results, strict=True)]

    async def _deliver(self, record: Record, result: Tagged) -> None:
        """Send a tagged article, or why there is none, and return once it is acknowledged."""
        if isinstance(result, TaggedArticle):
            tagged = msgspec.structs.replace(result, tagged_at=self._world.clock.now())
            try:
                await (await self._send(self._tagged, Outgoing("tagged-articles", tagged.article_id, encode(tagged))))
            except InvalidMessage as error:
                result = error
            except MessageSizeTooLargeError as error:
                result = InvalidMessage("too-large", f"article {tagged.article_id}: {error}: see max.message.bytes of the topic")
            else:
                took(stage="tagged", since="seen", began=tagged.seen_at, ended=tagged.tagged_at, cause=tagged.cause)
                return
        await (await self._send(self._letters, dead_letter(record, result, "tagger")))

    async def _send(self, topic: Any, message: Outgoing) -> "asyncio.Future[Any]":
        """Queue a message and return the future of its acknowledgement."""
        self._tally.add(message)
        key = message.key.encode() if message.key is not None else None
        sent: asyncio.Future[Any] = await topic.send(key=key, value=message.value, headers=dict(message.headers))
        return sent

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


def tag_each(articles: Sequence[Article]) -> list[Tagged]:
    """Tag a batch (in a process of the pool); if it fails as a whole, one by one, so that one article can't stop the others."""
    if _tagger is None:
        raise RuntimeError("the tagger was not loaded")
    if len(articles) > 1:
        # Which one it was is found out below.
        with contextlib.suppress(Exception, OutOfTime), cpu_limit(allowed_seconds(articles)):
            return list(_tagger.tag(list(articles)))
    return [_tag_one(_tagger, article) for article in articles]


def _tag_one(tagger: Tagger, article: Article) -> Tagged:
    seconds = allowed_seconds([article])
    try:
        with cpu_limit(seconds):
            (tagged,) = tagger.tag([article])
            return tagged
    except OutOfTime:
        return InvalidMessage(
            "too-slow", f"article {article.article_id}: it may take {seconds:.0f} s of CPU time, and takes longer"
        )
    except InvalidMessage as error:
        return error
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - kept with the article in the dead letter
        return InvalidMessage("untaggable", f"article {article.article_id}: {type(error).__name__}: {error}")


def load_tagger(model: str, lexicons: Sequence[str]) -> None:
    """Prepare a process of the pool for `tag_each`; `lexicons` are paths. Raises ConfigError.

    An article is tagged at once: the first one takes seconds, in which tables are made, and nobody is to wait for them.
    """
    global _tagger  # one tagger a process of the pool, loaded once
    _tagger = Tagger.load(model, [(path, map_file(path)) for path in lexicons])
    # Much is built at the first sentence only, and the first article should not wait for it.
    _tagger.tag([_WARM])


def _die(event: str, error: BaseException | None) -> None:
    """End the process at once, with nothing acknowledged; the supervisor starts it again."""
    _log.error(event, error=f"{type(error).__name__}: {error}" if error else "", exc_info=error)
    sys.stderr.flush()
    os._exit(2 if isinstance(error, ReportedlyError) else 1)


class _ToStructlog(logging.Handler):
    """Warnings of Faust and its client, as lines of our own log."""

    def emit(self, record: logging.LogRecord) -> None:
        _log.log(max(record.levelno, logging.WARNING), record.getMessage(), logger=record.name)


def _route_logs() -> None:
    handler = _ToStructlog(level=logging.WARNING)
    for name in ("faust", "aiokafka", "mode", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.WARNING)
