"""The ledger: in order, acknowledged, and patient while the broker is away."""

from concurrent.futures import wait

import pytest
from loops import everything, world_of
from streams import eventually

from services.adapters.memory import MemoryBroker
from services.errors import TransientError, Unwritable
from services.messages.limits import TOPIC_BYTES
from services.ports import Outgoing
from services.runtime.ledger import Ledger


@pytest.fixture
def broker():
    return MemoryBroker(partitions=1)


@pytest.fixture
def ledger(broker, tmp_path):
    made = Ledger(world_of(broker, tmp_path), "notifier")
    yield made
    broker.is_down = False
    made.close()


def row(value):
    return [Outgoing("deliveries", "k", value)]


def values(broker):
    return [record.value for record in everything(broker, "deliveries")]


def test_what_is_written_stands_on_its_topic_in_order(broker, ledger):
    futures = [ledger.write(row(b"%d" % n)) for n in range(200)]
    for future in futures:
        future.result(20)
    assert values(broker) == [b"%d" % n for n in range(200)]


def test_while_the_broker_is_away_nothing_counts_as_written_and_the_order_is_kept(broker, ledger):
    broker.is_down = True
    futures = [ledger.write(row(b"1")), ledger.write(row(b"2"))]
    assert not wait(futures, 0.1).done
    broker.is_down = False
    for future in futures:
        future.result(20)
    assert values(broker)[-1] == b"2"
    assert set(values(broker)) == {b"1", b"2"}


def test_what_was_taken_back_while_it_waited_is_not_written(broker, ledger):
    broker.is_down = True
    first = ledger.write(row(b"1"))
    eventually(first.running)
    second = ledger.write(row(b"2"))
    assert second.cancel()
    broker.is_down = False
    first.result(20)
    ledger.write(row(b"3")).result(20)
    assert b"2" not in values(broker)


def test_a_message_that_can_not_be_written_fails_alone(broker, ledger):
    class Strict:
        def __init__(self, producer):
            self._producer = producer

        def send(self, message):
            if len(message.value) > TOPIC_BYTES:
                raise Unwritable("too-large", "too large")
            self._producer.send(message)

        def flush(self):
            self._producer.flush()

        def close(self):
            self._producer.close()

    ledger._producer = Strict(ledger._producer)
    large, small = ledger.write(row(b"x" * (TOPIC_BYTES + 1))), ledger.write(row(b"1"))
    with pytest.raises(Unwritable):
        large.result(20)
    small.result(20)
    assert values(broker) == [b"1"]


def test_a_ledger_that_is_closed_while_the_broker_is_away_says_so(broker, tmp_path):
    ledger = Ledger(world_of(broker, tmp_path), "notifier")
    broker.is_down = True
    written = ledger.write(row(b"1"))
    ledger.close()
    with pytest.raises(TransientError):
        written.result(20)
