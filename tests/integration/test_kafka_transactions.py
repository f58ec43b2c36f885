"""A producer whose client failed in the middle of a commit, on a real Kafka."""

import time

import confluent_kafka as ck
import pytest
from streams import broker_of, eventually, on, patient, send

from services.adapters.kafka import TRANSACTION_SECONDS, KafkaBroker
from services.errors import TransientError
from services.ports import Outgoing, TopicPartition

pytestmark = pytest.mark.engines


NO_ANSWER = ck.KafkaError(ck.KafkaError._TIMED_OUT, retriable=True)


class Failing:
    """A client that writes its offsets, fails with the commit that comes next, and can't abort."""

    def __init__(self, real: ck.Producer, error: ck.KafkaError) -> None:
        self._real, self._error = real, error

    def __getattr__(self, name):
        return getattr(self._real, name)

    def commit_transaction(self, _timeout):
        raise ck.KafkaException(self._error)

    def abort_transaction(self, _timeout):
        raise ck.KafkaException(NO_ANSWER)


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(NO_ANSWER, id="no-answer"),
        pytest.param(
            ck.KafkaError(ck.KafkaError.UNKNOWN_MEMBER_ID, txn_requires_abort=True),
            id="out-of-its-group",
        ),
        pytest.param(ck.KafkaError(ck.KafkaError.INVALID_TXN_STATE, fatal=True), id="fatal"),
    ],
)
def test_the_offsets_are_told_at_once_when_a_producer_has_recovered(settings, error):
    """Kafka holds them back while a transaction is open, and that is for as long as it may be."""
    broker: KafkaBroker = broker_of(settings)
    send(broker, ("hits", "k", b"1"))
    consumer = broker.consumer("g")
    consumer.subscribe(["hits"])
    (record,) = eventually(lambda: consumer.poll(1, 0.2))
    at = TopicPartition("hits", record.partition)
    producer = broker.transactional_producer("t")
    producer._producer = Failing(producer._producer, error)
    producer.begin()
    producer.send(Outgoing("alerts", "k", b"never committed"))
    with pytest.raises(TransientError):
        producer.commit(consumer, {at: record.offset + 1})
    began = time.monotonic()
    producer.recover()
    assert consumer.committed([at]) == {}
    assert time.monotonic() - began < min(patient(5), TRANSACTION_SECONDS)
    producer.begin()
    producer.send(Outgoing("alerts", "k", b"kept"))
    producer.commit(consumer, {at: record.offset + 1})
    assert consumer.committed([at]) == {at: record.offset + 1}
    assert [r.value for r in on(broker, "alerts")] == [b"kept"]
    producer.close()
    consumer.close()
