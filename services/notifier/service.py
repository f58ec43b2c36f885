"""The notifier's process: sends revisions to channels, each once, and records the outcome.

It is long because it is the only module of the stage that is not pure.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, repeat
from pathlib import Path
from typing import Literal, Protocol

import structlog

from services.channels import address_of, scheme_of
from services.errors import InvalidMessage, TransientError
from services.messages import Alert, Channel, Delivery, decode, encode
from services.notifier.channels import Due, delivery, delivery_id, due, may_pass
from services.notifier.jobs import RECORDS, Job, Ready, jobs_of
from services.notifier.memory import Memory
from services.notifier.policy import Drop, Hold, decide, settle
from services.notifier.render import log_row, subject
from services.notifier.signing import Keys, read_keys, signed_headers
from services.ports import Outgoing, Record, TopicPartition
from services.runtime import metrics
from services.runtime.consume import Handled, run_consumer
from services.runtime.files import Lines
from services.runtime.health import Heartbeat
from services.runtime.lanes import Lanes
from services.runtime.ledger import Ledger
from services.runtime.meter import took
from services.runtime.retry import delay
from services.runtime.world import World

TRIES = 3
"""Tries of one post.

After the last, the delivery fails, and so do those behind it for the destination.
"""

DELIVERY_SECONDS = 60.0
"""Seconds of one delivery with all its tries: three posts of 15 s and the pauses between them."""

WAITING_SECONDS = 3_600.0
"""Seconds that a delivery may wait behind others of its destination.

Until then no offset behind it is committed.
"""

BATCH_SECONDS = 1.0
"""Seconds that a batch waits for its deliveries.

Receivers that answer set the pace. Those that don't cost this much and no more.
"""

CLOSE_SECONDS = 5.0
"""Seconds that running deliveries may take after the process was told to stop.

Docker and `up` kill after 15 s and more.
"""

_log = structlog.get_logger()


def run(world: World) -> None:
    """Run until told to stop. Raises FatalError."""
    past = Past(world)
    ledger = Ledger(world, "notifier")
    notifier = Notifier(world, past, ledger)
    try:
        run_consumer(
            world,
            service="notifier",
            group="notifier",
            topics=["alerts"],
            handle=notifier.handle,
            batch=50,
            keeper=notifier,
        )
    finally:
        notifier.close()
        ledger.close()
        past.close()


class Settled(Protocol):
    """The deliveries and commands on the topics, kept up to date."""

    @property
    def memory(self) -> Memory: ...

    def refresh(self) -> None:
        """Read the records that came since."""


class Past:
    """The deliveries and commands on the topics, also those of other notifiers."""

    def __init__(self, world: World) -> None:
        """Read both topics whole. Wait while the broker is away."""
        self.memory = Memory()
        self._reader = world.broker.reader()
        tries = 0
        while not world.stop.is_set():
            try:
                topics = ("deliveries", "commands")
                parts: list[TopicPartition] = []
                for topic in topics:
                    count = world.broker.n_partitions(topic)
                    parts += [TopicPartition(topic, number) for number in range(count)]
                self._take(self._reader.read_to_end(parts))
                return
            except TransientError as error:
                tries += 1
                _log.warning("waiting for Kafka", reason=str(error))
                world.stop.wait(delay(tries))

    def refresh(self) -> None:
        """Read the records that came since.

        An alert whose partition moved here has old revisions that another notifier has delivered.
        """
        while records := self._reader.poll(0.0):
            self._take(records)

    def close(self) -> None:
        self._reader.close()

    def _take(self, records: Iterable[Record]) -> None:
        for record in records:
            try:
                self.memory.take(record)
            except InvalidMessage as error:
                _log.warning(
                    "unreadable",
                    topic=record.topic,
                    partition=record.partition,
                    offset=record.offset,
                    reason=str(error),
                )


@dataclass(frozen=True)
class _Held:
    """An alert with revisions that wait until `until`, and the place of its last message."""

    alert: Alert
    place: TopicPartition
    offset: int
    until: datetime


class Notifier:
    """Delivers the unsettled revisions of alerts when their policy allows it.

    Each destination is a lane: its messages go in order, and each effect is recorded before the
    next is tried, so that a crash repeats at most one for each destination. No destination delays
    another. Waiting messages are held in memory, and nothing behind them is committed: the
    partition's next owner reads them again.
    """

    def __init__(self, world: World, settled: Settled, ledger: Ledger) -> None:
        """Raises ConfigError for an unusable webhook secret."""
        self._world = world
        self._past = settled
        self._couriers = _Couriers(world, ledger)
        self._heartbeat = Heartbeat(world.settings.run_dir, "notifier", part="deliveries")
        self._lanes: Lanes[Job] = Lanes(
            self._couriers.work, lambda job: job.n_bytes, self._heartbeat.beat
        )
        self._open: dict[str, Job] = {}
        self._held: dict[str, _Held] = {}
        self._n_orders = 0

    def handle(self, records: Sequence[Record]) -> Handled:
        """Start the deliveries of a batch of alerts, and wait for them a short while.

        A repeated batch is not delivered again: running and recorded deliveries are left out.
        """
        self._collect()
        self._past.refresh()
        done, jobs = Handled(), list[Job]()
        for record in records:
            try:
                jobs += self._one(record)
            except InvalidMessage as error:
                done.rejected.append((record, error))
        self._lanes.wait(jobs, BATCH_SECONDS)
        self._collect()
        return done

    def idle(self) -> Handled:
        """Start the deliveries that have become due, and collect those that are done."""
        self._collect()
        self._past.refresh()
        now, n_orders = self._world.clock.now(), self._past.memory.orders.n_taken
        is_asked, self._n_orders = n_orders != self._n_orders, n_orders
        ripe = [held for held in self._held.values() if is_asked or held.until <= now]
        if ripe:
            items: list[Ready] = []
            for held in ripe:
                items += self._ready(held.alert, held.place, held.offset)
            self._lanes.wait(self._begin(items), BATCH_SECONDS)
            self._collect()
        return Handled()

    def held(self) -> dict[TopicPartition, int]:
        """Return the first offset that waits, by partition."""
        first: dict[TopicPartition, int] = {}
        under_way = chain.from_iterable(job.items for job in set(self._open.values()))
        places = [(item.place, item.offset) for item in under_way]
        places += [(held.place, held.offset) for held in self._held.values()]
        for place, offset in places:
            first[place] = min(offset, first.get(place, offset))
        return first

    def forget(self, partitions: Sequence[TopicPartition]) -> None:
        """Drop what waits in revoked partitions.

        A digest that includes alerts of other partitions still goes.
        """
        gone = set(partitions)
        self._held = {key: held for key, held in self._held.items() if held.place not in gone}
        for job in self._lanes.take_back(lambda job: all(item.place in gone for item in job.items)):
            for item in job.items:
                self._open.pop(item.due.delivery_id, None)

    def close(self) -> None:
        """Let running deliveries end. Waiting ones stay uncommitted."""
        self._lanes.close(CLOSE_SECONDS)
        self._heartbeat.remove()

    def _collect(self) -> None:
        for job in self._lanes.finished():
            for item in job.items:
                self._open.pop(item.due.delivery_id, None)
            for record in job.records:
                self._past.memory.note(record)

    def _one(self, record: Record) -> list[Job]:
        if record.value is None:
            return []
        alert = decode(Alert, record.value)
        return self._begin(
            self._ready(alert, TopicPartition(record.topic, record.partition), record.offset)
        )

    def _ready(self, alert: Alert, place: TopicPartition, offset: int) -> list[Ready]:
        """Return the revisions that may go now, or never (with the reason).

        Hold the alert if some wait.
        """
        now, memory = self._world.clock.now(), self._past.memory
        ready: list[Due] = []
        done: list[tuple[Due, str]] = []
        waiting: list[tuple[Due, Hold]] = []
        for item in due(alert, memory.settled):
            if item.delivery_id in self._open:
                continue
            verdict = decide(item, memory.orders, self._last_sent(alert, item.channel, now), now)
            if isinstance(verdict, Hold):
                waiting.append((item, verdict))
            elif isinstance(verdict, Drop):
                done.append((item, verdict.reason))
            else:
                ready.append(item)
        if self._held.pop(alert.alert_id, None) or waiting:
            ready, passed = settle(ready)
            done += passed
        newest = {item.channel.to: item.revision.number for item in ready}
        # A later revision that may go now includes what the waiting ones say.
        done += [
            (i, f"told with revision {newest[i.channel.to]}")
            for i, _ in waiting
            if i.channel.to in newest
        ]
        waits = [hold.until for item, hold in waiting if item.channel.to not in newest]
        if waits:
            self._held[alert.alert_id] = _Held(alert, place, offset, min(waits))
        decided = [*zip(ready, repeat("")), *done]
        return [Ready(item, place, offset, reason) for item, reason in decided]

    def _last_sent(self, alert: Alert, channel: Channel, now: datetime) -> datetime | None:
        """Return when a channel last got a message of an alert; now, if one is on its way."""
        if any(delivery_id(revision.id, channel.to) in self._open for revision in alert.revisions):
            return now
        return self._past.memory.last_sent(alert.alert_id, channel.to)

    def _begin(self, items: Sequence[Ready]) -> list[Job]:
        """Put items into the lanes of their destinations. Return their jobs."""
        begun: list[Job] = []
        for job in jobs_of(items, self._world.clock.now(), time.monotonic()):
            if not self._lanes.put(job.lane, job, is_limited=job.lane != RECORDS):
                reason = "too many messages wait for this destination"
                job = replace(
                    job, lane=RECORDS, body=b"", records=self._couriers.failed(job, 0, reason)
                )
                self._lanes.put(RECORDS, job, is_limited=False)
            self._open |= dict.fromkeys((item.due.delivery_id for item in job.items), job)
            begun.append(job)
        return begun


class _Couriers:
    """Does jobs in the event loop of the lanes. Every outcome of a delivery has a reason."""

    def __init__(self, world: World, ledger: Ledger) -> None:
        """Raises ConfigError for an unusable webhook secret."""
        self._world = world
        self._ledger = ledger
        secret = world.settings.webhook_secret
        self._keys = read_keys((secret,), "REPORTEDLY_WEBHOOK_SECRET") if secret else Keys()
        self._file = (
            Lines(Path(world.settings.deliveries_log)) if world.settings.deliveries_log else None
        )

    async def work(self, job: Job, rest: Callable[[], list[Job]]) -> bool:
        """Do a job and record its outcome. Return False if told to stop before that."""
        done = [job]
        if not job.records:
            tried = await self._effect(job)
            if tried is None:
                return False
            job.records = tried.records
            if tried.is_dead:
                for behind in rest():
                    behind.records = self.failed(behind, 0, tried.records[0].detail)
                    done.append(behind)
        is_written = await self._write([*chain.from_iterable(each.records for each in done)])
        if is_written:
            _measure(done)
        return is_written

    def failed(self, job: Job, tries: int, reason: str) -> tuple[Delivery, ...]:
        """Return the records of a failed job. Logs the failure."""
        _log.warning(
            "delivery failed",
            channel=job.items[0].due.channel.to,
            n=len(job.items),
            tries=tries,
            reason=reason,
        )
        return self._records(job, tries, "failed", reason)

    def _records(
        self, job: Job, tries: int, outcome: Literal["delivered", "failed"], detail: str
    ) -> tuple[Delivery, ...]:
        now = self._world.clock.now()
        return tuple(delivery(item.due, tries, outcome, now, detail) for item in job.items)

    async def _write(self, records: Sequence[Delivery]) -> bool:
        tries = 0
        while True:
            try:
                rows = [
                    Outgoing("deliveries", d.delivery_id, encode(d), partition_key=d.watch_id)
                    for d in records
                ]
                await asyncio.to_thread(self._ledger.write, rows)
                return True
            except TransientError as error:
                tries += 1
                if tries == 1:
                    _log.warning(
                        "waiting to write deliveries down", n=len(records), reason=str(error)
                    )
            except InvalidMessage as error:
                _log.error("deliveries can't be written down", n=len(records), reason=str(error))
                return True
            if self._world.stop.is_set():
                return False
            await asyncio.sleep(delay(tries))

    async def _effect(self, job: Job) -> "_Tried | None":
        if time.monotonic() - job.since > WAITING_SECONDS:
            reason = f"waited more than {WAITING_SECONDS / 60:.0f} minutes for this destination"
            return _Tried(self.failed(job, 0, reason))
        try:
            async with asyncio.timeout(DELIVERY_SECONDS):
                return await self._send(job)
        except TimeoutError:
            reason = f"not delivered within {DELIVERY_SECONDS:.0f} s"
            return _Tried(self.failed(job, 1, reason), is_dead=True)
        except Exception as error:  # noqa: BLE001 - logged; one delivery must not end all others
            _log.exception("a delivery broke off", channel=job.lane)
            return _Tried(self.failed(job, 1, f"{type(error).__name__}: {error}"))

    async def _send(self, job: Job) -> "_Tried | None":
        """Do the effect of a job. Return None if told to stop before it is done."""
        match scheme_of(job.lane):
            case "log":
                return await self._to_log(job)
            case "webhook":
                return await self._post(job)
            case None:
                raise ValueError(f"no job is made for {job.lane!r}")

    async def _to_log(self, job: Job) -> "_Tried":
        (item,) = job.items
        _log.info(
            "alert",
            alert_id=item.due.alert.alert_id,
            watch_id=item.due.alert.watch_id,
            subject=subject(item.due),
        )
        if self._file is not None:
            try:
                await asyncio.to_thread(
                    self._file.append, log_row(item.due, datetime.now(UTC).timestamp())
                )
            except OSError as error:
                names = f"REPORTEDLY_DELIVERIES_LOG names {self._file.path}"
                why = f"{names}, which can't be written: {error.strerror}"
                return _Tried(self.failed(job, 1, why))
        return _Tried(self._records(job, 1, "delivered", ""))

    async def _post(self, job: Job) -> "_Tried | None":
        """Post with a few tries. Return None if told to stop between them."""
        url, reason = address_of(job.lane), ""
        for attempt in range(1, TRIES + 1):
            try:
                # Receivers refuse a timestamp far from their own clock, so it is machine time, not
                # news time.
                headers = signed_headers(self._keys, job.message_id, datetime.now(UTC), job.body)
                with metrics.timed("reportedly_post_seconds"):
                    answer = await self._world.poster.call("POST", url, headers, job.body)
                reason = f"HTTP {answer.status}"
                if 200 <= answer.status < 300:
                    return _Tried(self._records(job, attempt, "delivered", reason))
                if not may_pass(answer.status):
                    return _Tried(self.failed(job, attempt, reason))
            except TransientError as error:
                reason = str(error)
            except InvalidMessage as error:
                # The address or the answer is unusable: the next message would fail too.
                return _Tried(self.failed(job, attempt, str(error)), is_dead=True)
            if attempt < TRIES:
                await asyncio.sleep(delay(attempt))
                if self._world.stop.is_set():
                    return None
        return _Tried(self.failed(job, TRIES, reason), is_dead=True)


def _measure(jobs: Sequence[Job]) -> None:
    """Count deliveries, and observe the time from an article to its alert."""
    items = chain.from_iterable(job.items for job in jobs)
    records = chain.from_iterable(job.records for job in jobs)
    for item, record in zip(items, records, strict=True):
        kind = record.channel.partition(":")[0]
        metrics.count("reportedly_deliveries_total", outcome=record.outcome, channel=kind)
        if record.outcome == "delivered":
            stamps = item.due.revision.stamps
            took(stage="decided", since="seen", began=stamps.first_seen_at, ended=stamps.decided_at)
            took(stage="delivered", since="seen", began=stamps.first_seen_at, ended=record.at)
            took(stage="delivered", since="published", began=stamps.published_at, ended=record.at)


@dataclass(frozen=True)
class _Tried:
    """The outcome of a job.

    `is_dead`: the destination does not answer, so the next jobs are not tried.
    """

    records: tuple[Delivery, ...]
    is_dead: bool = False
