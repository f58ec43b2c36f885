"""Kafka through confluent-kafka: logical topic names in, physical ones (with a prefix) on the wire."""

import contextlib
import functools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import confluent_kafka as ck

from services.adapters import kafka_admin
from services.adapters.kafka_deadline import Overdue, within
from services.errors import FatalError, TransientError, Unwritable
from services.messages.limits import DEAD_LETTER_BYTES
from services.messages.topics import DEAD_LETTERS
from services.ports import Consumer, Outgoing, Record, TopicPartition, partition_of

SEND_SECONDS = 15.0
"""A send fails if it is not acknowledged within this time.

Kafka's default is two minutes. The loops try again themselves: between tries they beat, poll (so
that they stay in their group), and check whether they must stop.
"""

TRANSACTION_SECONDS = 15
"""The broker aborts the open transaction of a killed process after this time. Readers of its
partitions wait as long."""

STALL_SECONDS = 45.0
"""A reader that gets nothing for this time before the end of its partitions gives up. It is longer
than the transaction of a killed process can stay open."""

HANG_SECONDS = 25.0
"""The time after which `send_offsets_to_transaction` counts as hanging. It ignores its timeout of ten seconds, and may wait for
ever, when the coordinator of the group went away and came back (librdkafka issue 5456)."""

_STEP_TRIES = 6

T = TypeVar("T")


class KafkaBroker:
    """A cluster, reached by `bootstrap` (host:port, commas between several)."""

    def __init__(self, bootstrap: str, prefix: str = "") -> None:
        self._bootstrap = bootstrap
        self._prefix = prefix

    def producer(self) -> "KafkaProducer":
        return KafkaProducer(self._producer_config(), self._prefix, self.n_partitions)

    def transactional_producer(self, transactional_id: str) -> "KafkaTransactionalProducer":
        config = self._producer_config() | {
            "transactional.id": self._prefix + transactional_id,
            "transaction.timeout.ms": TRANSACTION_SECONDS * 1000,
            "delivery.timeout.ms": TRANSACTION_SECONDS * 1000 - 1000,
        }
        return KafkaTransactionalProducer(config, self._prefix, self.n_partitions)

    def consumer(self, group: str) -> "KafkaConsumer":
        return KafkaConsumer(self._consumer_config(self._prefix + group), self._prefix)

    def reader(self) -> "KafkaReader":
        return KafkaReader(self._consumer_config(self._prefix + "reader"), self._prefix)

    @functools.cache  # noqa: B019 - a broker lives as long as its process, and partition counts never change in place
    def n_partitions(self, topic: str) -> int:
        """Return the partition count. Raises TransientError when the broker or the topic is not there (yet)."""
        found = kafka_admin.n_partitions(self._bootstrap, self._prefix + topic)
        if found is None:
            raise TransientError(f"topic {self._prefix + topic} is not there: run `reportedly topics apply`")
        return found

    def has(self, topic: str) -> bool:
        """Tell whether a topic is there. Raises TransientError when the broker is not."""
        return kafka_admin.n_partitions(self._bootstrap, self._prefix + topic) is not None

    def is_up(self) -> bool:
        """Tell whether the cluster answers within seconds."""
        try:
            kafka_admin.cluster(self._bootstrap, timeout_seconds=5)
        except TransientError:
            return False
        return True

    def apply_topics(self, partitions: int = 0) -> list[str]:
        """Create the topics of schemas/topics.yaml that are missing and return their names.

        `partitions` other than 0 replaces the default count. Raises ConfigError for a topic of another count.
        """
        return kafka_admin.apply_topics(self._bootstrap, self._prefix, partitions)

    def lag(self, group: str) -> tuple[int, int] | None:
        """Return (records behind, members) of a group, or None for a group nobody has joined."""
        return kafka_admin.lag(self._bootstrap, self._prefix + group, self._consumer_config(self._prefix + "lag"))

    def _producer_config(self) -> dict[str, Any]:
        return {
            "bootstrap.servers": self._bootstrap,
            "enable.idempotence": True,
            "acks": "all",
            "compression.type": "lz4",
            "linger.ms": 5,
            "delivery.timeout.ms": int(SEND_SECONDS * 1000),
            # A dead letter holds a message of the greatest size and its headers.
            "message.max.bytes": DEAD_LETTER_BYTES,
            "log_level": 2,
        }

    def _consumer_config(self, group: str) -> dict[str, Any]:
        return {
            "bootstrap.servers": self._bootstrap,
            "group.id": group,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
            "session.timeout.ms": 10_000,
            "heartbeat.interval.ms": 3_000,
            "max.poll.interval.ms": 300_000,
            "partition.assignment.strategy": "range",
            "fetch.wait.max.ms": 100,
            "queued.max.messages.kbytes": 16_384,
            "enable.partition.eof": False,
            "log_level": 2,
        }


class KafkaProducer:
    """An idempotent producer; a failed delivery surfaces at `flush`."""

    def __init__(self, config: dict[str, Any], prefix: str, n_partitions: Callable[[str], int]) -> None:
        self._producer = ck.Producer(config)
        self._prefix = prefix
        self._n_partitions = n_partitions
        self._failed: list[Any] = []
        self._too_large: list[Unwritable] = []

    def send(self, message: Outgoing) -> None:
        arguments: dict[str, Any] = {"key": message.key, "value": message.value, "on_delivery": self._delivered}
        if message.headers:
            arguments["headers"] = list(message.headers.items())
        partition = self._partition(message)
        if partition is not None:
            arguments["partition"] = partition
        while True:
            try:
                self._producer.produce(self._prefix + message.topic, **arguments)
                return
            except BufferError:
                self._producer.poll(0.1)
            except ck.KafkaException as error:
                if error.args[0].code() == ck.KafkaError.MSG_SIZE_TOO_LARGE:
                    raise _too_large(message.topic, message.key, message.value) from error
                raise _as_verdict(error.args[0], f" (to {message.topic})") from error

    def flush(self) -> None:
        # A delivery takes SEND_SECONDS at most, so no message is in flight after this: none can
        # arrive after it is sent again.
        left = self._producer.flush(SEND_SECONDS + 5)
        failed, self._failed = self._failed, []
        self._raise_too_large()
        if left or failed:
            raise TransientError(f"{left + len(failed)} messages were not acknowledged: {failed[0] if failed else 'no answer'}")

    def close(self) -> None:
        self.flush()

    def _partition(self, message: Outgoing) -> int | None:
        if message.partition is not None:
            return message.partition
        key = message.partition_key if message.partition_key is not None else message.key
        if key is None or message.topic.endswith(DEAD_LETTERS):
            return None
        return partition_of(key, self._n_partitions(message.topic))

    def _delivered(self, error: Any, message: Any) -> None:
        if error is None:
            return
        self._failed.append(error)
        if error.code() == ck.KafkaError.MSG_SIZE_TOO_LARGE:
            self._too_large.append(_too_large(message.topic().removeprefix(self._prefix), message.key(), message.value()))

    def _raise_too_large(self) -> None:
        """Raises Unwritable if the broker refused a message for its size since the last call."""
        refused, self._too_large = self._too_large, []
        if refused:
            raise refused[0]


class KafkaTransactionalProducer(KafkaProducer):
    """A producer whose sends, state, and offsets become visible together or not at all."""

    def __init__(self, config: dict[str, Any], prefix: str, n_partitions: Callable[[str], int]) -> None:
        super().__init__(config, prefix, n_partitions)
        self._config = config
        self._is_open = False
        self._is_lost = False
        _verdict(lambda: self._producer.init_transactions(30))

    def begin(self) -> None:
        if self._is_lost:
            self._replace()
        if self._is_open:
            # An earlier abort failed: the transaction is still open.
            self.abort()
        _verdict(self._producer.begin_transaction)
        self._is_open = True

    def commit(self, consumer: Consumer, offsets: Mapping[TopicPartition, int]) -> None:
        physical = [ck.TopicPartition(self._prefix + tp.topic, tp.partition, offset) for tp, offset in offsets.items()]
        producer, members = self._producer, consumer.group_metadata()
        try:
            self._finish(lambda: within(HANG_SECONDS, lambda: producer.send_offsets_to_transaction(physical, members, 10)))
        except Overdue:
            self._is_lost, self._is_open = True, False
            raise
        self._finish(lambda: self._producer.commit_transaction(10))
        self._is_open, self._failed = False, []

    def abort(self) -> None:
        if self._is_lost:
            # Its successor ends what it has left open.
            return
        _verdict(lambda: self._producer.abort_transaction(10))
        self._is_open, self._failed = False, []

    def close(self) -> None:
        """Close the client. An open transaction is aborted, here or by the broker."""
        if self._is_lost:
            return
        if self._is_open:
            try:
                self.abort()
            except (TransientError, FatalError):
                self._producer.purge()
        # Unpolled delivery reports keep the librdkafka client and its threads alive: poll once.
        with contextlib.suppress(ck.KafkaException):  # a fatal state, raised already
            self._producer.poll(0)

    def _replace(self) -> None:
        """Put a new client in the place of one that hangs; it fences that, and aborts its transaction. Raises TransientError."""
        successor = ck.Producer(self._config)
        _verdict(lambda: successor.init_transactions(30))
        self._producer, self._is_lost, self._failed = successor, False, []

    def _finish(self, step: Callable[[], Any]) -> None:
        """Take a step towards the commit. One that timed out is repeated to learn its outcome."""
        for _ in range(_STEP_TRIES):
            try:
                step()
                return
            except ck.KafkaException as error:
                kafka_error = error.args[0]
                if kafka_error.txn_requires_abort():
                    self.abort()
                    self._raise_too_large()
                    raise TransientError(f"Kafka: transaction aborted: {kafka_error}") from error
                if not kafka_error.retriable():
                    raise _as_verdict(kafka_error) from error
        raise FatalError("Kafka: the outcome of a commit is unknown; a new process looks it up")


class KafkaConsumer:
    """A member of a consumer group, read_committed, committing only on request."""

    def __init__(self, config: dict[str, Any], prefix: str) -> None:
        self._consumer = ck.Consumer(config)
        self._prefix = prefix
        self._errors = _Errors()

    def subscribe(
        self,
        topics: Sequence[str],
        on_assign: Callable[[list[TopicPartition]], None] | None = None,
        on_revoke: Callable[[list[TopicPartition]], None] | None = None,
    ) -> None:
        def logical(callback: Callable[[list[TopicPartition]], None] | None) -> Callable[[Any, list[Any]], None]:
            return lambda _consumer, partitions: callback([self._logical(p) for p in partitions]) if callback else None

        assigned, revoked = logical(on_assign), logical(on_revoke)
        names = [self._prefix + topic for topic in topics]
        self._consumer.subscribe(names, on_assign=assigned, on_revoke=revoked, on_lost=revoked)

    def poll(self, max_records: int, timeout_seconds: float) -> list[Record]:
        self._errors.raise_first()
        messages = _verdict(lambda: self._consumer.consume(max_records, timeout_seconds))
        return self._errors.sift(messages, self._prefix)

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        physical = [ck.TopicPartition(self._prefix + tp.topic, tp.partition, offset) for tp, offset in offsets.items()]
        _verdict(lambda: self._consumer.commit(offsets=physical, asynchronous=False))

    def committed(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Return the group's committed next offsets; a partition without one is left out."""
        physical = [ck.TopicPartition(self._prefix + tp.topic, tp.partition) for tp in partitions]
        found = _verdict(lambda: self._consumer.committed(physical, 30))
        return {self._logical(tp): tp.offset for tp in found if tp.offset >= 0}

    def behind(self) -> dict[TopicPartition, int]:
        """Return how many offsets lie between what was polled and the end that was fetched last, by partition."""
        behind = {}
        for tp in self._consumer.position(self._consumer.assignment()):
            _, end = self._consumer.get_watermark_offsets(tp, cached=True)
            if tp.offset >= 0 and end >= 0:
                behind[self._logical(tp)] = max(0, end - tp.offset)
        return behind

    def pause(self, partitions: Iterable[TopicPartition]) -> None:
        self._consumer.pause([ck.TopicPartition(self._prefix + tp.topic, tp.partition) for tp in partitions])

    def resume(self, partitions: Iterable[TopicPartition]) -> None:
        self._consumer.resume([ck.TopicPartition(self._prefix + tp.topic, tp.partition) for tp in partitions])

    def seek(self, partition: TopicPartition, offset: int) -> None:
        target = ck.TopicPartition(
            self._prefix + partition.topic, partition.partition, offset if offset >= 0 else ck.OFFSET_BEGINNING
        )
        _verdict(lambda: self._consumer.seek(target))

    def close(self) -> None:
        self._consumer.close()

    def group_metadata(self) -> Any:
        return self._consumer.consumer_group_metadata()

    def _logical(self, tp: Any) -> TopicPartition:
        return TopicPartition(tp.topic[len(self._prefix) :], tp.partition)


class KafkaReader:
    """Reads partitions whole, without a group."""

    def __init__(self, config: dict[str, Any], prefix: str) -> None:
        self._consumer = ck.Consumer(config)
        self._config = config
        self._prefix = prefix
        self._errors = _Errors()

    def read_to_end(self, partitions: Sequence[TopicPartition]) -> Iterable[Record]:
        physical = [ck.TopicPartition(self._prefix + tp.topic, tp.partition, ck.OFFSET_BEGINNING) for tp in partitions]
        ends = self._ends(physical)
        _verdict(lambda: self._consumer.assign(physical))
        until = time.monotonic() + STALL_SECONDS
        while not self._passed(ends):
            records = self.poll(0.2)
            if records:
                until = time.monotonic() + STALL_SECONDS
            elif time.monotonic() > until:
                raise TransientError(f"Kafka: nothing came for {STALL_SECONDS:.0f} s before the end of {partitions[0].topic}")
            yield from records

    def start_at_end(self, partitions: Sequence[TopicPartition]) -> None:
        """Assign the partitions from behind their last committed record."""
        physical = [ck.TopicPartition(self._prefix + tp.topic, tp.partition) for tp in partitions]
        for tp in physical:
            # For a read_committed consumer the high watermark is the last stable offset.
            _, tp.offset = _verdict(lambda tp=tp: kafka_admin.watermarks(self._consumer, tp))  # type: ignore[misc]
        _verdict(lambda: self._consumer.assign(physical))

    def poll(self, timeout_seconds: float) -> list[Record]:
        self._errors.raise_first()
        messages = _verdict(lambda: self._consumer.consume(1000, timeout_seconds))
        return self._errors.sift(messages, self._prefix)

    def close(self) -> None:
        self._consumer.close()

    def _ends(self, physical: Sequence[Any]) -> dict[tuple[str, int], int]:
        """Return the uncommitted ends, by (topic, partition); 0 for a partition without records.

        A reader waits for open transactions below them, or it would miss their rows. A
        read_committed consumer sees only the last stable offset, so another one asks.
        """
        asking = ck.Consumer(self._config | {"isolation.level": "read_uncommitted"})
        try:
            marks = _verdict(lambda: {(tp.topic, tp.partition): kafka_admin.watermarks(asking, tp) for tp in physical})
        finally:
            asking.close()
        # If retention has deleted everything, no record will move the position: wait for nothing.
        return {at: high if high > low else 0 for at, (low, high) in marks.items()}

    def _passed(self, ends: Mapping[tuple[str, int], int]) -> bool:
        """True if the position is past every end. Control records move it undelivered."""
        positions = self._consumer.position([ck.TopicPartition(topic, p) for topic, p in ends])
        reached = {(tp.topic, tp.partition): tp.offset for tp in positions}
        return all(end == 0 or reached.get(tp, -1) >= end for tp, end in ends.items())


class _Errors:
    """Errors that came among the messages of one call, raised by the next call.

    The client counts those messages as read, so they are returned first.
    """

    def __init__(self) -> None:
        self._waiting: list[Exception] = []

    def raise_first(self) -> None:
        if self._waiting:
            raise self._waiting.pop(0)

    def sift(self, messages: Iterable[Any], prefix: str) -> list[Record]:
        records = []
        for message in messages:
            error = message.error()
            if error is None:
                records.append(_record(message, prefix))
            elif error.fatal():
                raise FatalError(f"Kafka: {error}")
            elif not (error.retriable() or error.code() in (ck.KafkaError._ALL_BROKERS_DOWN, ck.KafkaError._TRANSPORT)):
                self._waiting.append(TransientError(f"Kafka: {error}"))
        if not records:
            self.raise_first()
        return records


def _record(message: Any, prefix: str) -> Record:
    key = message.key()
    return Record(
        topic=message.topic()[len(prefix) :],
        partition=message.partition(),
        offset=message.offset(),
        key=key.decode("utf-8", "replace") if key is not None else None,
        value=message.value(),
        timestamp_ms=message.timestamp()[1],
        headers=dict(message.headers() or ()),
    )


def _too_large(topic: str, key: str | bytes | None, value: bytes | None) -> Unwritable:
    """Return the verdict on a message that is over the limit of its topic.

    That limit is above the limit of `encode`, unless an operator lowered it.
    """
    name = key.decode("utf-8", "replace") if isinstance(key, bytes) else key
    size = len(value or b"")
    return Unwritable("too-large", f"{size:,} bytes to {topic}, key {name}: Kafka refuses it; see max.message.bytes of the topic")


def _verdict(call: Callable[[], T]) -> T:
    """Make a client call. Raises FatalError (the process ends) or TransientError (try again)."""
    try:
        return call()
    except ck.KafkaException as error:
        raise _as_verdict(error.args[0]) from error


def _as_verdict(error: Any, where: str = "") -> FatalError | TransientError:
    ends = (ck.KafkaError._FENCED, ck.KafkaError.PRODUCER_FENCED, ck.KafkaError.INVALID_PRODUCER_EPOCH)
    kind = FatalError if error.fatal() or error.code() in ends else TransientError
    return kind(f"Kafka{where}: {error}")
