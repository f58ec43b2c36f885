"""Claims of two blocks that meet: what is published when they do, and when they part."""

from builders import answer, hours, judgement, report, said
from folding import take, updates

from services.messages import encode
from services.ports import Record
from services.tracker.block.blocks import Room
from services.tracker.block.machine import FoldMachine

OSK = answer("osk", type="place", precision="town")


def at_the_place(hour=0, version=1, *, names=("osk", "werrin"), article="flash", **kw):
    """Return an article that names only the place."""
    one = report(f"r-{article}", patient=(), place=(OSK,), names=names, incident_id="i1", **kw)
    return said(
        article, one, block="violence:osk", hour=hour, version=version, seen_at=hours(version)
    )


def of_the_victim(hour=2, **kw):
    """Return an article that names the victim."""
    one = report("r-name", place=(OSK,), names=("halvane", "osk", "werrin"), incident_id="i2", **kw)
    return said("name", one, block="violence:halvane", hour=hour)


def test_a_name_that_comes_later_takes_over_the_claim_of_the_place():
    machine = FoldMachine()
    (flash,) = updates(take(machine, at_the_place()))
    told = {claim.claim_id: claim for claim in updates(take(machine, of_the_victim()))}
    ended = told.pop(flash.claim_id)
    (claim,) = told.values()
    assert claim.block == "violence:halvane"
    assert claim.article_ids == ("flash", "name")
    assert claim.opened_at == flash.opened_at
    assert ended.merged_into == claim.claim_id
    assert ended.version > flash.version
    assert [c.claim_id for c in machine.claims()] == [claim.claim_id]


def test_a_report_of_the_place_joins_the_claim_of_the_victim():
    machine = FoldMachine()
    (first,) = updates(take(machine, of_the_victim()))
    (claim,) = updates(take(machine, at_the_place(4)))
    assert (claim.claim_id, claim.n_reports) == (first.claim_id, 2)
    assert claim.version > first.version


def test_an_edit_that_parts_two_claims_raises_both_versions():
    machine = FoldMachine()
    (flash,) = updates(take(machine, at_the_place()))
    _, claim = sorted(updates(take(machine, of_the_victim())), key=lambda c: c.merged_into is None)
    edited = at_the_place(version=2, names=("lund",))
    parted = {c.claim_id: c for c in updates(take(machine, edited))}
    assert parted[claim.claim_id].article_ids == ("name",)
    assert parted[claim.claim_id].version > claim.version
    assert parted[flash.claim_id].split_from == (claim.claim_id,)
    assert parted[flash.claim_id].version > 2


def test_a_claim_that_an_analyst_split_meets_no_other():
    machine = FoldMachine()
    take(machine, of_the_victim(), at_the_place(4))
    apart = judgement("split", reports=("r-name",), articles=("flash",))
    message = said("judgement:j", block="violence:halvane", judgement=apart)
    machine.step(Record("reports", 0, 0, "j", encode(message)))
    assert sorted(c.article_ids for c in machine.claims()) == [("flash",), ("name",)]


def test_claims_meet_again_after_a_restart():
    first, second = FoldMachine(), FoldMachine()
    for out in take(first, at_the_place(), of_the_victim()):
        if out.topic == "tracker-state":
            second.restore(out.key or "", out.value)
    assert second.claims() == first.claims()
    (claim,) = updates(take(second, at_the_place(5, article="more")))
    assert claim.article_ids == ("flash", "name", "more")


def test_a_block_that_is_not_in_memory_still_meets():
    machine = FoldMachine(room=Room(1))
    for i in range(5):
        take(machine, said(f"x{i}", report(f"x{i}"), block=f"violence:x{i}"))
    take(machine, at_the_place())
    for i in range(5, 9):
        take(machine, said(f"x{i}", report(f"x{i}"), block=f"violence:x{i}"))
    told = updates(take(machine, of_the_victim()))
    assert ("flash", "name") in [claim.article_ids for claim in told]


def test_an_unchanged_claim_is_not_told_again_when_others_meet():
    machine = FoldMachine()
    take(machine, said("z", report("z"), block="violence:halvane", hour=-900), at_the_place())
    told = updates(take(machine, of_the_victim()))
    assert "z" not in {i for claim in told for i in claim.article_ids}
