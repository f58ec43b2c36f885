"""The transactional loop: state, output, and offsets are written together.

    assigned ─► read the state partition to its uncommitted end ─► step, commit, step …
                  ▲                                                          │
                  └─ seek to the committed offset ◄─ drop the state, abort ◄─┘  after any error

State is read from a compacted topic, and from the rows of it that are kept on disk (kept.py). An
unreadable row is set aside (set_aside.py), and the partition goes on without it.

Transactions save work, and keep an older owner that still runs from committing. Correctness rests
on the machines: they are idempotent folds.

After an error that is neither TransientError nor FatalError, the messages of a batch are taken one
at a time, each in a transaction of its own. A message that fails `TRIES` times, or leads to a
message that can't be written, becomes a dead letter.
"""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Protocol, runtime_checkable

import structlog

from services.errors import FatalError, InvalidMessage, TransientError, Unwritable
from services.messages.topics import DEAD_LETTERS
from services.ports import Consumer, Outgoing, Record, TopicPartition, TransactionalProducer
from services.rows import KeptRows
from services.runtime.consume import LINGER_SECONDS, WAIT_SECONDS, next_offsets
from services.runtime.dead_letter import dead_letter, handle_with_retries, os_errors_as_transient
from services.runtime.health import Heartbeat
from services.runtime.kept import KEEP_SECONDS, KeptState
from services.runtime.meter import Meter, Tally
from services.runtime.set_aside import Letter, letters, set_aside
from services.runtime.world import World

LONGEST_STEP_SECONDS = 140.0
"""The longest time between two beats, in seconds.

A transaction writes its offsets and commits in six tries of ten seconds each
(adapters/kafka_producer.py). Within a batch every record beats.
"""

_log = structlog.get_logger()


class Machine(Protocol):
    """The state of one partition. Pure; a repeated message leaves it as it was."""

    def restore(self, key: str, value: bytes | None) -> None:
        """Apply one row of state; None deletes it."""

    def step(self, record: Record) -> list[Outgoing]:
        """Apply one message.

        Return its output and the changed rows of state. Raises InvalidMessage.
        """


@runtime_checkable
class Settles(Protocol):
    """A machine that defers some output to the end of a batch.

    Output for each message would be costly.
    """

    def settle(self) -> list[Outgoing]:
        """Return the deferred output."""


def run_stateful(
    world: World,
    *,
    service: str,
    group: str,
    inputs: Sequence[str],
    state_topic: str,
    machine: Callable[[KeptRows], Machine],
    batch: int = 200,
    keep_seconds: float = KEEP_SECONDS,
) -> None:
    """Run one machine for each partition number until the world's stop is set.

    `machine` makes one of the rows that it holds its state in, which are kept every `keep_seconds`.

    Raises FatalError.
    """
    heartbeat = Heartbeat(
        world.settings.run_dir, service, part=group, longest_step_seconds=LONGEST_STEP_SECONDS
    )
    kept = KeptState(world, state_topic, machine, heartbeat.beat, keep_seconds)
    loop = _Loop(world, service, group, state_topic, heartbeat=heartbeat, kept=kept)
    loop.run(inputs, batch)


class _Loop:
    def __init__(
        self,
        world: World,
        service: str,
        group: str,
        state_topic: str,
        *,
        heartbeat: Heartbeat,
        kept: KeptState[Machine],
    ) -> None:
        self._world = world
        self._service = service
        self._group = group
        self._state_topic = state_topic
        self._heartbeat = heartbeat
        self._kept = kept
        self._meter = Meter(service, group)
        self._consumer: Consumer = world.broker.consumer(group)
        self._transactional_id = f"{group}-{uuid.uuid4()}"
        self._machines: dict[int, Machine] = {}
        self._assigned: set[TopicPartition] = set()
        self._is_behind = False

    def run(self, inputs: Sequence[str], batch: int) -> None:
        producer = self._patiently(
            lambda: self._world.broker.transactional_producer(self._transactional_id)
        )
        if producer is None:
            return
        self._consumer.subscribe(inputs, on_assign=self._on_assign, on_revoke=self._on_revoke)
        try:
            while not self._world.stop.is_set():
                try:
                    if self._is_behind:
                        self._start_over(producer)
                    self._turn(producer, batch)
                    self._kept.keep_due()
                except TransientError as error:
                    _log.warning(
                        "starting over from the committed state",
                        group=self._group,
                        reason=str(error),
                    )
                    self._heartbeat.beat("waiting", reason=str(error))
                    self._meter.waited("batch")
                    self._forget(list(self._machines))
                    self._is_behind = True
                    self._world.stop.wait(1.0)
        finally:
            self._consumer.close()
            self._kept.release(self._machines)
            producer.close()
            self._heartbeat.remove()

    def _turn(self, producer: TransactionalProducer, batch: int) -> None:
        records = self._consumer.poll(batch, WAIT_SECONDS, LINGER_SECONDS)
        self._heartbeat.beat()
        self._meter.polled(records)
        self._meter.lag(self._consumer)
        if not records:
            # One partition a turn, so that a partition is loaded, and its unreadable rows are
            # known, before its first message arrives.
            self._load_missing(
                producer, sorted({tp.partition for tp in self._assigned} - set(self._machines))[:1]
            )
            return
        self._load_missing(producer, {r.partition for r in records})
        with self._meter.trying(records):
            self._take(producer, records)
        self._meter.done(records)

    def _take(self, producer: TransactionalProducer, records: Sequence[Record]) -> None:
        try:
            self._transact(producer, records)
        except (TransientError, FatalError):
            raise
        except Exception as error:  # noqa: BLE001 - logged; `_one_by_one` finds the culprit
            self._one_by_one(producer, records, error)

    def _transact(self, producer: TransactionalProducer, records: Sequence[Record]) -> None:
        """Apply messages in one transaction.

        After any error it is aborted, and their machines are dropped.
        """
        partitions = {r.partition for r in records}
        try:
            self._commit(producer, self._taken(records, partitions), records)
        except BaseException:
            self._forget(partitions)
            raise

    def _taken(self, records: Sequence[Record], partitions: Iterable[int]) -> Iterator[Outgoing]:
        for record in records:
            self._heartbeat.beat()
            yield from self._step(record)
        yield from self._settled(partitions)

    def _commit(
        self,
        producer: TransactionalProducer,
        messages: Iterable[Outgoing],
        records: Sequence[Record],
    ) -> None:
        """Write messages and the offsets of their records in one transaction."""
        sent = Tally()
        producer.begin()
        try:
            with os_errors_as_transient():
                for message in messages:
                    producer.send(message)
                    sent.add(message)
        except BaseException:
            producer.abort()
            raise
        self._kept.wrote(producer.commit(self._consumer, next_offsets(records)))
        self._meter.sent(sent)

    def _one_by_one(
        self, producer: TransactionalProducer, records: Sequence[Record], error: Exception
    ) -> None:
        """Apply each message of a failed batch alone, so that one can't stop the others."""
        _log.warning(
            "a batch broke off",
            group=self._group,
            records=len(records),
            error=f"{type(error).__name__}: {error}",
        )
        for record in records:
            self._heartbeat.beat()
            verdict = handle_with_retries(
                record,
                partial(self._transact, producer, [record]),
                before=partial(self._load_missing, producer, {record.partition}),
            )
            if verdict is not None:
                self._commit(producer, [dead_letter(record, verdict, self._service)], [record])

    def _step(self, record: Record) -> list[Outgoing]:
        try:
            return self._machines[record.partition].step(record)
        except Unwritable:
            raise  # the machine has already applied the message
        except InvalidMessage as error:
            return [dead_letter(record, error, self._service)]

    def _settled(self, partitions: Iterable[int]) -> Iterator[Outgoing]:
        for machine in (self._machines[partition] for partition in sorted(partitions)):
            if isinstance(machine, Settles):
                yield from machine.settle()

    def _load_missing(self, producer: TransactionalProducer, partitions: Iterable[int]) -> None:
        missing = sorted(set(partitions) - set(self._machines))
        asked_back = self._asked_back() if missing else []
        for partition in missing:
            own = [letter for letter in asked_back if letter.row.partition == partition]
            self._machines[partition] = self._load(producer, partition, own)

    def _load(
        self, producer: TransactionalProducer, partition: int, asked_back: Sequence[Letter]
    ) -> Machine:
        """Return a machine with all committed state of a partition.

        Unreadable rows are set aside.
        """
        began = time.monotonic()
        loaded = self._kept.load(partition, asked_back)
        moved: list[Outgoing] = []
        for record, verdict in loaded.unreadable:
            moved += set_aside(record, verdict, self._service)
        for letter in loaded.taken_back:
            moved += letter.put_back()
        if moved:
            try:
                self._commit(producer, moved, [])
            except BaseException:
                self._kept.drop([partition])
                raise
        self._meter.loaded(loaded.rows, len(loaded.unreadable), time.monotonic() - began)
        _log.info(
            "state loaded",
            group=self._group,
            partition=partition,
            rows=loaded.rows,
            set_aside=len(loaded.unreadable),
            taken_back=len(loaded.taken_back),
        )
        return loaded.machine

    def _asked_back(self) -> list[Letter]:
        """Return the letters to restore.

        Raises TransientError, also if their topic does not exist.
        """
        topic = self._state_topic + DEAD_LETTERS
        partitions = range(self._world.broker.n_partitions(topic))
        rows = chain.from_iterable(self._kept.read(TopicPartition(topic, p)) for p in partitions)
        return [letter for letter in letters(rows).values() if letter.is_asked_back]

    def _start_over(self, producer: TransactionalProducer) -> None:
        """Seek to the committed offsets.

        The consumer is not told them while a transaction with offsets is open, so the producer ends
        it first. A poll serves the group: without one, a member that fell out never comes back.
        What it returns is read again after the seek.

        Raises TransientError.
        """
        producer.recover()
        self._consumer.poll(1, 0.05)
        committed = self._consumer.committed(self._assigned)
        for tp in self._assigned:
            self._consumer.seek(tp, committed.get(tp, -1))
        self._is_behind = False

    def _on_assign(self, partitions: list[TopicPartition]) -> None:
        self._assigned.update(partitions)

    def _on_revoke(self, partitions: list[TopicPartition]) -> None:
        """Drop the partitions' machines, and keep their rows.

        No transaction is open: callbacks run inside `poll`, between turns.
        """
        self._assigned.difference_update(partitions)
        gone = {tp.partition for tp in partitions}
        self._kept.release(gone.intersection(self._machines))
        self._forget(gone)

    def _forget(self, partitions: Iterable[int]) -> None:
        """Drop machines; their rows are then as they were kept last."""
        for partition in set(partitions):
            self._machines.pop(partition, None)
            self._kept.drop([partition])

    def _patiently(
        self, connect: Callable[[], TransactionalProducer]
    ) -> TransactionalProducer | None:
        while not self._world.stop.is_set():
            try:
                return connect()
            except TransientError as error:
                _log.warning("waiting for Kafka", group=self._group, reason=str(error))
                self._heartbeat.beat("waiting", reason=str(error))
                self._meter.waited("connect")
                self._world.stop.wait(1.0)
        return None
