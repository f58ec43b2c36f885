"""Producers: idempotent, and transactional with offsets."""

import contextlib
from collections.abc import Callable, Mapping

import confluent_kafka as ck

from services.adapters.kafka_deadline import Overdue, within
from services.adapters.kafka_login import refusal
from services.adapters.kafka_verdict import as_verdict, too_large, verdict
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
                return
            except BufferError:
                self._producer.poll(0.1)
            except ck.KafkaException as error:
                if error.args[0].code() == ck.KafkaError.MSG_SIZE_TOO_LARGE:
                    raise too_large(message.topic, message.key, message.value) from error
                raise as_verdict(error.args[0], f" (to {message.topic})", self._user) from error

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
    """A producer whose output, state, and offsets become visible together or not at all."""

    def __init__(
        self, config: dict[str, object], prefix: str, n_partitions: Callable[[str], int]
    ) -> None:
        super().__init__(config, prefix, n_partitions)
        self._config = config
        self._is_open = False
        self._is_lost = False
        verdict(lambda: self._producer.init_transactions(30), self._user)

    def begin(self) -> None:
        if self._is_lost:
            self._replace()
        if self._is_open:
            # An earlier abort failed: the transaction is still open.
            self.abort()
        verdict(self._producer.begin_transaction, self._user)
        self._is_open, self._ends = True, {}

    def commit(
        self, consumer: Consumer, offsets: Mapping[TopicPartition, int]
    ) -> Mapping[TopicPartition, int]:
        physical = [
            ck.TopicPartition(self._prefix + tp.topic, tp.partition, offset)
            for tp, offset in offsets.items()
        ]
        producer, members = self._producer, consumer.group_metadata()
        try:
            self._finish(
                lambda: within(
                    HANG_SECONDS,
                    lambda: producer.send_offsets_to_transaction(physical, members, 10),
                )
            )
        except Overdue:
            self._is_lost, self._is_open = True, False
            raise
        self._finish(lambda: self._producer.commit_transaction(10))
        self._is_open, self._failed = False, []
        return self._ends

    def abort(self) -> None:
        if self._is_lost:
            # Its successor aborts the transaction.
            return
        verdict(lambda: self._producer.abort_transaction(10), self._user)
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
        # Unpolled delivery reports keep the librdkafka client and its threads alive; poll once.
        with contextlib.suppress(ck.KafkaException):  # a fatal state was raised before
            self._producer.poll(0)

    def _replace(self) -> None:
        """Replace a client that hangs. The new one fences it off and aborts its transaction.

        Raises TransientError.
        """
        successor = ck.Producer(self._config)
        verdict(lambda: successor.init_transactions(30), self._user)
        self._producer, self._is_lost, self._failed = successor, False, []

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
                    raise as_verdict(kafka_error, user=self._user) from error
        raise FatalError("Kafka: the outcome of a commit is unknown; a new process looks it up")
