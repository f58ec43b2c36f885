"""Blocks that were not used for long leave memory, and come back as they were."""

import pytest
from builders import hours, report, said
from folding import take, updates
from hypothesis import given, settings
from hypothesis import strategies as st

from services.adapters.sqlite_rows import SqliteRows
from services.errors import InvalidMessage
from services.messages import BlockArticle, encode
from services.rows import MemoryRows
from services.tracker.block.blocks import Blocks
from services.tracker.block.machine import FoldMachine

NAMES = ["violence:halvane", "violence:osk", "custody:?"]
TEXTS = [None, "copied text " * 20]


@st.composite
def messages(draw):
    """Return a version of an article of one of three blocks, often an edit or a denial."""
    article, block = draw(st.sampled_from("abcdef")), draw(st.sampled_from(NAMES))
    stance = draw(st.sampled_from(["reported", "claimed", "confirmed", "denied"]))
    told = [report(f"{article}{i}", stance=stance) for i in range(draw(st.integers(0, 2)))]
    version, hour = draw(st.integers(1, 3)), ord(article) * 240
    text = draw(st.sampled_from(TEXTS))
    return said(
        article, *told, version=version, hour=hour, block=block, text=text, seen_at=hours(hour)
    )


def told(out):
    return sorted((o.topic, o.key, o.value) for o in out)


@settings(deadline=None, max_examples=80)
@given(st.lists(messages(), max_size=14), st.sampled_from([None, 1]))
def test_a_machine_that_keeps_no_block_in_memory_tells_the_same(batch, put_off_from):
    whole, least = (FoldMachine(put_off_from=put_off_from, most_live=n) for n in (10**6, 0))
    for message in batch:
        assert told(take(whole, message)) == told(take(least, message))
    assert told(whole.settle()) == told(least.settle())
    assert whole.claims() == least.claims()


@settings(deadline=None, max_examples=30)
@given(st.lists(messages(), max_size=14))
def test_rows_on_disk_tell_the_same_as_rows_in_memory(tmp_path_factory, batch):
    disk = FoldMachine(rows=SqliteRows(tmp_path_factory.getbasetemp()), most_live=0)
    memory = FoldMachine()
    for message in batch:
        assert told(take(disk, message)) == told(take(memory, message))
    assert disk.claims() == memory.claims()


def filled(most_live):
    """Return blocks after three of them were used, each with two articles, in order."""
    machine = FoldMachine(most_live=most_live)
    for name in NAMES:
        take(machine, *(said(f"{name}{i}", report(f"r{i}"), block=name) for i in range(2)))
    return machine._blocks


@pytest.mark.parametrize(("most_live", "live"), [(6, 3), (5, 2), (2, 1), (0, 1)])
def test_the_block_that_was_used_longest_ago_leaves_first(most_live, live):
    blocks = filled(most_live)
    assert list(blocks._live) == NAMES[-live:]


def test_a_block_that_has_something_to_publish_stays():
    machine = FoldMachine(put_off_from=0, most_live=0)
    for name in NAMES:
        take(machine, said(f"{name}a", report("r"), block=name))
    assert len(machine._blocks._live) == 3
    assert len(updates(machine.settle())) == 3
    assert len(machine._blocks._live) == 1


def test_folding_is_counted_also_of_blocks_that_left():
    assert filled(0).n_folded >= filled(10).n_folded > 0


def test_a_row_that_holds_nothing_is_refused():
    empty = encode(BlockArticle(block="violence:osk", versions=()))
    with pytest.raises(InvalidMessage, match="holds nothing"):
        Blocks(MemoryRows()).restore("violence:osk|a", empty)
