"""The ledger: in order, acknowledged, patient while the broker is away, and never silent."""

from concurrent.futures import wait

import pytest
from loops import everything, world_of
from streams import eventually

from services.adapters.memory import MemoryBroker
from services.errors import FatalError, TransientError, Unwritable
from services.messages.limits import TOPIC_BYTES
from services.ports import Outgoing
from services.runtime.ledger import Ledger


@pytest.fixture
def broker():
    return MemoryBroker(partitions=1)


@pytest.fixture
def broken():
    """What broke the ledger."""
    return []


@pytest.fixture
def ledger(broker, tmp_path, broken):
    made = Ledger(world_of(broker, tmp_path), "notifier", broken.append)
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


class Strict:
    """Refuses large messages, by `send` or only by `flush`, and all of a key as it is told."""

    def __init__(self, producer, *, at_once=True, errors=None):
        self._producer, self._at_once, self._errors = producer, at_once, errors or {}
        self._large = None

    def send(self, message):
        if errors := self._errors.get(message.key):
            raise errors.pop(0)
        if len(message.value) > TOPIC_BYTES:
            self._large = Unwritable("too-large", "too large")
            if self._at_once:
                raise self._large
        else:
            self._producer.send(message)

    def flush(self):
        large, self._large = self._large, None
        if large and not self._at_once:
            raise large
        self._producer.flush()

    def close(self):
        self._producer.close()


LARGE = b"x" * (TOPIC_BYTES + 1)


def together(broker, ledger, *rows):
    """Return the futures of rows that go out together, behind one that waits for the broker."""
    broker.is_down = True
    first = ledger.write(row(b"0"))
    eventually(first.running)
    futures = [ledger.write(each) for each in rows]
    broker.is_down = False
    return futures


@pytest.mark.parametrize("at_once", [True, False])
def test_a_message_that_can_not_be_written_fails_alone(broker, ledger, broken, at_once):
    ledger._producer = Strict(ledger._producer, at_once=at_once)
    before, large, small = together(broker, ledger, row(b"1"), row(LARGE), row(b"2"))
    with pytest.raises(Unwritable):
        large.result(20)
    before.result(20)
    small.result(20)
    assert values(broker)[-1] == b"2"
    assert (set(values(broker)), broken) == ({b"0", b"1", b"2"}, [])


def test_what_failed_is_not_tried_again_with_what_waits_for_the_broker(broker, ledger, broken):
    errors = {"later": [TransientError("the queue is full")]}
    ledger._producer = Strict(ledger._producer, errors=errors)
    large, small = together(broker, ledger, row(LARGE), [Outgoing("deliveries", "later", b"1")])
    small.result(20)
    with pytest.raises(Unwritable):
        large.result(20)
    assert (values(broker)[-1], broken) == (b"1", [])


@pytest.mark.parametrize("error", [FatalError("not allowed to write"), RuntimeError("a fault")])
def test_what_no_retry_mends_is_told_and_ends_all_that_waits(broker, ledger, broken, error):
    ledger._producer = Strict(ledger._producer, errors={"k": [error]})
    futures = [ledger.write(row(b"1")), ledger.write(row(b"2"))]
    for future in futures:
        with pytest.raises(type(error)):
            future.result(20)
    assert (values(broker), broken) == ([], [error])


def test_a_ledger_that_is_closed_while_the_broker_is_away_says_so(broker, tmp_path):
    ledger = Ledger(world_of(broker, tmp_path), "notifier", print)
    broker.is_down = True
    written = ledger.write(row(b"1"))
    ledger.close()
    with pytest.raises(TransientError):
        written.result(20)
