"""Rows of the tracker go to the partition of their family, once. Claims stay."""

import pytest
from builders import claim, in_block, said
from loops import everything, send

from services.adapters.memory import MemoryBroker
from services.messages import encode
from services.ports import Outgoing, partition_of
from services.runtime.by_family import move_to_families

N = 5
BLOCKS = [f"violence:person-{i}" for i in range(6)]


@pytest.fixture
def broker():
    """A broker with a row and a claim of each block, in the partition of the block."""
    found = MemoryBroker(partitions=N)
    for block in BLOCKS:
        row = encode(in_block(said("a", block=block)))
        told = encode(claim(claim_id=f"c-{block}", block=block))
        send(found, Outgoing("tracker-state", f"{block}|a", row, partition_key=block))
        send(found, Outgoing("claims", f"c-{block}", told, partition_key=block))
    return found


def held(broker):
    """Return by partition and key the last row that is no tombstone."""
    last = {(r.partition, r.key): r.value for r in everything(broker, "tracker-state")}
    return {place: value for place, value in last.items() if value is not None}


def test_each_row_is_in_the_partition_of_its_family_and_nowhere_else(broker):
    before = {key: value for (_, key), value in held(broker).items()}
    move_to_families(broker)
    after = held(broker)
    assert {partition for partition, _ in after} == {partition_of("violence", N)}
    assert {key: value for (_, key), value in after.items()} == before


def test_what_was_moved_is_not_moved_again(broker):
    move_to_families(broker)
    n = len(everything(broker, "tracker-state"))
    move_to_families(broker)
    assert len(everything(broker, "tracker-state")) == n


def test_no_reader_of_claims_gets_a_tombstone(broker):
    move_to_families(broker)
    assert [record.value for record in everything(broker, "claims") if not record.value] == []
