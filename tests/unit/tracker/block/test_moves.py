"""Where reports went that stood in a claim already told:
every one that moved has a pointer from one claim to the other.
"""

import pytest
from builders import answer, claim, judgement, report, said, speaker
from folding import homes, moved, take, updates
from hypothesis import given, settings
from hypothesis import strategies as st

from services.messages import Claim, encode
from services.ports import Outgoing, Record
from services.tracker.block.machine import FoldMachine
from services.tracker.block.moves import MAX_FROM, Known
from services.tracker.grouping.judgements import route_judgement

KILLED = said("a", report("r1"), hour=0)
STRUCK = said("b", report("r2", event="airstrike"), hour=10)
WOUNDED = said("c", report("r3", event="wounded"), hour=5)


def told_by_id(out):
    return {claim.claim_id: claim for claim in updates(out)}


def restored(out):
    machine = FoldMachine()
    for key, value in {o.key: o.value for o in out if o.topic == "tracker-state"}.items():
        machine.restore(key, value)
    return machine


def test_a_claim_that_a_late_report_takes_something_from_another_for_says_so():
    machine = FoldMachine()
    (killed,) = told_by_id(take(machine, KILLED, STRUCK)).values()
    now = told_by_id(take(machine, WOUNDED))
    assert {c.event: c.split_from for c in now.values()} == {
        "killed": (),
        "wounded": (killed.claim_id,),
    }


def test_where_a_claim_was_split_from_is_told_with_each_update_also_after_a_hand_over():
    machine = FoldMachine()
    out = take(machine, KILLED, STRUCK, WOUNDED)
    later = said("d", report("r4", event="wounded"), hour=6)
    for one in (restored(out), machine):
        (wounded,) = (c for c in told_by_id(take(one, later)).values() if c.event == "wounded")
        assert wounded.split_from


def test_a_split_by_an_analyst_says_where_it_came_from():
    machine = FoldMachine()
    (before,) = told_by_id(take(machine, KILLED, STRUCK)).values()
    made = judgement("split", reports=("r1",), articles=("b",))
    (routed,) = route_judgement(Record("judgements", 0, 0, made.judgement_id, encode(made)))
    now = told_by_id(machine.step(Record("reports", 0, 0, routed.key, routed.value)))
    assert [c.split_from for c in now.values() if c.claim_id != before.claim_id] == [
        (before.claim_id,)
    ]


def test_claims_that_come_together_again_are_split_no_more():
    machine = FoldMachine()
    take(machine, KILLED, STRUCK, WOUNDED)
    made = judgement("merge", reports=("r1",), other_reports=("r2",))
    (routed,) = route_judgement(Record("judgements", 0, 0, made.judgement_id, encode(made)))
    now = told_by_id(machine.step(Record("reports", 0, 0, routed.key, routed.value)))
    assert sorted((c.merged_into is None, c.split_from) for c in now.values())[-1] == (True, ())


def test_a_death_told_as_news_that_a_late_report_proves_old_is_merged_into_the_death_confirmed():
    machine = FoldMachine()
    retold = said("b", report("r2", stance="asserted"), hour=24 * 200)
    (news,) = told_by_id(take(machine, retold)).values()
    confirmed = said("a", report("r1", stance="confirmed", speakers=(speaker("front"),)))
    now = told_by_id(take(machine, confirmed))
    (death,) = (c for c in now.values() if c.merged_into is None)
    assert now[news.claim_id].merged_into == death.claim_id


EVENTS = st.sampled_from(["killed", "wounded", "airstrike", "bombing"])
QUOTES = st.sampled_from(
    [
        "A drone hit the market in Osk.",
        "Gunmen came to the station.",
        "It was at the market.",
        "It was.",
    ]
)


@st.composite
def batches(draw):
    """Articles about a person or a place, in the order they come, some with an edit."""
    patient = draw(st.sampled_from([(answer("halvane"),), ()]))
    n = draw(st.integers(2, 8))
    return [
        said(
            f"a{draw(st.integers(0, n))}",
            report(
                f"r{i}",
                event=draw(EVENTS),
                quote=draw(QUOTES),
                patient=patient,
                place=(answer("halvane", "place"),),
            ),
            version=i + 1,
            hour=24 * draw(st.integers(0, 60)),
        )
        for i in range(n)
    ]


@settings(max_examples=150, deadline=None)
@given(batches(), st.integers(0, 8))
def test_every_report_that_moved_has_a_pointer_from_its_old_claim_to_its_new_one(batch, cut):
    machine = FoldMachine()
    out: list[Outgoing] = []
    known: dict[str, Claim] = {}
    for i, message in enumerate(batch):
        machine = restored(out) if i == cut else machine
        new = take(machine, message)
        out += new
        known |= told_by_id(new)
        for old, now in moved(homes(batch[:i]), homes(batch[: i + 1])):
            assert known[old].merged_into == now or old in known[now].split_from


@pytest.mark.parametrize("n", [MAX_FROM, MAX_FROM + 1])
def test_a_claim_names_the_last_claims_that_it_was_split_from(n):
    sources = tuple(f"s{i:02}" for i in range(n))
    known = Known({"c1": claim()}, {"c1": ()}, {"c1": sources})
    assert known.followed_by(known.claims, known.members).split_from["c1"] == sources[-MAX_FROM:]
