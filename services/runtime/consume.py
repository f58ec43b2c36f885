"""The at-least-once loop: poll, handle, send, flush, and only then commit.

A transient error keeps the batch: its partitions are paused, polling goes on (so the group is not left), and the batch
is tried again with growing pauses until it passes or the partitions are taken away.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from services.errors import InvalidMessage, TransientError
from services.ports import Consumer, Outgoing, Producer, Record, TopicPartition
from services.runtime.dead_letter import dead_letter
from services.runtime.health import Heartbeat
from services.runtime.retry import delay
from services.runtime.world import World

_log = structlog.get_logger()


@dataclass(frozen=True)
class Handled:
    """What became of a batch: messages to send on, and records that no retry can make readable."""

    outgoing: list[Outgoing] = field(default_factory=list)
    rejected: list[tuple[Record, InvalidMessage]] = field(default_factory=list)


Handle = Callable[[Sequence[Record]], Handled]


def each(step: Callable[[Record], list[Outgoing]]) -> Handle:
    """Return a handler that takes records one by one; a step's InvalidMessage rejects its record alone."""

    def handle(records: Sequence[Record]) -> Handled:
        done = Handled()
        for record in records:
            try:
                done.outgoing.extend(step(record))
            except InvalidMessage as error:
                done.rejected.append((record, error))
        return done

    return handle


def run_consumer(world: World, *, service: str, group: str, topics: Sequence[str], handle: Handle, batch: int = 500) -> None:
    """Run until the world's stop is set. Raises FatalError."""
    loop = _Loop(world, service, group, handle)
    loop.run(topics, batch)


class _Loop:
    def __init__(self, world: World, service: str, group: str, handle: Handle) -> None:
        self._world = world
        self._service = service
        self._group = group
        self._handle = handle
        self._heartbeat = Heartbeat(world.settings.run_dir, service)
        self._consumer: Consumer = world.broker.consumer(group)
        self._producer: Producer = world.broker.producer()
        self._revoked: set[TopicPartition] = set()

    def run(self, topics: Sequence[str], batch: int) -> None:
        self._consumer.subscribe(topics, on_revoke=self._revoked.update)
        try:
            while not self._world.stop.is_set():
                records = self._poll(batch)
                self._heartbeat.beat()
                if records:
                    self._see_through(records)
        finally:
            self._consumer.close()
            self._heartbeat.remove()

    def _poll(self, batch: int) -> list[Record]:
        try:
            return self._consumer.poll(batch, 0.2)
        except TransientError as error:
            _log.warning("waiting for Kafka", group=self._group, reason=str(error))
            self._heartbeat.beat("waiting", reason=str(error))
            self._world.stop.wait(1.0)
            return []

    def _see_through(self, records: list[Record]) -> None:
        """Handle a batch to its end, however long the world says no."""
        tries = 0
        self._revoked.clear()
        while not self._world.stop.is_set():
            records = [r for r in records if TopicPartition(r.topic, r.partition) not in self._revoked]
            if not records:
                return
            try:
                self._once(records)
            except TransientError as error:
                tries += 1
                if tries == 1:
                    _log.warning("waiting, nothing is lost", group=self._group, records=len(records), reason=str(error))
                self._heartbeat.beat("waiting", reason=str(error))
                self._wait(records, delay(tries))
                continue
            if tries:
                _log.info("going on", group=self._group, records=len(records), tries=tries + 1)
            return

    def _once(self, records: Sequence[Record]) -> None:
        done = self._handle(records)
        for message in done.outgoing:
            self._producer.send(message)
        for record, error in done.rejected:
            self._producer.send(dead_letter(record, error, self._service))
        self._producer.flush()
        self._consumer.commit(next_offsets(records))

    def _wait(self, records: Sequence[Record], seconds: float) -> None:
        """Wait while polling with the batch's partitions paused; what else arrives is read again later."""
        partitions = {TopicPartition(r.topic, r.partition) for r in records}
        held = partitions - self._revoked
        self._consumer.pause(held)
        self._world.stop.wait(seconds)
        for early in self._poll(1):
            self._consumer.seek(TopicPartition(early.topic, early.partition), early.offset)
        self._consumer.resume(held - self._revoked)


def next_offsets(records: Sequence[Record]) -> dict[TopicPartition, int]:
    """Return the offsets to commit once all these records are done."""
    offsets: dict[TopicPartition, int] = {}
    for record in records:
        tp = TopicPartition(record.topic, record.partition)
        offsets[tp] = max(offsets.get(tp, 0), record.offset + 1)
    return offsets
