"""Processes read the partitions in orders of their own: an id of one is a place in the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from services.adapters.memory import MemoryBroker
from services.api.stream.position import decoded
from services.api.stream.reading import Reading
from services.api.stream.window import Listener, Window
from services.messages import Alert, encode
from services.ports import Outgoing, TopicPartition

ALERT = encode(Alert(alert_id="a", watch_id="w", watch_version=1, watch_name="W"))


def begun(broker, back=100):
    reading = Reading(broker, back)
    assert reading.begin(broker.reader()) == (True, ())
    return reading


def send(broker, *partitions, value=ALERT):
    producer = broker.producer()
    for partition in partitions:
        producer.send(Outgoing("alerts", "a", value, partition=partition))
    producer.close()


def records_of(broker):
    return [broker.committed_from(TopicPartition("alerts", p), 0, 1000)[0] for p in (0, 1)]


def mixed(queues, turns):
    """Return the records of partitions in one order that keeps each one's own."""
    left = [list(queue) for queue in queues]
    for turn in turns:
        queue = left[turn] or left[1 - turn]
        if queue:
            yield queue.pop(0)
    for queue in left:
        yield from queue


TURNS = st.lists(st.integers(0, 1), max_size=12)


@given(TURNS, TURNS, TURNS, st.integers(0, 12), st.integers(0, 100))
def test_who_comes_back_gets_all_that_is_left_and_nothing_twice(sent, one, two, n_had, back):
    broker = MemoryBroker(2)
    here, there = begun(broker), begun(broker, back)
    send(broker, *sent)
    (first,) = [*here.batches(mixed(records_of(broker), one))] or [[]]
    window = Window(there.start)
    for batch in there.batches(mixed(records_of(broker), two)):
        for event in batch:
            window.add(event)
    had = first[:n_had]
    place = (0,) * len(here.start)
    if had:
        id = had[-1].frame.split(b"\n")[0].removeprefix(b"id: ").decode()
        found = decoded(there.layout, id)
        assert found is not None
        place = found.offsets
    listener = Listener(window.first, place, window.era)
    frames = window.take(listener).count(b"event: alert")
    assert frames == len(sent) - len(had)
    all_of_it = {(e.index, e.offset) for e in first}
    left = {(e.index, e.offset) for e in first[n_had:]}
    assert all(offset >= place[index] for index, offset in left)
    assert all(offset < place[index] for index, offset in all_of_it - left)


def test_it_begins_some_records_before_the_end_and_a_new_client_goes_on():
    broker = MemoryBroker(2)
    send(broker, *[0] * 5)
    reading, reader = Reading(broker, back=2), broker.reader()
    assert reading.begin(reader) == (True, ())
    assert (reading.start[0], reading.end[0]) == (3, 5)
    assert [len(batch) for batch in reading.batches(reader.poll(0))] == [2]
    send(broker, 0, 1)
    is_new, records = reading.begin(broker.reader())
    assert not is_new
    assert [len(batch) for batch in reading.batches(records)] == [2]
    assert reading.next[:2] == [6, 1]


def test_what_is_no_alert_is_passed_over_and_told():
    broker = MemoryBroker(2)
    reading = begun(broker)
    send(broker, 0, value=b"\xff")
    send(broker, 0, value=None)
    with capture_logs() as logs:
        assert [*reading.batches(records_of(broker)[0])] == [[]]
    assert [row["offset"] for row in logs] == [0]
    assert reading.next[0] == 2


@pytest.mark.parametrize("counts", [3, 1])
def test_other_topics_are_a_new_beginning(counts):
    broker = MemoryBroker(2)
    reading = begun(broker)
    before = reading.layout
    reading._broker = MemoryBroker(counts)
    is_new, _ = reading.begin(reading._broker.reader())
    assert is_new
    assert reading.layout != before
