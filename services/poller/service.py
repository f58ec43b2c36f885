"""The poller's process: polls its share of the feeds at the right time, and publishes what is new.

    assigned ─► load ─► due ─► ask ─► look ─► parse (another process) ─► decide ─► publish ─► due
    again
                                └── every error is an outcome too: a reason, and a longer wait

Feeds are shared out by partition. Nothing of a feed is published after its partition was revoked.
Articles are sent in the steps of `outbox`, so that a kill between any two of them loses none.

It is long because it is the only module of the stage that is not pure.
"""

import asyncio
import random
import threading
import time
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Protocol

import structlog

from services.errors import InvalidMessage, TransientError
from services.poller.answer import (
    Outcome,
    conditional_headers,
    failure,
    first_look,
    judge,
    worth_keeping,
)
from services.poller.outbox import Bundle, Refused, steps, without
from services.poller.reading.documents import Document, prepare, read_documents
from services.poller.reading.entry import ParsedFeed
from services.poller.roster import IN_FLIGHT, TOPICS, Parcel, Roster, Slot, Tenure, unreadable
from services.poller.schedule import next_poll
from services.ports import Outgoing, Record, TopicPartition
from services.runtime import metrics
from services.runtime.consume import next_offsets
from services.runtime.health import Heartbeat
from services.runtime.meter import Meter, Tally, took
from services.runtime.retry import delay
from services.runtime.sender import Sender
from services.runtime.set_aside import set_aside
from services.runtime.workers import WorkerDied, Workers
from services.runtime.world import World

MAX_IN_FLIGHT = 50
"""Polls at the same time."""
TICK_SECONDS = 0.05
"""Seconds between two looks for feeds that are due."""
_BATCH = 200

PARSERS = 2
"""Processes that parse feeds. While a hostile document keeps one busy, the other goes on."""

PARSE_CPU_SECONDS = 10.0
"""Seconds of CPU time for one document.

Source: the most expensive ordinary one measured (9 MB, 1,000 items) takes 2.7 s.
"""

PARSE_WALL_SECONDS = 30.0
"""Seconds of wall time for one document.

Source: its CPU time on a machine with two other busy processes.
"""

PARSE_BYTES = 256 * 1024 * 1024
"""Bytes of memory for one document in its process.

Source: a text of 9.8 MB, near the most that is fetched, takes 136 MB.
"""

ASK_SECONDS = 60.0
"""Seconds for an answer. The fetcher itself gives up after 30 s; this ends a fetcher that hangs."""

READ_SECONDS = MAX_IN_FLIGHT / PARSERS * 2 * PARSE_WALL_SECONDS
"""Seconds to parse a document, including the wait for a parser.

All other polls may be before it, and each be tried twice.
"""

_log = structlog.get_logger()


class Parsers(Protocol):
    """Parses documents: child processes, or a stand-in."""

    async def ready(self) -> None: ...

    async def run(
        self, items: Sequence[Document]
    ) -> Sequence[ParsedFeed | InvalidMessage | WorkerDied]: ...

    def close(self) -> None: ...


def run(world: World, parsers: Parsers | None = None) -> None:
    """Run until told to stop. Raises FatalError."""
    asyncio.run(_Poller(world, parsers or _child_processes()).run())


def _child_processes() -> Parsers:
    return Workers(
        PARSERS,
        read_documents,
        prepare,
        limit_seconds=PARSE_WALL_SECONDS,
        cpu_seconds=PARSE_CPU_SECONDS,
        memory_bytes=PARSE_BYTES,
    )


class _Poller:
    def __init__(self, world: World, parsers: Parsers) -> None:
        self._world = world
        self._parsers = parsers
        self._roster = Roster(world.settings.poll_interval_seconds)
        self._held: dict[int, Tenure] = {}
        self._owning = threading.Lock()
        self._busy: dict[asyncio.Task[None], Slot] = {}
        self._is_over = False
        self._not_loaded = ""
        self._n_refused = 0
        self._heartbeat = Heartbeat(world.settings.run_dir, "poller")
        self._sending = Heartbeat(world.settings.run_dir, "poller", part="publish")
        self._sender = Sender(self._send, self._sending, self._stopping)
        self._meter = Meter("poller", "poller")
        self._consumer = world.broker.consumer("poller")
        self._producer = world.broker.producer()

    async def run(self) -> None:
        # Name look-ups and Kafka calls share these threads. There are enough for slow names not to
        # block the rest.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(MAX_IN_FLIGHT + 8))
        always: list[asyncio.Task[None]] = []
        try:
            await self._parsers.ready()
            self._consumer.subscribe(["feeds"], on_assign=self._assigned, on_revoke=self._revoked)
            always = [
                asyncio.create_task(loop()) for loop in (self._follow, self._load, self._sender.run)
            ]
            while not self._stopping():
                self._end_hung()
                self._start_due()
                done, _ = await asyncio.wait(
                    always, timeout=TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    task.result()
        finally:
            # After the first loop has ended, the others must end too: none may keep the process
            # alive.
            self._is_over = True
            for task in list(self._busy):
                task.cancel()
            self._parsers.close()
            await asyncio.gather(*self._busy, *always, return_exceptions=True)
            self._consumer.close()
            self._heartbeat.remove()
            self._sending.remove()

    def _stopping(self) -> bool:
        return self._is_over or self._world.stop.is_set()

    # The assignment. `_assigned` and `_revoked` run inside the consumer's poll, on a thread, so
    # they
    # only record the change.

    def _assigned(self, partitions: list[TopicPartition]) -> None:
        self._held = self._held | {p.partition: Tenure(p.partition) for p in partitions}

    def _revoked(self, partitions: list[TopicPartition]) -> None:
        # What is being sent is finished first. Nothing of these partitions is sent afterwards.
        gone = {p.partition for p in partitions}
        with self._owning:
            self._held = {n: tenure for n, tenure in self._held.items() if n not in gone}

    async def _follow(self) -> None:
        while not self._stopping():
            try:
                records = await asyncio.to_thread(self._consumer.poll, _BATCH, 0.2)
                self._roster.hold(self._held)
                for record in records:
                    _warn(self._roster.take(record, time.monotonic()))
                if records:
                    await asyncio.to_thread(self._consumer.commit, next_offsets(records))
                self._meter.polled(records)
                self._meter.lag(self._consumer)
                self._beat()
            except TransientError as error:
                _log.warning("waiting for Kafka", group="poller", reason=str(error))
                self._heartbeat.beat("waiting", reason=str(error), **self._census())
                self._meter.waited("poll")
                await asyncio.sleep(1.0)

    async def _load(self) -> None:
        """Load the assigned partitions, however long the broker is away.

        Unloaded feeds are not polled.
        """
        tries = 0
        while not self._stopping():
            tenures = self._roster.unloaded()
            if not tenures:
                await asyncio.sleep(TICK_SECONDS)
                continue
            try:
                rows = await asyncio.to_thread(self._read_to_end, sorted(tenures))
                await asyncio.to_thread(self._set_aside, rows)
            except TransientError as error:
                tries += 1
                self._not_loaded = (
                    f"feeds of partitions {sorted(tenures)} can't be loaded yet: {error}"
                )
                _log.warning(
                    "waiting to load feeds, nothing is lost",
                    partitions=sorted(tenures),
                    tries=tries,
                    reason=str(error),
                )
                self._meter.waited("load")
                await asyncio.sleep(delay(tries))
                continue
            tries, self._not_loaded = 0, ""
            parcels, problems = self._roster.load(tenures, rows, time.monotonic())
            _warn(problems)
            _log.info(
                "feeds loaded",
                partitions=sorted(tenures),
                feeds=len(self._roster.slots),
                unpublished=len(parcels),
            )
            for parcel in parcels:
                self._begin(self._publish_left(parcel), parcel.slot)

    def _read_to_end(self, numbers: Sequence[int]) -> list[Record]:
        began, reader = time.monotonic(), self._world.broker.reader()
        try:
            rows = list(
                reader.read_to_end([TopicPartition(topic, n) for topic in TOPICS for n in numbers])
            )
        finally:
            reader.close()
        self._meter.loaded(len(rows), 0, time.monotonic() - began)
        return rows

    def _set_aside(self, rows: Sequence[Record]) -> None:
        """Set unreadable rows aside. Each letter is acknowledged before its row is removed."""
        broken = unreadable(rows)
        if not broken:
            return
        producer = self._world.broker.producer()
        try:
            for record, error in broken:
                for message in set_aside(record, error, "poller"):
                    producer.send(message)
                    producer.flush()
        finally:
            producer.close()

    def _beat(self) -> None:
        state = (
            "waiting" if self._not_loaded else "loading" if self._roster.unloaded() else "running"
        )
        census = self._census()
        self._heartbeat.beat(state, reason=self._not_loaded, **census)
        _measure(census)

    def _census(self) -> dict[str, int]:
        numbers = asdict(self._roster.census(time.monotonic()))
        return numbers | {"unpublished": self._sender.n_unsent, "refused": self._n_refused}

    # Polling.

    def _start_due(self) -> None:
        hosts = {slot.host for slot in self._busy.values()}
        for slot in self._roster.due(time.monotonic()):
            if len(self._busy) >= MAX_IN_FLIGHT:
                return
            if slot.host not in hosts:
                hosts.add(slot.host)
                self._begin(self._poll(slot), slot)

    def _begin(self, work: Coroutine[None, None, None], slot: Slot | None) -> None:
        task = asyncio.create_task(work)
        if slot is not None:
            slot.due, slot.asked_at = IN_FLIGHT, time.monotonic()
            self._busy[task] = slot
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        """Plan the feed's next poll, however this one ended."""
        slot = self._busy.pop(task, None)
        error = None if task.cancelled() else task.exception()
        if self._stopping():
            return
        if error is not None:
            _log.error("poll broke off", error=f"{type(error).__name__}: {error}", exc_info=error)
        if slot is not None and slot.due == IN_FLIGHT:
            reason = f"{type(error).__name__}: {error}" if error else "the poll did not end in time"
            self._conclude(
                slot, failure(slot.state, self._world.clock.now(), f"a mistake of ours: {reason}")
            )

    def _end_hung(self) -> None:
        """End polls that take longer than any may.

        A second net: every step has a limit of its own.
        """
        for slot in self._roster.hung(time.monotonic()):
            _log.error(
                "poll does not end, the feed is asked again later",
                feed_id=slot.feed.feed_id,
                url=slot.feed.url,
            )
            slot.ends_by = float("inf")
            tasks = [task for task, busy in self._busy.items() if busy is slot]
            for task in tasks:
                task.cancel()
            if not tasks:
                self._conclude(
                    slot,
                    failure(
                        slot.state, self._world.clock.now(), "a mistake of ours: the poll was lost"
                    ),
                )

    async def _poll(self, slot: Slot) -> None:
        outcome = await self._outcome(slot)
        self._log_outcome(slot, outcome)
        if outcome.articles or worth_keeping(slot.state, outcome.done):
            # The broker may take as long as it needs; the sender reports its waits.
            slot.ends_by = float("inf")
            bundle = Bundle(slot.feed.feed_id, outcome.articles, outcome.done)
            await self._sender.sent(Parcel(slot.tenure, bundle, slot))
        self._conclude(slot, outcome)

    def _conclude(self, slot: Slot, outcome: Outcome) -> None:
        metrics.count("reportedly_polls_total", outcome=outcome.kind)
        if outcome.done.waiting:
            metrics.count("reportedly_quota_hits_total")
        slot.state, slot.problems = outcome.done, outcome.problems
        interval = self._roster.interval_of(slot.feed)
        wait = next_poll(
            interval, outcome.done.failures, random.random(), outcome.status, outcome.retry_after
        )
        self._roster.plan(slot, None if wait is None else time.monotonic() + wait)

    async def _outcome(self, slot: Slot) -> Outcome:
        """Return the outcome of a poll. Every error is a failed poll with its reason."""
        try:
            return await self._ask(slot)
        except (InvalidMessage, TransientError) as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001 - it must not stop other feeds' polls
            _log.error(
                "poll failed in a way that was not foreseen", url=slot.feed.url, exc_info=error
            )
            reason = f"a mistake of ours: {type(error).__name__}: {error}"
        return failure(slot.state, self._world.clock.now(), reason)

    async def _ask(self, slot: Slot) -> Outcome:
        state, now = slot.state, self._world.clock.now
        slot.ends_by = time.monotonic() + 2 * ASK_SECONDS
        try:
            async with asyncio.timeout(ASK_SECONDS):
                with metrics.timed("reportedly_fetch_seconds"):
                    answer = await self._world.fetcher.get(
                        slot.feed.url, conditional_headers(state, now())
                    )
        except TimeoutError as error:
            raise TransientError(
                f"{slot.feed.url}: no whole answer within {ASK_SECONDS:.0f} s"
            ) from error
        metrics.count("reportedly_fetched_bytes_total", len(answer.body))
        seen = await asyncio.to_thread(first_look, state, answer, now())
        if isinstance(seen, Outcome):
            return seen
        slot.ends_by = time.monotonic() + READ_SECONDS
        with metrics.timed("reportedly_parse_seconds"):
            (parsed,) = await self._parsers.run([seen.document])
        if isinstance(parsed, WorkerDied):
            return failure(state, now(), f"the document can't be parsed: {parsed}", answer.status)
        if isinstance(parsed, InvalidMessage):
            return failure(state, now(), str(parsed), answer.status)
        per_hour = self._world.settings.new_entries_per_hour
        return await asyncio.to_thread(judge, slot.feed, seen.seen, parsed, now(), per_hour)

    def _log_outcome(self, slot: Slot, outcome: Outcome) -> None:
        """Log an outcome. A failure or a problem is logged once, until it changes or passes."""
        log = _log.bind(feed_id=slot.feed.feed_id, url=slot.feed.url)
        if outcome.failure and outcome.done.last_error != slot.state.last_error:
            log.warning("feed can't be read, the others go on", reason=outcome.failure)
        if outcome.kind != "failed" and slot.state.failures:
            log.info("feed is back", failures=slot.state.failures)
        for problem in outcome.problems:
            if problem not in slot.problems:
                log.warning("feed problem", problem=problem)
        log.debug(
            "polled", kind=outcome.kind, status=outcome.status, articles=len(outcome.articles)
        )

    # Publishing, many polls at a time: four round trips to the broker for each batch.

    async def _publish_left(self, parcel: Parcel) -> None:
        """Publish what a former process left, then poll its feed at once."""
        await self._sender.sent(parcel)
        if parcel.slot is not None:
            self._roster.plan(parcel.slot, time.monotonic())

    def _send(self, parcels: Sequence[Parcel]) -> None:
        """Send the parcels whose partitions are still assigned. Runs on the sender's thread."""
        refused: list[Refused] = []
        with self._owning:
            bundles = [p.bundle for p in parcels if self._held.get(p.tenure.partition) is p.tenure]
            found = steps(bundles)
            for step in found.in_order():
                refused += self._acknowledged(without(step, refused))
        self._account(bundles, [*found.refused, *refused])

    def _acknowledged(self, messages: Sequence[Outgoing]) -> list[Refused]:
        """Send messages until they are acknowledged.

        Return those that the broker will never take.
        """
        try:
            for message in messages:
                self._producer.send(message)
            self._producer.flush()
        except TransientError:
            self._meter.waited("publish")
            raise
        except InvalidMessage as error:
            if len(messages) == 1:
                return [Refused(messages[0].topic, messages[0].key or "", error)]
            refused: list[Refused] = []
            for message in messages:
                refused += self._acknowledged([message])
            return refused
        self._meter.sent(Tally(messages))
        return []

    def _account(self, bundles: Sequence[Bundle], refused: Sequence[Refused]) -> None:
        self._n_refused += len(refused)
        for one in refused:
            _log.error(
                "feed problem: this can't be published",
                topic=one.topic,
                key=one.key,
                reason=str(one.error),
            )
        articles = [article for bundle in bundles for article in bundle.articles]
        for article in articles:
            metrics.count("reportedly_articles_total", cause=article.cause)
            took(
                stage="seen",
                since="published",
                began=article.published_at,
                ended=article.seen_at,
                cause=article.cause,
            )
        if articles:
            _log.info(
                "published",
                articles=len(articles),
                feeds=sum(1 for bundle in bundles if bundle.articles),
            )


def _measure(census: Mapping[str, int]) -> None:
    metrics.gauge("reportedly_feeds", census["feeds"], state="assigned")
    metrics.gauge("reportedly_feeds", census["overdue"], state="overdue")
    metrics.gauge("reportedly_feeds", census["failing"], state="failing")
    metrics.gauge("reportedly_feeds", census["gone"], state="gone")
    metrics.gauge("reportedly_feeds", census["over_quota"], state="over-quota")


def _warn(problems: Sequence[str]) -> None:
    for problem in problems:
        _log.warning("a record can't be used", problem=problem)
