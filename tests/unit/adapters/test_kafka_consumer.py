"""A poll of two calls: nothing is lost or kept wrongly if something happens between them."""

import confluent_kafka as ck
import pytest

from services.adapters.kafka_consumer import KafkaConsumer
from services.errors import TransientError


class Message:
    def __init__(self, partition: int) -> None:
        self._partition = partition

    def error(self):
        return None

    def topic(self):
        return "hits"

    def partition(self):
        return self._partition

    def offset(self):
        return 7

    def key(self):
        return b"k"

    def value(self):
        return b"1"

    def timestamp(self):
        return (1, 0)

    def headers(self):
        return None


class Client:
    """A client with one message, of partition 0; `then` happens when more are asked for."""

    def __init__(self, then) -> None:
        self._then = then
        self._left = [[Message(0)], [Message(1)]]

    def subscribe(self, _topics, *, on_revoke, **_others):
        self.revoke = on_revoke

    def consume(self, most, _timeout):
        if most > 1:
            self._then(self)
        return self._left.pop(0) if self._left else []


def polled(then):
    consumer = KafkaConsumer({"bootstrap.servers": "127.0.0.1:1", "group.id": "g"}, "")
    consumer._consumer = Client(then)
    consumer.subscribe(["hits"])
    return consumer, [r.partition for r in consumer.poll(10, 0.0)]


def fails(_client):
    raise ck.KafkaException(ck.KafkaError(ck.KafkaError._TRANSPORT))


def revokes(*partitions):
    return lambda client: client.revoke(client, [ck.TopicPartition("hits", p) for p in partitions])


def test_an_error_after_the_first_record_waits_for_the_next_poll():
    consumer, records = polled(fails)
    assert records == [0]
    with pytest.raises(TransientError):
        consumer.poll(1, 0.0)
    assert [r.partition for r in consumer.poll(1, 0.0)] == [1]


@pytest.mark.parametrize(("gone", "kept"), [((0,), [1]), ((1,), [0, 1])])
def test_the_first_record_is_left_to_the_next_owner_if_its_partition_goes_meanwhile(gone, kept):
    """What comes after it is of partitions that the member has then: the client sees to that."""
    _, records = polled(revokes(*gone))
    assert records == kept
