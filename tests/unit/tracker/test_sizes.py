"""Rows of state and claims stay below the limit of a message,
however dense an article is and however often it is edited.
"""

from functools import partial

import msgspec
import pytest
from builders import answer, claim, dense, hours, in_block, report, said

from services.messages import BlockArticle, Claim, Evidence, Slot, SlotAnswer, decode, encode
from services.messages.limits import BLOCK_REPORTS_BYTES, CLAIM_BYTES, MESSAGE_BYTES, TOUCHED_BYTES
from services.ports import Outgoing, Record
from services.tracker.block.machine import FoldMachine
from services.tracker.claims.bounds import bounded_claim
from services.tracker.claims.fold import fold
from services.tracker.reports.versions import MAX_VERSIONS, with_version
from services.tracker.route import RouteMachine, route


def through(*articles):
    """Send articles through route and fold; return all that both write, by topic and key."""
    machines = (RouteMachine(), FoldMachine(put_off_from=0))
    written: dict[tuple[str, str | None], bytes | None] = {}
    waiting: list[Outgoing] = []
    for article in articles:
        waiting += machines[0].step(Record("tagged-articles", 0, 0, "a1", encode(article)))
    for out in waiting:
        told = (
            machines[1].step(Record("reports", 0, 0, out.key, out.value))
            if out.topic == "reports"
            else [out]
        )
        written |= {(one.topic, one.key): one.value for one in told}
    return written


def test_the_densest_article_edited_eight_times_is_a_row_that_can_be_read():
    written = through(*(dense(version) for version in range(1, MAX_VERSIONS + 2)))
    row = decode(BlockArticle, written["tracker-state", "violence:halvane|a1"])
    assert len(row.versions) == MAX_VERSIONS
    assert len(written["tracker-state", "violence:halvane|a1"]) > MESSAGE_BYTES * 0.7, (
        "as large as they come"
    )
    assert all(v.cut > 0 for v in row.versions)


@pytest.mark.parametrize("cut", [0, 1])
def test_reports_of_a_block_are_kept_up_to_their_bound_and_what_is_left_out_is_counted(cut):
    whole = dense(1, n=3000)
    (message,) = route(whole, None)
    kept = len(message.reports)
    (inside,) = route(msgspec.structs.replace(whole, reports=whole.reports[: kept + cut]), None)
    assert (len(inside.reports), inside.cut) == (kept, cut)
    assert sum(len(msgspec.json.encode(r)) + 1 for r in inside.reports) <= BLOCK_REPORTS_BYTES


def test_an_article_of_thousands_of_blocks_edited_eight_times_is_remembered_within_the_limit():
    long = "x" * 400

    def block(version, i):
        return f"violence:{long}{version:02}-{i:04}"

    edits = [dense(v, n=2000, block=partial(block, v)) for v in range(1, MAX_VERSIONS + 4)]
    known = RouteMachine()
    seen = [known.step(Record("tagged-articles", 0, 0, "a1", encode(article))) for article in edits]
    assert all(len(out.value or b"") < MESSAGE_BYTES for messages in seen for out in messages)
    first = [out for out in seen[0] if out.topic == "reports"]
    assert len(first) == TOUCHED_BYTES // len(f'"violence:{long}01-1000",'), (
        "what can't be withdrawn is not sent"
    )


def test_an_older_version_keeps_whole_only_what_no_later_one_says():
    both = [report("kept", quote="It happened."), report("gone", quote="Nine died.")]
    row = with_version(
        in_block(said("a", *both, version=1)),
        said("a", report("kept", quote="It did happen."), version=2),
    )
    first, second = row.versions
    assert [(r.report_id, r.quote) for r in first.reports] == [("kept", ""), ("gone", "Nine died.")]
    assert [(r.report_id, r.quote) for r in second.reports] == [("kept", "It did happen.")]


def test_what_an_edit_withdrew_is_told_with_the_words_that_it_had():
    row = with_version(
        in_block(said("a", report("r1", quote="Nine died."), version=1)),
        said("a", version=2, seen_at=hours(3)),
    )
    (withdrawn,) = fold("violence:halvane", [row])
    assert (withdrawn.status, withdrawn.evidence[0].quote) == ("retracted", "Nine died.")


def victims(n, quote="x" * 900):
    """Return a claim with so many victims, each with a sentence."""
    sentence = Evidence(article_id="a1", version=1, quote=quote, mark=(0, 1))
    answers = tuple(
        SlotAnswer(key=f"victim-{i:05}", label=f"Victim {i:05}", evidence=(sentence,))
        for i in range(n)
    )
    return claim(slots={"patient": Slot(answers=answers)}, n_reports=n)


def just(n_bytes):
    """Return a claim of so many bytes."""
    base = victims(800)
    return msgspec.structs.replace(base, block=base.block + "x" * (n_bytes - len(encode(base))))


def test_a_claim_of_the_greatest_size_is_told_whole_and_one_of_a_byte_more_is_cut():
    assert bounded_claim(just(CLAIM_BYTES)) == just(CLAIM_BYTES)
    cut = bounded_claim(just(CLAIM_BYTES + 1))
    assert cut.cut.startswith("slots.patient: ")
    assert len(encode(cut)) < CLAIM_BYTES


def test_of_too_large_a_claim_the_first_and_last_answers_are_told_and_counts_are_of_all():
    cut = bounded_claim(victims(5000))
    kept = cut.slots["patient"].answers
    assert (kept[0].key, kept[-1].key, cut.n_reports) == ("victim-00000", "victim-04999", 5000)
    assert cut.cut == f"slots.patient: {5000 - len(kept):,} of 5,000"


def test_an_answer_that_alone_is_too_large_is_left_out_with_its_slot():
    whole = victims(1, quote="x" * CLAIM_BYTES)
    assert bounded_claim(whole).slots == {}


def test_a_claim_too_large_to_be_told_whole_is_the_same_in_any_order_of_its_reports():
    def names(i):
        return tuple(answer(f"victim-{i}-{j}", label="V" * 300) for j in range(60))

    articles = [
        in_block(said(f"a{i:03}", report(f"r{i}", patient=names(i), quote="q" * 900), hour=i / 100))
        for i in range(40)
    ]
    forward, backward = fold("violence:halvane", articles), fold("violence:halvane", articles[::-1])
    assert forward == backward
    assert any(isinstance(one, Claim) and one.cut for one in forward)
