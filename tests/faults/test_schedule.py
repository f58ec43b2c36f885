"""Schedules: pure functions of a seed, each with faults that can happen."""

from faults.material import made_up
from faults.schedule import EXCLUSIVE, GROUPS, KINDS, POINTS, REPLAYED, Schedule, draw
from faults.sending import order
from hypothesis import given
from hypothesis import strategies as st

SEEDS = st.integers(0, 10**9)


@given(SEEDS)
def test_a_seed_always_gives_the_same_schedule(seed):
    assert draw(seed) == draw(seed)


@given(SEEDS)
def test_twenty_seeds_in_sequence_have_a_schedule_of_each_kind(seed):
    assert {draw(seed + n).kind for n in range(len(KINDS))} == set(KINDS)


@given(SEEDS)
def test_every_fault_can_happen(seed):
    schedule = draw(seed)
    assert any(fault.kind == schedule.kind for fault in schedule.faults)
    for fault in schedule.faults:
        assert 0 <= fault.at <= 1
        assert fault.seconds <= 13
        if fault.kind == "killed at a point":
            assert fault.target in schedule.services
            assert fault.point in POINTS[fault.target]
            assert fault.nth >= 1
        if fault.kind == "killed at any time":
            assert fault.target in schedule.services
    engines = {fault.kind for fault in schedule.faults} & EXCLUSIVE
    assert engines <= {schedule.kind}
    assert schedule.is_exclusive == bool(engines)


def test_every_group_that_is_read_again_belongs_to_a_service():
    assert set(REPLAYED) <= {group for groups in GROUPS.values() for group in groups}


@given(SEEDS, st.lists(st.sampled_from("abcdefgh"), max_size=30))
def test_messages_overtake_each_other_and_never_those_of_their_own_key(seed, keys):
    (fault,) = (
        f
        for f in draw(KINDS.index("twice and out of order")).faults
        if f.kind == "twice and out of order"
    )
    rows = [(key, str(n).encode()) for n, key in enumerate(keys)]
    sent = order(Schedule(seed, fault.kind, False, (fault,)), rows)
    assert set(sent) == set(rows)
    for key in set(keys):
        own = list(dict.fromkeys(row for row in sent if row[0] == key))
        assert own == [row for row in rows if row[0] == key]


def test_without_that_fault_the_order_is_that_of_the_input():
    rows = [(article.article_id, b"") for article in made_up(1).tagged]
    assert order(Schedule(1, "replay", False, ()), rows) == rows
