"""The at-least-once loop: poll, handle, send, flush, and only then commit.

After a transient error the batch is kept. Its partitions are paused, and polling goes on, so that
the group keeps this member. The batch is tried again with growing pauses, until it passes or its
partitions are revoked.

After any other error the messages of the batch are handled one at a time. A message that fails
`TRIES` times, or leads to a message that can't be written, becomes a dead letter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import structlog

from services.errors import FatalError, InvalidMessage, TransientError
from services.ports import Consumer, Outgoing, Producer, Record, TopicPartition
from services.runtime.dead_letter import dead_letter, handle_with_retries, os_errors_as_transient
from services.runtime.health import LONGEST_STEP_SECONDS, Heartbeat
from services.runtime.meter import Meter
from services.runtime.retry import delay
from services.runtime.world import World

WAIT_SECONDS = 0.2
"""Seconds until a loop that gets nothing does what else is due."""

LINGER_SECONDS = 0.02
"""Seconds in which a batch is gathered once its first record is there.

An article passes five loops on its way to a reader, so each may cost it little. A transaction for
each message would cost Kafka more; so there are fifty a second at most. A guess.
"""

_log = structlog.get_logger()


@dataclass(frozen=True)
class Batch:
    """How many records a batch has at most, and how long more are waited for after the first."""

    most: int = 500
    linger_seconds: float = LINGER_SECONDS


@dataclass(frozen=True)
class Handled:
    """The result of a batch: messages to send, and records to reject as dead letters."""

    outgoing: list[Outgoing] = field(default_factory=list)
    rejected: list[tuple[Record, InvalidMessage]] = field(default_factory=list)


Handle = Callable[[Sequence[Record]], Handled]


class Keeper(Protocol):
    """A handler that holds something for each partition that it owns."""

    def gain(self, partitions: Sequence[TopicPartition]) -> None:
        """Note partitions that were assigned. Called within a poll, so it must not take long."""

    def lose(self, partitions: Sequence[TopicPartition]) -> None:
        """Drop everything of partitions that were revoked. Their next owner waits for it."""

    def abandon(self, partitions: Sequence[TopicPartition]) -> None:
        """Drop everything of partitions that were lost, and write nothing more of them.

        Another owner may be at work already.
        """

    def idle(self) -> None:
        """Do what is due. The loop calls it between batches. Raises TransientError."""


def each(step: Callable[[Record], list[Outgoing]]) -> Handle:
    """Return a handler that calls `step` for each record.

    InvalidMessage rejects that record alone.
    """

    def handle(records: Sequence[Record]) -> Handled:
        done = Handled()
        for record in records:
            try:
                done.outgoing.extend(step(record))
            except InvalidMessage as error:
                done.rejected.append((record, error))
        return done

    return handle


def run_consumer(
    world: World,
    *,
    service: str,
    group: str,
    topics: Sequence[str],
    handle: Handle,
    batch: Batch | None = None,
    keeper: Keeper | None = None,
    longest_step_seconds: float = LONGEST_STEP_SECONDS,
) -> None:
    """Consume `topics` until the world's stop is set.

    A batch that takes longer than twice `longest_step_seconds` counts as hung.

    Raises FatalError.
    """
    heartbeat = Heartbeat(
        world.settings.run_dir, service, part=group, longest_step_seconds=longest_step_seconds
    )
    loop = _Loop(
        world, service, group, handle, batch or Batch(), keeper=keeper, heartbeat=heartbeat
    )
    loop.run(topics)


class _Loop:
    def __init__(
        self,
        world: World,
        service: str,
        group: str,
        handle: Handle,
        batch: Batch,
        *,
        keeper: Keeper | None,
        heartbeat: Heartbeat,
    ) -> None:
        self._world = world
        self._service = service
        self._group = group
        self._handle = handle
        self._batch = batch
        self._keeper = keeper
        self._heartbeat = heartbeat
        self._meter = Meter(service, group)
        self._consumer: Consumer = world.broker.consumer(group)
        self._producer: Producer = world.broker.producer()
        self._assigned: set[TopicPartition] = set()
        self._revoked: set[TopicPartition] = set()
        self._early: list[Record] = []

    def run(self, topics: Sequence[str]) -> None:
        self._consumer.subscribe(
            topics,
            on_assign=self._on_assign,
            on_revoke=self._on_revoke,
            on_lost=self._on_lost,
        )
        try:
            while not self._world.stop.is_set():
                early, self._early = self._early, []
                records = early or self._poll()
                if records:
                    self._see_through(records)
                if self._keeper is not None:
                    self._let_work(self._keeper)
        finally:
            self._consumer.close()
            self._heartbeat.remove()

    def _poll(self) -> list[Record]:
        try:
            records = self._consumer.poll(
                self._batch.most, WAIT_SECONDS, self._batch.linger_seconds
            )
        except TransientError as error:
            _log.warning("waiting for Kafka", group=self._group, reason=str(error))
            self._heartbeat.beat("waiting", reason=str(error))
            self._meter.waited("poll")
            self._world.stop.wait(1.0)
            return []
        self._heartbeat.beat()
        self._meter.polled(records)
        self._meter.lag(self._consumer)
        return records

    def _on_assign(self, partitions: Sequence[TopicPartition]) -> None:
        self._assigned.update(partitions)
        if self._keeper is not None:
            self._keeper.gain(partitions)

    def _on_revoke(self, partitions: Sequence[TopicPartition]) -> None:
        """Drop everything of partitions that were revoked.

        Their next owner reads from the committed offsets.
        """
        self._forget(partitions)
        if self._keeper is not None:
            self._keeper.lose(partitions)

    def _on_lost(self, partitions: Sequence[TopicPartition]) -> None:
        self._forget(partitions)
        if self._keeper is not None:
            self._keeper.abandon(partitions)

    def _forget(self, partitions: Sequence[TopicPartition]) -> None:
        self._revoked.update(partitions)
        self._assigned.difference_update(partitions)
        self._early = [
            r for r in self._early if TopicPartition(r.topic, r.partition) not in set(partitions)
        ]

    def _see_through(self, records: list[Record]) -> None:
        """Handle a batch until it passes, or until its partitions are revoked."""
        tries = 0
        self._revoked.clear()
        while not self._world.stop.is_set():
            records = [
                r for r in records if TopicPartition(r.topic, r.partition) not in self._revoked
            ]
            if not records:
                return
            try:
                with self._meter.trying(records):
                    self._once(records)
            except TransientError as error:
                tries += 1
                if tries == 1:
                    _log.warning(
                        "waiting, nothing is lost",
                        group=self._group,
                        records=len(records),
                        reason=str(error),
                    )
                self._heartbeat.beat("waiting", reason=str(error))
                self._meter.waited("batch")
                self._wait(str(error), delay(tries))
                continue
            if tries:
                _log.info("going on", group=self._group, records=len(records), tries=tries + 1)
            return

    def _once(self, records: Sequence[Record]) -> None:
        try:
            self._pass_on(records)
        except (TransientError, FatalError):
            raise
        except Exception as error:  # noqa: BLE001 - logged; `_one_by_one` finds the culprit
            self._one_by_one(records, error)
        self._consumer.commit(next_offsets(records))
        self._meter.done(records)

    def _pass_on(self, records: Sequence[Record]) -> None:
        """Handle records and send the results. Raises what the handler raises."""
        with os_errors_as_transient():
            done = self._handle(records)
        self._send(
            done.outgoing
            + [dead_letter(record, error, self._service) for record, error in done.rejected]
        )

    def _send(self, outgoing: Sequence[Outgoing]) -> None:
        for message in outgoing:
            self._producer.send(message)
        self._producer.flush()
        self._meter.sent(outgoing)

    def _one_by_one(self, records: Sequence[Record], error: Exception) -> None:
        """Handle each message of a failed batch alone, so that one can't stop the others."""
        _log.warning(
            "a batch broke off",
            group=self._group,
            records=len(records),
            error=f"{type(error).__name__}: {error}",
        )
        for record in records:
            self._heartbeat.beat()
            verdict = handle_with_retries(record, partial(self._pass_on, [record]))
            if verdict is not None:
                self._send([dead_letter(record, verdict, self._service)])

    def _let_work(self, keeper: Keeper) -> None:
        """Let the keeper do what is due. While an engine is away, it is asked again next turn."""
        try:
            keeper.idle()
        except TransientError as error:
            _log.warning("waiting, nothing is lost", group=self._group, reason=str(error))
            self._heartbeat.beat("waiting", reason=str(error))
            self._meter.waited("idle")
            self._world.stop.wait(1.0)

    def _wait(self, reason: str, seconds: float) -> None:
        """Wait, then poll once with all partitions paused, so that the group keeps this member.

        Only partitions assigned in that very poll can yield records. They are kept for the next
        turn.
        """
        self._world.stop.wait(seconds)
        self._heartbeat.beat("waiting", reason=reason)
        held = frozenset(self._assigned)
        self._consumer.pause(held)
        try:
            self._early += self._consumer.poll(1, 0.05)
        except TransientError as error:
            _log.debug("can't poll while waiting", group=self._group, reason=str(error))
        self._consumer.resume(held & self._assigned)


def next_offsets(records: Sequence[Record]) -> dict[TopicPartition, int]:
    """Return the offsets to commit once all these records are processed."""
    offsets: dict[TopicPartition, int] = {}
    for record in records:
        tp = TopicPartition(record.topic, record.partition)
        offsets[tp] = max(offsets.get(tp, 0), record.offset + 1)
    return offsets
