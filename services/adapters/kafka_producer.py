"""Producers: idempotent, and transactional with offsets."""

import contextlib
from collections.abc import Callable, Mapping

import confluent_kafka as ck

from services.adapters.kafka_deadline import Overdue, within
from services.adapters.kafka_login import refusal
from services.adapters.kafka_verdict import as_verdict, ends_the_client, too_large
from services.errors import FatalError, RefusedError, TransientError, Unwritable
from services.messages.topics import DEAD_LETTERS
from services.ports import Consumer, Outgoing, TopicPartition, partition_of

SEND_SECONDS = 15.0
"""Seconds after which a send without acknowledgement has failed.

Kafka's default is two minutes. The loops retry themselves: between tries they beat, poll (to stay
in their group), and check whether they must stop.
"""

HANG_SECONDS = 25.0
"""Seconds after which `send_offsets_to_transaction` counts as hanging.

The call ignores its own timeout of ten seconds. It may wait for ever if the group's coordinator
went away and came back (librdkafka issue 5456).
"""

INIT_SECONDS = 30.0
"""Seconds that a new client may take until the last transaction of its id has ended."""

_STEP_TRIES = 6
"""Tries of one step of a commit, each of ten seconds."""


class KafkaProducer:
    """An idempotent producer. `flush` raises the errors of failed deliveries."""

    def __init__(
        self, config: dict[str, object], prefix: str, n_partitions: Callable[[str], int]
    ) -> None:
        self._producer = ck.Producer(config)
        self._prefix = prefix
        self._user = str(config.get("sasl.username", ""))
        self._n_partitions = n_partitions
        self._failed: list[ck.KafkaError] = []
        self._too_large: list[Unwritable] = []
        self._ends: dict[TopicPartition, int] = {}

    def send(self, message: Outgoing) -> None:
        self._produce(message)

    def _produce(self, message: Outgoing) -> int | None:
        """Hand a message to the client. Return its partition; None if the client chooses it."""
        arguments: dict[str, object] = {
            "key": message.key,
            "value": message.value,
            "on_delivery": self._delivered,
        }
        if message.headers:
            arguments["headers"] = list(message.headers.items())
        partition = self._partition(message)
        if partition is not None:
            arguments["partition"] = partition
        while True:
            try:
                self._producer.produce(self._prefix + message.topic, **arguments)
                return partition
            except BufferError:
                self._producer.poll(0.1)
            except ck.KafkaException as error:
                if error.args[0].code() == ck.KafkaError.MSG_SIZE_TOO_LARGE:
                    raise too_large(message.topic, message.key, message.value) from error
                raise self._verdict(error.args[0], f" (to {message.topic})") from error

    def flush(self) -> None:
        # A delivery takes SEND_SECONDS at most, so after this no message is in flight, and none can
        # arrive after it is sent again.
        left = self._producer.flush(SEND_SECONDS + 5)
        failed, self._failed = self._failed, []
        self._raise_too_large()
        for error in failed:
            if line := refusal(error, self._user):
                raise RefusedError(line)
        if left or failed:
            raise TransientError(
                f"{left + len(failed)} messages were not acknowledged: "
                f"{failed[0] if failed else 'no answer'}"
            )

    def close(self) -> None:
        self.flush()

    def _verdict(self, error: ck.KafkaError, where: str = "") -> FatalError | TransientError:
        return as_verdict(error, where, self._user)

    def _partition(self, message: Outgoing) -> int | None:
        if message.partition is not None:
            return message.partition
        key = message.partition_key if message.partition_key is not None else message.key
        if key is None or message.topic.endswith(DEAD_LETTERS):
            return None
        return partition_of(key, self._n_partitions(message.topic))

    def _delivered(self, error: ck.KafkaError, message: ck.Message) -> None:
        if error is None:
            if message.offset() >= 0:  # not if the broker knew the message from an earlier try
                topic = message.topic().removeprefix(self._prefix)
                self._ends[TopicPartition(topic, message.partition())] = message.offset() + 1
            return
        self._failed.append(error)
        if error.code() == ck.KafkaError.MSG_SIZE_TOO_LARGE:
            self._too_large.append(
                too_large(
                    message.topic().removeprefix(self._prefix), message.key(), message.value()
                )
            )

    def _raise_too_large(self) -> None:
        """Raise Unwritable if the broker refused a message for its size since the last call."""
        refused, self._too_large = self._too_large, []
        if refused:
            raise refused[0]


class KafkaTransactionalProducer(KafkaProducer):
    """A producer whose output, state, and offsets become visible together or not at all.

    A client is lost after an error that it can't go on from, after a call that does not return,
    after a commit whose outcome is unknown, and if it can't abort. `recover` puts a new one in its
    place, under the same id: ids are one process's own, so nobody else goes on under it.
    """

    def __init__(
        self, config: dict[str, object], prefix: str, n_partitions: Callable[[str], int]
    ) -> None:
        super().__init__(config, prefix, n_partitions)
        self._config = config
        self._is_open = False
        self._is_lost = self._hangs = False
        self._written: set[tuple[str, int]] = set()
        self._offsets_of: tuple[list[ck.TopicPartition], object] | None = None
        self._ask(lambda: self._producer.init_transactions(INIT_SECONDS))

    def recover(self) -> None:
        if self._is_open and not self._is_lost:
            try:
                self.abort()
            except TransientError:
                # Its coordinator was away for a while: it may say so for ever, to each call.
                self._is_lost = True
        if self._is_lost:
            self._replace()

    def send(self, message: Outgoing) -> None:
        partition = self._produce(message)
        if partition is not None:
            self._written.add((self._prefix + message.topic, partition))

    def begin(self) -> None:
        self.recover()
        self._ask(self._producer.begin_transaction)
        self._is_open, self._ends = True, {}
        self._written, self._offsets_of = set(), None

    def commit(
        self, consumer: Consumer, offsets: Mapping[TopicPartition, int]
    ) -> Mapping[TopicPartition, int]:
        physical = [
            ck.TopicPartition(self._prefix + tp.topic, tp.partition, offset)
            for tp, offset in offsets.items()
        ]
        producer, members = self._producer, consumer.group_metadata()
        self._offsets_of = physical[:1], members
        try:
            self._finish(
                lambda: within(
                    HANG_SECONDS,
                    lambda: producer.send_offsets_to_transaction(physical, members, 10),
                )
            )
        except Overdue:
            self._is_lost = self._hangs = True
            raise
        self._finish(lambda: self._producer.commit_transaction(10))
        self._is_open, self._failed = False, []
        return self._ends

    def abort(self) -> None:
        if self._is_lost:
            # Its successor aborts the transaction.
            return
        self._ask(lambda: self._producer.abort_transaction(10))
        self._is_open, self._failed = False, []

    def close(self) -> None:
        """Close the client. An open transaction is aborted, here or by the broker."""
        if self._is_open:
            with contextlib.suppress(TransientError, FatalError):
                self.abort()
        self._let_go()

    def _replace(self) -> None:
        """Put a new client in the place of a lost one, and end the transaction of that one.

        Under the same id the broker aborts it, or completes a commit that was under way.

        Raises TransientError.
        """
        successor = ck.Producer(self._config)
        self._ask(lambda: successor.init_transactions(INIT_SECONDS))
        self._ask(lambda: self._end_left_open(successor))
        self._let_go()
        self._producer, self._failed, self._too_large = successor, [], []
        self._is_open = self._is_lost = self._hangs = False

    def _end_left_open(self, successor: ck.Producer) -> None:
        """Abort a transaction over all that the last one of the lost client wrote.

        A broker that was killed may hold that one as ended and leave it open in a partition, for
        ever (seen with Kafka 4.3 and the offsets of groups): then nobody reads past it. The end of
        a later transaction of the same producer ends it there, too. What is aborted, nobody sees.
        """
        if not self._written and self._offsets_of is None:
            return
        successor.begin_transaction()
        for topic, partition in self._written:
            successor.produce(topic, key=b"", partition=partition)
        successor.flush(SEND_SECONDS)
        if self._offsets_of is not None:
            offsets, members = self._offsets_of
            # A group that refuses them, since its members changed, is a part of the transaction.
            with contextlib.suppress(ck.KafkaException):
                within(
                    HANG_SECONDS,
                    lambda: successor.send_offsets_to_transaction(offsets, members, 10),
                )
        successor.abort_transaction(10)

    def _let_go(self) -> None:
        """Drop what the client still holds, which would keep it and its threads alive."""
        if self._hangs:
            return
        with contextlib.suppress(ck.KafkaException):  # a fatal state was raised before
            self._producer.purge()
            self._producer.poll(0)

    def _ask(self, call: Callable[[], object]) -> None:
        try:
            call()
        except ck.KafkaException as error:
            raise self._verdict(error.args[0]) from error

    def _verdict(self, error: ck.KafkaError, where: str = "") -> FatalError | TransientError:
        """Return what to raise. The client is lost if it can't go on, and nobody forbade it."""
        if refusal(error, self._user) or not ends_the_client(error):
            return super()._verdict(error, where)
        self._is_lost = True
        return TransientError(f"Kafka{where}: {error}; a new client takes its place")

    def _finish(self, step: Callable[[], object]) -> None:
        """Run a step of the commit. A step that timed out is repeated to learn its outcome."""
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
                    raise self._verdict(kafka_error) from error
        self._is_lost = True
        raise TransientError("Kafka: the outcome of a commit is unknown; a new client looks it up")
