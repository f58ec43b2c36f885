"""A broker in memory with Kafka's guarantees: groups, committed offsets, transactions.

Its parts share one lock and call one another, so they stand in one file.
"""

import sys
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.errors import FatalError, TransientError, Unwritable
from services.messages.topics import topics
from services.ports import Consumer, Outgoing, Progress, Record, TopicPartition, partition_of

_Callback = Callable[[list[TopicPartition]], None]


@dataclass(eq=False)
class _Transaction:
    """A transaction.

    Records behind its first one are unreadable while it is open; its own are skipped if it is
    aborted.
    """

    is_open: bool = True
    is_committed: bool = False
    ends: dict[TopicPartition, int] = field(default_factory=dict)


@dataclass
class _Group:
    members: list["MemoryConsumer"] = field(default_factory=list)
    owners: dict[TopicPartition, "MemoryConsumer"] = field(default_factory=dict)
    committed: dict[TopicPartition, int] = field(default_factory=dict)


class MemoryBroker:
    """All topics of schemas/topics.yaml with `partitions` each, unless the file sets the count.

    While `is_down` is set, every request raises TransientError, like an unreachable cluster.
    """

    def __init__(self, partitions: int = 2) -> None:
        self.is_down = False
        self.changed = threading.Condition(threading.RLock())
        self.groups: dict[str, _Group] = defaultdict(_Group)
        self.transactional: dict[str, MemoryTransactionalProducer] = {}
        self._counts = {spec.name: spec.partitions for spec in topics(partitions)}
        self._most_bytes = {
            spec.name: int(spec.config["max.message.bytes"]) for spec in topics(partitions)
        }
        self._logs: dict[TopicPartition, list[tuple[Record, _Transaction | None]]] = defaultdict(
            list
        )
        self._identity = uuid.uuid4().hex

    def producer(self) -> "MemoryProducer":
        return MemoryProducer(self)

    def transactional_producer(self, transactional_id: str) -> "MemoryTransactionalProducer":
        return MemoryTransactionalProducer(self, transactional_id)

    def consumer(self, group: str) -> "MemoryConsumer":
        return MemoryConsumer(self, group)

    def reader(self) -> "MemoryReader":
        return MemoryReader(self)

    def n_partitions(self, topic: str) -> int:
        """Return the partition count. Raises TransientError for an unknown topic."""
        self.require_up()
        if topic not in self._counts:
            raise TransientError(f"topic {topic} is not there")
        return self._counts[topic]

    def identity(self, topic: str) -> str:
        self.n_partitions(topic)
        return f"{self._identity}-{topic}"

    @property
    def generation(self) -> int:
        return 0

    def base(self) -> "MemoryBroker":
        return self

    def physical(self, topic: str) -> str:
        return topic

    def progress(self, groups: Sequence[str]) -> dict[str, Progress]:
        self.require_up()
        with self.changed:
            return {
                name: self._progress(self.groups[name]) for name in groups if name in self.groups
            }

    def _progress(self, group: _Group) -> Progress:
        read = dict.fromkeys(group.owners, 0) | group.committed
        left = [
            r
            for tp, offset in read.items()
            for r in self.committed_from(tp, offset, sys.maxsize)[0]
        ]
        oldest = min((record.timestamp_ms for record in left), default=None)
        return Progress(len(left), len(group.members), oldest)

    def has(self, topic: str) -> bool:
        return topic in self._counts

    def group_offsets(self, group: str) -> Mapping[TopicPartition, int]:
        with self.changed:
            return dict(self.groups[group].committed)

    def set_group_offsets(self, group: str, offsets: Mapping[TopicPartition, int]) -> None:
        with self.changed:
            self.groups[group].committed.update(offsets)

    def is_up(self) -> bool:
        return not self.is_down

    def login_refusal(self) -> str:
        return ""

    def require_up(self) -> None:
        if self.is_down:
            raise TransientError("the broker does not answer")

    def append(self, message: Outgoing, transaction: _Transaction | None) -> Record:
        """Append a message to its partition, and return it as a record.

        Raises TransientError for an unknown topic, and Unwritable.
        """
        with self.changed:
            partition = self._partition(message)
            size = len(message.value or b"")
            if size > self._most_bytes[message.topic]:
                raise Unwritable(
                    "too-large", f"{size:,} bytes to {message.topic}, key {message.key}"
                )
            log = self._logs[TopicPartition(message.topic, partition)]
            record = Record(
                topic=message.topic,
                partition=partition,
                offset=len(log),
                key=message.key,
                value=message.value,
                timestamp_ms=int(time.time() * 1000),
                headers=dict(message.headers),
            )
            log.append((record, transaction))
            self.changed.notify_all()
            return record

    def end(self, tp: TopicPartition) -> int:
        """Return the offset behind the last record, committed or not."""
        return len(self._logs[tp])

    def committed_from(
        self, tp: TopicPartition, offset: int, most: int
    ) -> tuple[list[Record], int]:
        """Return up to `most` visible records from `offset` on, and the next offset to read."""
        found: list[Record] = []
        for record, transaction in self._logs[tp][offset:]:
            if len(found) == most or (transaction is not None and transaction.is_open):
                break
            if transaction is None or transaction.is_committed:
                found.append(record)
            offset += 1
        return found, offset

    def _partition(self, message: Outgoing) -> int:
        count = self.n_partitions(message.topic)
        if message.partition is not None:
            return message.partition
        key = message.partition_key if message.partition_key is not None else message.key
        return partition_of(key, count) if key is not None else 0


class MemoryProducer:
    """A producer.

    Messages sent while the broker is down wait for a flush, as in a client's queue.
    """

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = broker
        self._waiting: list[Outgoing] = []

    def send(self, message: Outgoing) -> None:
        self._waiting.append(message)

    def flush(self) -> None:
        """Deliver the waiting messages.

        Undelivered ones are dropped: the caller sends them again.
        """
        waiting, self._waiting = self._waiting, []
        for message in waiting:
            self._broker.append(message, None)

    def close(self) -> None:
        self.flush()


class MemoryTransactionalProducer:
    """A producer that is fenced off by a later one with the same transactional id."""

    def __init__(self, broker: MemoryBroker, transactional_id: str) -> None:
        broker.require_up()
        self._broker = broker
        self._id = transactional_id
        self._transaction: _Transaction | None = None
        self._is_lost = False
        former = broker.transactional.get(transactional_id)
        if former is not None:
            former.abort()
        broker.transactional[transactional_id] = self

    def recover(self) -> None:
        self._broker.require_up()
        self.abort()
        if self._is_lost:
            self._broker.transactional[self._id].abort()
            self._broker.transactional[self._id] = self
            self._is_lost = False

    def begin(self) -> None:
        self.recover()
        self._transaction = _Transaction()

    def send(self, message: Outgoing) -> None:
        self._require_not_fenced()
        transaction = self._begun()
        record = self._broker.append(message, transaction)
        transaction.ends[TopicPartition(record.topic, record.partition)] = record.offset + 1

    def commit(
        self, consumer: Consumer, offsets: Mapping[TopicPartition, int]
    ) -> Mapping[TopicPartition, int]:
        self._require_not_fenced()
        transaction = self._begun()
        member = consumer.group_metadata()
        if not isinstance(member, MemoryConsumer):
            raise TypeError("a transaction takes the offsets of a consumer of the same broker")
        with self._broker.changed:
            try:
                member.commit(offsets)
            except TransientError:
                self.abort()
                raise
            self._end(transaction, is_committed=True)
        return transaction.ends

    def abort(self) -> None:
        if self._transaction is not None:
            self._end(self._transaction, is_committed=False)

    def close(self) -> None:
        self.abort()

    def _begun(self) -> _Transaction:
        if self._transaction is None:
            raise FatalError("no transaction was begun")
        return self._transaction

    def _end(self, transaction: _Transaction, *, is_committed: bool) -> None:
        with self._broker.changed:
            transaction.is_open, transaction.is_committed = False, is_committed
            self._transaction = None
            self._broker.changed.notify_all()

    def _is_fenced(self) -> bool:
        return self._broker.transactional[self._id] is not self

    def _require_not_fenced(self) -> None:
        self._broker.require_up()
        if self._is_fenced():
            self._is_lost = True
            raise TransientError(f"fenced: another producer is {self._id} now")


class MemoryConsumer:
    """A member of a group. A partition is assigned only after its former owner has released it."""

    def __init__(self, broker: MemoryBroker, group: str) -> None:
        self._broker = broker
        self._group = broker.groups[group]
        self.topics: tuple[str, ...] = ()
        self._positions: dict[TopicPartition, int] = {}
        self._paused: set[TopicPartition] = set()
        self._on_assign: _Callback | None = None
        self._on_revoke: _Callback | None = None

    def subscribe(
        self,
        topics: Sequence[str],
        on_assign: _Callback | None = None,
        on_revoke: _Callback | None = None,
        on_lost: _Callback | None = None,  # noqa: ARG002 - members end in order: none is lost
    ) -> None:
        self.topics, self._on_assign, self._on_revoke = tuple(topics), on_assign, on_revoke
        with self._broker.changed:
            self._group.members.append(self)
            self._broker.changed.notify_all()

    def poll(
        self,
        max_records: int,
        timeout_seconds: float,
        linger_seconds: float = 0.0,  # noqa: ARG002 - what was sent together is there together
    ) -> list[Record]:
        until = time.monotonic() + timeout_seconds
        while True:
            with self._broker.changed:
                self._broker.require_up()
                lost = set(self._positions) - self._share()
            self._let_go(lost)
            with self._broker.changed:
                self._gain()
                records = self._take(max_records)
                left = until - time.monotonic()
                if records or left <= 0:
                    return records
                self._broker.changed.wait(left)

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        self._broker.require_up()
        with self._broker.changed:
            lost = [tp for tp in offsets if self._group.owners.get(tp) is not self]
            if lost:
                raise TransientError(f"{lost[0]} belongs to another member of the group")
            self._group.committed.update(offsets)

    def committed(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Return the group's committed next offsets, without partitions that have none."""
        self._broker.require_up()
        return {tp: self._group.committed[tp] for tp in partitions if tp in self._group.committed}

    def behind(self) -> dict[TopicPartition, int]:
        """Return, by partition, the offsets between the position and the end."""
        return {
            tp: max(0, self._broker.end(tp) - position)
            for tp, position in list(self._positions.items())
        }

    def pause(self, partitions: Iterable[TopicPartition]) -> None:
        self._paused |= set(partitions)

    def resume(self, partitions: Iterable[TopicPartition]) -> None:
        self._paused -= set(partitions)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        if partition not in self._positions:
            raise TransientError(f"{partition} is not assigned")
        self._positions[partition] = max(0, offset)

    def group_metadata(self) -> object:
        return self

    def close(self) -> None:
        """Leave the group. Records read but not committed are read again by other members."""
        if self in self._group.members:
            self._let_go(set(self._positions))
            with self._broker.changed:
                self._group.members.remove(self)
                self._broker.changed.notify_all()

    def _gain(self) -> None:
        mine = self._share()
        gained = sorted(tp for tp in mine - set(self._positions) if tp not in self._group.owners)
        for tp in gained:
            self._group.owners[tp] = self
            self._positions[tp] = self._group.committed.get(tp, 0)
        if gained and self._on_assign:
            self._on_assign(gained)

    def _let_go(self, lost: set[TopicPartition]) -> None:
        """Give partitions back. The callback may write, so it runs without the lock."""
        if lost and self._on_revoke:
            self._on_revoke(sorted(lost))
        with self._broker.changed:
            for tp in lost:
                del self._positions[tp]
                del self._group.owners[tp]
                self._paused.discard(tp)
            if lost:
                self._broker.changed.notify_all()

    def _share(self) -> set[TopicPartition]:
        """Return this member's share.

        It has the same partition numbers in every topic, so co-partitioned topics stay together.
        """
        share = set()
        for topic in self.topics:
            members = [m for m in self._group.members if topic in m.topics]
            rank = members.index(self) if self in members else -1
            count = self._broker.n_partitions(topic)
            share |= {
                TopicPartition(topic, p)
                for p in range(count)
                if rank >= 0 and p % len(members) == rank
            }
        return share

    def _take(self, most: int) -> list[Record]:
        records: list[Record] = []
        for tp in sorted(set(self._positions) - self._paused):
            found, self._positions[tp] = self._broker.committed_from(
                tp, self._positions[tp], most - len(records)
            )
            records += found
        return records


class MemoryReader:
    """Reads whole partitions, without a group."""

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = broker
        self._positions: dict[TopicPartition, int] = {}

    def span(self, partition: TopicPartition) -> tuple[int, int]:
        self._broker.require_up()
        return 0, self._broker.end(partition)

    def read_to_end(
        self,
        partitions: Sequence[TopicPartition],
        start: Mapping[TopicPartition, int] | None = None,
    ) -> Iterator[Record]:
        self._broker.require_up()
        ends = {tp: self._broker.end(tp) for tp in partitions}
        self._positions = dict.fromkeys(partitions, 0) | dict(start or {})
        while any(self._positions[tp] < end for tp, end in ends.items()):
            yield from self.poll(0.2)

    def start_at_end(
        self, partitions: Sequence[TopicPartition], back: int = 0
    ) -> dict[TopicPartition, tuple[int, int]]:
        with self._broker.changed:
            self._broker.require_up()
            ends = {tp: self._broker.committed_from(tp, 0, sys.maxsize)[1] for tp in partitions}
            self._positions = {tp: max(0, end - back) for tp, end in ends.items()}
            return {tp: (self._positions[tp], end) for tp, end in ends.items()}

    def poll(self, timeout_seconds: float) -> list[Record]:
        with self._broker.changed:
            self._broker.require_up()
            records = self._take()
            if not records and self._broker.changed.wait(timeout_seconds):
                records = self._take()
        return records

    def close(self) -> None:
        """Nothing to release."""

    def _take(self) -> list[Record]:
        records: list[Record] = []
        for tp in self._positions:
            found, self._positions[tp] = self._broker.committed_from(tp, self._positions[tp], 1000)
            records += found
        return records
