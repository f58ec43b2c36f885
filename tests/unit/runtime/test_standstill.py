"""A service ends once its topics are about to be replaced, and for no other mark."""

import pytest
from streams import eventually

from services.adapters.memory import MemoryBroker
from services.messages import DataVersion, encode
from services.ports import Record
from services.runtime.data_version import TOPIC, bring_up, mark, point
from services.runtime.shutdown import SignalStop
from services.runtime.standstill import is_other, watch


def test_a_service_ends_when_all_stand_still_also_if_the_mark_came_before_it_looked():
    for is_before in (True, False):
        broker, stop = MemoryBroker(1), SignalStop()
        bring_up(broker, is_new=True)
        if is_before:
            point(broker, 0, stands_still=True)
        watch(broker, stop)
        if not is_before:
            mark(broker, 3)
            assert not stop.is_set()
            point(broker, 0, stands_still=True)
        eventually(stop.is_set)


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, False),
        ({"generation": 1}, True),
        ({"stands_still": True}, True),
        ({"forgetting": ("a",)}, False),
    ],
)
def test_what_is_marked_for_another_generation_is_not_worked_on(fields, found):
    mark = encode(DataVersion(version=3, **fields))
    assert is_other(Record(TOPIC, 0, 0, "data", mark), 0) is found


def test_a_mark_that_cannot_be_read_ends_nothing():
    assert not is_other(Record(TOPIC, 0, 0, "data", b"?"), 0)
