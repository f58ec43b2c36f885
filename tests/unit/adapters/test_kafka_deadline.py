"""A call of the Kafka client that never returns costs one transaction,
and neither the loop nor the process.
"""

import threading
from typing import ClassVar

import confluent_kafka as ck
import pytest
from stand_ins import stand_in

from services.adapters import kafka_producer
from services.adapters.kafka_deadline import Overdue, within
from services.adapters.kafka_producer import KafkaTransactionalProducer
from services.errors import TransientError
from services.ports import Outgoing, TopicPartition


def test_a_call_in_time_returns_or_raises_as_it_would_alone():
    done = []
    within(60, lambda: done.append(1))
    assert done == [1]
    with pytest.raises(ZeroDivisionError):
        within(60, lambda: 1 / 0)


def test_a_call_that_never_returns_is_overdue():
    never = threading.Event()
    with pytest.raises(Overdue, match=r"0\.05 s"):
        within(0.05, never.wait)
    never.set()


class Client:
    """Stands for librdkafka: the first one hangs when it sends offsets."""

    made: ClassVar[list["Client"]] = []

    def __init__(self, config):
        self.calls, self.may_end = [], threading.Event()
        self.made.append(self)

    def __getattr__(self, name):
        return lambda *_, **__: self.calls.append(name)

    def send_offsets_to_transaction(self, *_):
        self.calls.append("send_offsets_to_transaction")
        if self is self.made[0]:
            self.may_end.wait()


class Members:
    def group_metadata(self):
        return None


def test_a_client_that_hangs_is_replaced_by_one_that_fences_it(monkeypatch):
    monkeypatch.setattr(Client, "made", [])
    monkeypatch.setattr(ck, "Producer", Client)
    monkeypatch.setattr(kafka_producer, "HANG_SECONDS", 0.05)
    producer = KafkaTransactionalProducer({"transactional.id": "a"}, "", lambda topic: 1)
    offsets = {TopicPartition("hits", 0): 1}
    producer.begin()
    producer.send(Outgoing("alerts", "k", b"x"))
    with pytest.raises(TransientError, match="has not returned"):
        producer.commit(stand_in(Members()), offsets)
    producer.abort()
    producer.begin()
    producer.commit(stand_in(Members()), offsets)
    producer.close()
    first, second = Client.made
    first.may_end.set()
    assert first.calls == [
        "init_transactions", "begin_transaction", "produce", "send_offsets_to_transaction",
    ]  # fmt: skip
    # What the first one wrote to is ended by a transaction that is aborted.
    ended = ["begin_transaction", "produce", "flush", "send_offsets_to_transaction"]
    assert second.calls[:5] == ["init_transactions", *ended]
    assert second.calls[5:9] == [
        "abort_transaction", "begin_transaction", "send_offsets_to_transaction",
        "commit_transaction",
    ]  # fmt: skip
