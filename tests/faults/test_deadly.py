"""Ports that kill their process at a named point."""

import signal

import pytest
from faults.deadly import Fuse, armed
from faults.schedule import POINTS
from loops import world_of

from services.adapters.memory import MemoryBroker
from services.ports import Outgoing, TopicPartition


class Killed(Exception):
    """In place of the end of this process."""


def kill(number):
    assert number == signal.SIGKILL
    raise Killed


@pytest.mark.parametrize("point", ["polled", "sent", "flushed", "before-commit", "after-commit"])
def test_the_process_dies_when_it_comes_to_a_point_for_the_second_time(point, tmp_path):
    broker = MemoryBroker()
    world = armed(world_of(broker, tmp_path), Fuse(point, 2, kill))
    producer, consumer = world.broker.producer(), world.broker.consumer("g")
    consumer.subscribe(["alerts"])

    def turn(n):
        producer.send(Outgoing("alerts", "a", b"{}", partition=0))
        producer.flush()
        assert consumer.poll(10, 0.1)
        consumer.commit({TopicPartition("alerts", 0): n})

    turn(1)
    with pytest.raises(Killed):
        turn(2)
    done = broker.groups["g"].committed.get(TopicPartition("alerts", 0))
    assert done == (2 if point == "after-commit" else 1)


def test_every_point_of_a_schedule_is_one_of_the_ports():
    text = armed.__globals__["__doc__"]
    assert all(point in text for points in POINTS.values() for point in points)
