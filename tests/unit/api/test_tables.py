"""Compacted topics as tables: what a request sees of them, and what a broken row does."""

import threading
import time

import pytest
from builders import START
from polling import eventually
from scrapes import Rise

from services.adapters.memory import MemoryBroker
from services.api.desk import Desk
from services.api.sender import Sender
from services.api.tables import FEED_TIMINGS, TABLES, TOKENS, WATCHES, Tables
from services.errors import TransientError
from services.messages import FeedTimings, Watch, encode
from services.messages.topics import topics
from services.ports import Outgoing
from services.runtime.shutdown import SignalStop


@pytest.fixture
def broker():
    return MemoryBroker()


def put(broker, key, value):
    producer = broker.producer()
    producer.send(Outgoing("watches", key, value))
    producer.close()


def watch(id="w", **kw):
    return Watch(id=id, name="W", query="halvane", **kw)


def timings(partition):
    return FeedTimings(partition=partition, at=START)


def test_the_api_is_among_the_readers_of_every_table():
    readers = {spec.name: spec.consumers for spec in topics()}
    assert all("api" in readers[table.topic] for table in TABLES)


def test_a_table_has_the_last_row_of_each_key_and_none_that_was_removed(broker):
    tables = Tables(broker, SignalStop())
    put(broker, "a", encode(watch("a")))
    put(broker, "a", encode(watch("a", version=2)))
    put(broker, "b", encode(watch("b")))
    put(broker, "b", None)
    before = tables.watches()
    assert {key: row.version for key, row in before.items()} == {"a": 2}
    put(broker, "a", None)
    assert tables.watches() == {}
    assert list(before) == ["a"], "what a request holds does not change under it"


@pytest.mark.parametrize("broken", [b"{", b"[]", b'{"id": 1}', b""], ids=str)
def test_a_row_that_cannot_be_read_is_left_out_with_what_it_replaced(broker, broken):
    """Else a token that was narrowed by a newer program would keep its old scope."""
    rise, tables = Rise(), Tables(broker, SignalStop())
    put(broker, "a", encode(watch("a")))
    put(broker, "b", encode(watch("b")))
    put(broker, "a", broken)
    assert list(tables.watches()) == ["b"]
    assert tables.n_skipped("watches") == 1
    assert rise("reportedly_api_rows_skipped_total", topic="watches") == 1


def test_a_dated_table_knows_when_kafka_took_its_rows(broker):
    tables, began = Tables(broker, SignalStop()), time.time() * 1000
    producer = broker.producer()
    for partition in ("0", "1"):
        producer.send(Outgoing("feed-timings", partition, encode(timings(partition))))
    producer.send(Outgoing("feed-timings", "1", None))
    producer.close()
    put(broker, "a", encode(watch("a")))
    ((key, written_ms),) = tables.written_ms(FEED_TIMINGS).items()
    assert key == "0"
    assert began - 1 <= written_ms <= time.time() * 1000
    assert tables.written_ms(WATCHES) == {}, "nobody asks when these came"


def test_a_table_that_is_full_keeps_what_it_has(broker):
    tables = Tables(broker, SignalStop(), most_rows=2)
    for key in ("a", "b", "c"):
        put(broker, key, encode(watch(key)))
    put(broker, "a", encode(watch("a", version=2)))
    assert {key: row.version for key, row in tables.watches().items()} == {"a": 2, "b": 1}
    assert tables.n_skipped("watches") == 1


def test_who_writes_reads_it_back_and_the_thread_outlives_an_outage(broker, monkeypatch):
    monkeypatch.setattr("services.api.tables.RETRY_SECONDS", 0.01)
    stop = SignalStop()
    broker.is_down = True
    tables = Tables(broker, stop)
    tables.start()
    assert not tables.is_ready
    broker.is_down = False
    eventually(lambda: tables.is_ready)
    desk = Desk(search=None, broker=broker, sender=Sender(broker), tables=tables)  # type: ignore[arg-type]
    for version in range(1, 20):
        desk.save(WATCHES, "w", watch(version=version))
        assert tables.watches()["w"].version == version
    broker.is_down = True
    with pytest.raises(TransientError):
        desk.save(WATCHES, "w", None)
    assert tables.watches()["w"].version == 19, "what is known stays in force"
    broker.is_down = False
    eventually(lambda: tables.rows(TOKENS) == {})
    desk.save(WATCHES, "w", None)
    assert tables.watches() == {}
    stop.set()
    assert eventually(lambda: all(t.name != "tables" for t in threading.enumerate()))
