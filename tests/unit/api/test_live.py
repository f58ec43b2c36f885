"""The live stream over the broker in memory."""

import asyncio
import threading

import pytest

from services.adapters.memory import MemoryBroker
from services.api import live
from services.messages import Alert, encode
from services.ports import Outgoing
from services.runtime.shutdown import SignalStop


@pytest.fixture
def broker():
    return MemoryBroker()


def alert(alert_id, version):
    value = encode(Alert(alert_id=alert_id, watch_id="w", watch_version=1, watch_name="W", version=version))
    return Outgoing("alerts", alert_id, value, partition_key="w")


def send(broker, *messages):
    producer = broker.producer()
    for message in messages:
        producer.send(message)
    producer.close()


def take(broker, n, when_live):
    """Return the first n alerts of a live stream; `when_live` is called once nothing more can be missed."""

    async def read():
        found, stop = [], SignalStop()
        async for event in live.alerts(broker, stop):
            if event.comment:
                when_live()
            else:
                found.append((event.id, event.event))
            if len(found) == n:
                stop.set()
        return found

    return asyncio.run(asyncio.wait_for(read(), 20))


def test_it_starts_now_and_names_every_revision(broker):
    send(broker, alert("old", 1))
    found = take(broker, 2, when_live=lambda: send(broker, alert("a", 1), alert("a", 2)))
    assert found == [("a:1", "alert"), ("a:2", "alert")]


def test_tombstones_and_junk_do_not_end_it(broker):
    junk = (Outgoing("alerts", "a", None), Outgoing("alerts", "b", b"\xff"))
    assert take(broker, 1, when_live=lambda: send(broker, *junk, alert("c", 1))) == [("c:1", "alert")]


def test_it_outlasts_the_absence_of_kafka(broker):
    def away_for_a_while():
        broker.is_down = True
        threading.Timer(0.5, back).start()

    def back():
        broker.is_down = False
        send(broker, alert("a", 1))

    assert take(broker, 1, when_live=away_for_a_while) == [("a:1", "alert")]


def test_a_reader_that_leaves_closes_the_client_only_after_the_blocking_read(broker):
    """A Kafka client that is closed while another thread reads from it takes the process with it."""
    happened, reading, leave = [], threading.Event(), threading.Event()

    class Reader:
        def read_to_end(self, _partitions):
            return []

        def poll(self, _seconds):
            reading.set()
            leave.wait(10)
            happened.append("read")
            return []

        def close(self):
            happened.append("closed")

    class Broker:
        reader = Reader

        def n_partitions(self, _topic):
            return 1

    async def read():
        async for _event in live.alerts(Broker(), SignalStop()):
            pass

    async def leaves():
        task = asyncio.create_task(read())
        await asyncio.to_thread(reading.wait, 10)
        task.cancel()
        await asyncio.sleep(0.1)
        assert happened == []
        leave.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(asyncio.wait_for(leaves(), 20))
    assert happened == ["read", "closed"]
