"""Blocks that were not used for long leave memory, and come back as they were."""

import gc
from datetime import timedelta

import msgspec
import pytest
from builders import hours, judgement, report, said
from folding import take, updates
from hypothesis import given, settings
from hypothesis import strategies as st

from services.adapters.sqlite_rows import SqliteRows
from services.errors import InvalidMessage
from services.messages import BlockArticle, encode
from services.ports import Record
from services.rows import MemoryRows
from services.settings import Settings
from services.tracker.block.block import Block
from services.tracker.block.blocks import Blocks, Room
from services.tracker.block.machine import FoldMachine
from services.tracker.claims import rules
from services.tracker.claims.rules import archive
from services.tracker.grouping.judgements import Judged, route_judgement

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
    whole, least = (FoldMachine(put_off_from=put_off_from, room=Room(n)) for n in (10**6, 0))
    for message in batch:
        assert told(take(whole, message)) == told(take(least, message))
    assert told(whole.settle()) == told(least.settle())
    assert whole.claims() == least.claims()


@settings(deadline=None, max_examples=30)
@given(st.lists(messages(), max_size=14))
def test_rows_on_disk_tell_the_same_as_rows_in_memory(tmp_path_factory, batch):
    disk = FoldMachine(rows=SqliteRows(tmp_path_factory.getbasetemp()), room=Room(0))
    memory = FoldMachine()
    for message in batch:
        assert told(take(disk, message)) == told(take(memory, message))
    assert disk.claims() == memory.claims()


def filled(most_live):
    """Return blocks after three of them were used, each with two articles, in order."""
    machine = FoldMachine(room=Room(most_live))
    for name in NAMES:
        take(machine, *(said(f"{name}{i}", report(f"r{i}"), block=name) for i in range(2)))
    return machine._blocks


@pytest.mark.parametrize(("most_live", "live"), [(6, 3), (5, 2), (2, 1), (0, 1)])
def test_the_block_that_was_used_longest_ago_leaves_first(most_live, live):
    blocks = filled(most_live)
    assert list(blocks._live) == NAMES[-live:]


def test_partitions_share_the_room_and_a_dropped_one_leaves_it():
    room = Room(4)
    machines = [FoldMachine(room=room) for _ in range(2)]
    for name in NAMES[:2]:
        for machine in machines:
            take(machine, *(said(f"{name}{i}", report(f"r{i}"), block=name) for i in range(2)))
    assert [list(machine._blocks._live) for machine in machines] == [NAMES[1:2]] * 2
    del machines[1], machine
    gc.collect()
    take(machines[0], said("a", report("r"), block=NAMES[2]))
    assert list(machines[0]._blocks._live) == NAMES[1:]


def test_a_block_that_has_something_to_publish_stays():
    machine = FoldMachine(put_off_from=0, room=Room(0))
    for name in NAMES:
        take(machine, said(f"{name}a", report("r"), block=name))
    assert len(machine._blocks._live) == 3
    assert len(updates(machine.settle())) == 3
    assert len(machine._blocks._live) == 1


def test_a_block_of_which_only_stubs_are_left_leaves_memory_at_once():
    machine = leaving()
    take(machine, on_day(0, "a"), on_day(0, "b", "custody:?"))
    for day in (STAY + 1, STAY + 2):
        take(machine, on_day(day, f"other{day}", "violence:halvane"))
    assert list(machine._blocks._live) == ["violence:halvane"]
    (told,) = updates(take(machine, on_day(1, "no", stance="denied")))
    assert (told.status, told.article_ids) == ("disputed", ("a", "no"))
    assert list(machine._blocks._live) == ["violence:halvane"]


def test_a_claim_of_several_blocks_that_has_ended_is_not_kept_in_memory():
    machine = leaving()
    take(machine, on_day(0, "a"))
    (claim,) = machine.claims()
    live = machine._blocks["violence:osk"]
    for claim_id in (claim.claim_id, "ended"):
        live.gathered[claim_id] = Judged((), ()), claim
    take(machine, on_day(0, "b"))
    assert [*live.gathered] == [claim.claim_id]


def test_folding_is_counted_also_of_blocks_that_left():
    assert filled(0).n_folded >= filled(10).n_folded > 0


def test_a_row_that_holds_nothing_is_refused():
    empty = encode(BlockArticle(block="violence:osk", versions=()))
    with pytest.raises(InvalidMessage, match="holds nothing"):
        Blocks(MemoryRows()).restore("violence:osk|a", empty)


STAY = 60
"""Days that articles stay: their claims close after 30."""


def leaving(rows=None):
    stay = timedelta(days=STAY)
    return FoldMachine(lambda name: Block(name, archive(stay)), rows=rows, stay=stay)


def on_day(day, article, block="violence:osk", **kw):
    return said(article, report(f"r-{article}", **kw), hour=24 * day, block=block)


def kept(out):
    """Return the keys of the rows of state after compaction."""
    rows = {o.key: o.value for o in out if o.topic == "tracker-state"}
    return {key for key, value in rows.items() if value is not None}


def test_the_setting_has_the_default_of_the_rules():
    assert Settings().claim_days == rules.STAY.days


@pytest.mark.parametrize(("days", "is_kept"), [(STAY, True), (STAY + 1, False)])
def test_a_claim_of_a_block_to_which_nothing_came_gives_way_to_a_stub(days, is_kept):
    machine = leaving()
    out = take(machine, on_day(0, "a"))
    (before,) = machine.claims()
    out += take(machine, on_day(days, "other", "violence:halvane"))
    assert ("violence:osk|a" in kept(out)) == is_kept
    assert (f"violence:osk|!{before.claim_id}" in kept(out)) != is_kept
    assert msgspec.structs.replace(before, version=0) in [
        msgspec.structs.replace(claim, version=0) for claim in machine.claims()
    ]
    assert len(updates(out)) == 2


def test_a_claim_that_an_analyst_judged_stays_and_is_looked_at_again_later():
    machine = leaving()
    out = take(machine, on_day(0, "a", "violence:halvane"))
    (claim,) = machine.claims()
    note = msgspec.structs.replace(judgement("note", reports=("r-a",)), claim_id=claim.claim_id)
    for one in route_judgement(Record("judgements", 0, 0, None, encode(note))):
        out += machine.step(Record("reports", 0, 0, one.key, one.value))
    for day in range(STAY + 1, STAY + 60):
        out += take(machine, on_day(day, f"other{day}"))
    assert "violence:halvane|a" in kept(out)
    assert claim.claim_id in {found.claim_id for found in machine.claims()}


def test_old_articles_of_a_claim_that_goes_on_stay_and_are_looked_at_together():
    machine = leaving()
    days = range(0, STAY + 20, 5)
    out = take(machine, *(on_day(day, f"a{day:03}") for day in days))
    out += take(machine, on_day(STAY + 21, "other", "violence:halvane"))
    assert {f"violence:osk|a{day:03}" for day in days} <= kept(out)
    assert machine._blocks._leaving.due(hours(24 * (STAY + 21)).toordinal(), 9) == []


def test_a_denial_disputes_a_claim_that_left_with_its_quiet_block():
    machine = leaving()
    take(machine, on_day(0, "a"), on_day(STAY + 1, "other", "violence:halvane"))
    (told,) = updates(take(machine, on_day(1, "no", stance="denied")))
    assert (told.status, told.article_ids) == ("disputed", ("a", "no"))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.sampled_from(NAMES), st.sampled_from("abcdefgh")),
        max_size=10,
        unique_by=lambda t: t[2],
    ).map(sorted),
    st.integers(0, 10),
)
def test_a_restart_at_any_step_gives_the_same_claims_also_beyond_the_stay(days, cut):
    batch = [on_day(day, article, block) for day, block, article in days]
    whole, first, second = leaving(), leaving(), leaving()
    take(whole, *batch)
    for out in take(first, *batch[:cut]):
        if out.topic == "tracker-state":
            second.restore(out.key, out.value)
    take(second, *batch[cut:])
    assert second.claims() == whole.claims()
