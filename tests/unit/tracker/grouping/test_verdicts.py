"""What the desk calls wrong no longer counts: in any order, after any later report, and again after
a replay, until it is undone.
"""

import msgspec
import pytest
from builders import answer, hours, in_block, report, said, verdict
from hypothesis import given
from hypothesis import strategies as st

from services.messages import WRONG_REASONS, Archived, BlockReports, Verdict, decode, encode
from services.ports import Record
from services.tracker.block.machine import FoldMachine
from services.tracker.block.stubs import found_wrong, told
from services.tracker.claims.fold import fold
from services.tracker.grouping.verdicts import MAX_VERDICTS, route_verdict, wrong_ones

BLOCK = "violence:halvane"
A = said("a", report("r1", incident_id="i1", killed=5))
B = said("b", report("r2", incident_id="i2", killed=7), hour=1)


def messages(*verdicts):
    """Return verdicts as they come to the fold."""
    routed = [
        out
        for v in verdicts
        for out in route_verdict(Record("verdicts", 0, 0, v.verdict_id, encode(v)))
    ]
    return [decode(BlockReports, out.value) for out in routed]


def folded(*verdicts, articles=(A, B)):
    return fold(BLOCK, [in_block(a) for a in (*articles, *messages(*verdicts))])


def whole(reason, **kw):
    """Return a verdict on the claim of r1."""
    about = {"about": "claim", "id": "c1", "claim_id": "c1", "article_id": None}
    return verdict(reason, **(about | {"at": hours(2)} | kw))


def content(claims):
    """Return claims without their version, to which each message adds."""
    return [msgspec.structs.replace(claim, version=0) for claim in claims]


def numbers(claim):
    return [a.key for a in claim.slots["count.killed"].answers] if claim.slots else []


def test_an_incident_that_never_was_counts_no_more_and_the_other_article_still_does():
    (claim,) = folded(verdict("no-event", at=hours(2)))
    assert (claim.status, claim.n_reports, numbers(claim)) == ("reported", 1, ["7"])


@pytest.mark.parametrize("reason", ["no-event", "old"])
def test_a_claim_that_is_called_wrong_is_retracted_and_stays_so_whatever_comes(reason):
    later = said("c", report("r3"), hour=9)
    (claim,) = folded(whole(reason), articles=(A, B, later))
    assert (claim.status, claim.n_reports, claim.n_independent) == ("retracted", 0, 0)
    last = claim.history[-1]
    assert (last.to, last.at, last.rule) == ("retracted", hours(2), f"verdict/{reason}@1")
    assert [step.to for step in claim.history][:1] == ["reported"]


@pytest.mark.parametrize(
    ("reason", "slot"), [("who", "patient"), ("where", "place"), ("number", "count.killed")]
)
def test_a_wrong_answer_is_left_out_and_the_others_stay(reason, slot):
    full = report("r1", incident_id="i1", killed=5, place=(answer("meris", "place"),))
    plain = folded(articles=(said("a", full),))[0].slots
    left = folded(verdict(reason), articles=(said("a", full),))[0].slots
    assert set(plain) - set(left) == {slot}


def test_only_the_answer_that_is_named_is_left_out():
    (claim,) = folded(whole("number", keys=("count.killed:7",)))
    assert numbers(claim) == ["5"]


def test_a_named_wrong_answer_does_not_come_back_with_a_later_article():
    again = said("c", report("r3", killed=7), hour=5)
    (claim,) = folded(whole("number", keys=("count.killed:7",)), articles=(A, B, again))
    assert numbers(claim) == ["5"]


def test_what_was_read_as_a_report_is_a_denial_from_the_verdict_on():
    (claim,) = folded(verdict("denied", at=hours(2)), articles=(A,))
    assert [(step.to, step.at) for step in claim.history] == [
        ("reported", hours(0)),
        ("denied", hours(2)),
    ]
    (claim,) = folded(verdict("denied", at=hours(2)))
    assert claim.status == "disputed"


def test_a_later_report_of_a_claim_whose_reports_were_denials_disputes_it():
    later = said("c", report("r3"), hour=5)
    (claim,) = folded(whole("denied"), articles=(A, later))
    assert claim.status == "disputed"


def test_a_copy_never_adds_an_origin():
    assert folded()[0].n_independent == 2
    (claim,) = folded(verdict("copy", article_id="b", reports=("r2",), id="i2"))
    assert (claim.n_independent, claim.status, claim.n_reports) == (1, "reported", 2)
    (claim,) = folded(whole("copy"), articles=(A, B, said("c", report("r3"), hour=1.5)))
    assert claim.n_independent == 1


def test_a_late_copy_of_a_sentence_that_was_called_wrong_is_wrong_too():
    copy = said("c", report("r9", quote="Sentence  of R1.", incident_id="i9"), hour=3)
    (claim,) = folded(verdict("no-event", at=hours(2)), articles=(A, copy))
    assert (claim.status, claim.n_reports) == ("retracted", 0)


def test_an_edit_that_leaves_the_incident_leaves_the_verdict():
    edited = said("a", report("r1b", incident_id="i1", killed=6), version=2, hour=1)
    article = in_block(A, edited)
    (claim,) = fold(BLOCK, [article, *map(in_block, messages(verdict("no-event", at=hours(2))))])
    assert claim.status == "retracted"


def test_right_and_unwanted_change_no_claim_and_go_to_no_block():
    assert route_verdict(Record("verdicts", 0, 0, "v", encode(verdict()))) == []
    unwanted = verdict(answer="unwanted", watch_id="w")
    assert route_verdict(Record("verdicts", 0, 0, "v", encode(unwanted))) == []


def test_a_verdict_goes_to_each_of_its_blocks():
    both = verdict("old", blocks=("violence:halvane", "custody:meris"))
    out = route_verdict(Record("verdicts", 0, 0, "v", encode(both)))
    assert [one.partition_key for one in out] == ["violence", "custody"]


def test_a_claim_lists_the_verdicts_that_hold_and_no_more_than_its_bound():
    many = [whole("who", note=str(n), keys=("patient:x",)) for n in range(MAX_VERDICTS + 1)]
    (claim,) = folded(*many)
    assert len(claim.verdicts) == MAX_VERDICTS
    (claim,) = folded(*many[:-1])
    assert len(claim.verdicts) == MAX_VERDICTS


def test_of_an_archived_claim_it_holds_that_there_was_no_such_event_and_can_be_undone():
    claim = folded()[0]
    row = Archived(claim=claim, articles={"a": 1, "b": 1})
    wrong, who = whole("no-event"), whole("who")
    assert told(found_wrong(row, who)).status == claim.status
    gone = told(found_wrong(row, wrong))
    assert (gone.status, gone.history[-1].rule) == ("retracted", "verdict/no-event@1")
    undo = whole(None, undoes=wrong.verdict_id)
    assert told(found_wrong(found_wrong(row, wrong), undo)).status == claim.status
    assert found_wrong(found_wrong(row, wrong), wrong) == found_wrong(row, wrong)


def test_an_undo_and_what_it_undoes_may_have_the_same_time():
    wrong = verdict("no-event")
    undo = verdict(undoes=wrong.verdict_id)
    redo = verdict(undoes=undo.verdict_id)
    assert wrong_ones([undo, wrong]) == []
    assert wrong_ones([redo, undo, wrong]) == [wrong]


@st.composite
def streams(draw):
    """Articles of one block, and verdicts on any of them, some of which undo others."""
    articles = [
        said(
            f"a{i}",
            report(
                f"r{i}",
                incident_id=f"i{i}",
                stance=draw(st.sampled_from(["reported", "denied"])),
                killed=draw(st.integers(1, 3)),
                quote=f"Sentence {draw(st.integers(0, 2))}.",
            ),
            hour=draw(st.integers(0, 500)),
        )
        for i in range(draw(st.integers(1, 5)))
    ]
    known: list[Verdict] = []
    for n in range(draw(st.integers(0, 6))):
        at, i = hours(draw(st.integers(0, 500))), draw(st.integers(0, 5))
        if known and draw(st.booleans()):
            undoes = draw(st.sampled_from(known)).verdict_id
            known.append(verdict(at=at, note=str(n), undoes=undoes))
            continue
        about = {"article_id": f"a{i}", "reports": (f"r{i}",), "id": f"i{i}"}
        if draw(st.booleans()):
            about |= {"about": "claim", "claim_id": "c1"}
        known.append(verdict(draw(st.sampled_from(WRONG_REASONS)), at=at, note=str(n), **about))
    return articles, known


def after(given_messages):
    machine = FoldMachine()
    for message in given_messages:
        machine.step(Record("reports", 0, 0, message.article_id, encode(message)))
    return machine.claims()


@given(streams(), st.randoms(use_true_random=False))
def test_reports_and_verdicts_in_any_order_and_repeated_give_the_same_claims(stream, rnd):
    articles, verdicts = stream
    ordered = [*articles, *messages(*verdicts)]
    shuffled = ordered + ordered[::2]
    rnd.shuffle(shuffled)
    assert after(ordered) == after(shuffled)


@given(streams())
def test_undoing_every_verdict_leaves_what_the_articles_say(stream):
    articles, verdicts = stream
    wrong = [v for v in verdicts if v.answer == "wrong"]
    undos = [verdict(at=hours(999), note=v.verdict_id, undoes=v.verdict_id) for v in wrong]
    assert content(folded(*wrong, *undos, articles=articles)) == content(folded(articles=articles))


@given(streams())
def test_nothing_that_is_called_wrong_comes_back_with_a_replay(stream):
    """Articles and verdicts come once more, as when a topic is read from its start."""
    articles, verdicts = stream
    told = [*articles, *messages(*verdicts)]
    assert after([*told, *articles, *messages(*verdicts)]) == after(told)
