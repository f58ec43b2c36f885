"""What a verdict is made of, and what can't be said."""

import pytest
from builders import START, claim, hours

from services.desk.verdicts import (
    AlreadyUndone,
    Said,
    Subject,
    in_words,
    made,
    on,
    subject_of_alert,
    subject_of_claim,
    subject_of_incident,
    undoing,
)
from services.errors import ConfigError
from services.messages import Alert, Evidence
from services.messages.verdict import MAX_NAMED, NOTE_CHARS

CLAIM = subject_of_claim(
    claim(
        evidence=(Evidence(article_id="a", version=1, report_id="r1", quote="q", mark=(0, 0)),),
    ),
    ["event/kill@1", "event/kill@1"],
)


def said(answer="wrong", reason=None, **kw):
    return Said(answer, kw.pop("by", "mara"), reason, **kw)


def test_a_claim_is_named_by_its_reports():
    verdict = made(CLAIM, said("wrong", "old"), (), START)
    assert (verdict.blocks, verdict.reports) == (("violence:halvane",), ("r1",))
    assert (verdict.event, verdict.rules) == ("killed", ("event/kill@1",))


def test_an_incident_goes_to_its_own_block_and_to_those_of_its_people():
    document = {"incident_id": "i1", "article_id": "a", "claim_block": "violence:meris"}
    reports = [{"claim_block": "violence:halvane", "rule": "x@1"}, {}]
    found = subject_of_incident(document | {"report_ids": ["r1"], "event": "killed"}, reports)
    assert found == Subject(
        "incident", "i1", "a", None, None, ("violence:meris", "violence:halvane"), ("r1",),
        "killed", ("x@1",),
    )  # fmt: skip


def test_a_document_without_its_fields_is_an_incident_of_nothing():
    assert subject_of_incident({}, []) == Subject("incident", "")


def test_an_alert_is_judged_with_its_claim_or_with_its_words_alone():
    alert = Alert(alert_id="x", watch_id="w", watch_version=1, watch_name="W", opened_by=("a", "b"))
    assert subject_of_alert(alert, CLAIM).reports == ("r1",)
    alone = subject_of_alert(alert, None)
    assert (alone.blocks, alone.article_id, alone.watch_id) == ((), "a", "w")


@pytest.mark.parametrize(
    "wrong",
    [
        said("wrong"),
        said("right", "old"),
        said("unwanted"),
        said("wrong", "old", note="a" * (NOTE_CHARS + 1)),
        said("wrong", "who", keys=("place:meris",)),
        said("wrong", "old", keys=("patient:halvane",)),
        said("wrong", "where", keys=tuple(f"place:{n}" for n in range(MAX_NAMED + 1))),
    ],
)
def test_what_says_nothing_or_contradicts_itself_is_refused(wrong):
    with pytest.raises(ConfigError):
        made(CLAIM, wrong, (), START)


@pytest.mark.parametrize(
    "right",
    [
        said("right"),
        said("wrong", "old", note="a" * NOTE_CHARS),
        said("wrong", "who", keys=("patient:halvane", "agent:front")),
        said("wrong", "number", keys=("count.killed:5",)),
    ],
)
def test_what_can_be_said_is_taken(right):
    assert made(CLAIM, right, (), START).by == "mara"


def test_nobody_says_the_same_twice_but_another_may_and_it_may_be_said_again_after_an_undo():
    first = made(CLAIM, said("wrong", "old"), (), START)
    with pytest.raises(ConfigError, match="said so before"):
        made(CLAIM, said("wrong", "old"), [first], START)
    assert made(CLAIM, said("wrong", "old", by="ann"), [first], START).at > first.at
    undo = undoing(first, "ann", [first], START)
    again = made(CLAIM, said("wrong", "old"), [first, undo], START)
    assert on([first, undo, again], "claim", CLAIM.id) == [again]


def test_an_undo_comes_behind_all_that_was_said_though_the_clock_stands_still():
    first = made(CLAIM, said("wrong", "old"), (), hours(5))
    undo = undoing(first, "ann", [first], hours(1))
    assert undo.at > first.at
    assert undo.blocks == first.blocks
    with pytest.raises(AlreadyUndone):
        undoing(first, "mara", [first, undo], hours(6))


def test_who_it_really_is_is_said_of_one_wrong_name():
    one = made(
        CLAIM, said("wrong", "who", keys=("patient:x",), labels=("X",), really=" Y "), (), START
    )
    assert (one.really, in_words(one)) == ("Y", "wrong: wrong who (X; it is Y)")
    for wrong in (
        said("wrong", "who", keys=("patient:x", "agent:y"), really="Y"),
        said("wrong", "who", really="Y"),
        said("wrong", "where", keys=("place:x",), really="Y"),
        said("right", really="Y"),
        said("wrong", "who", keys=("patient:x",), really="Y" * 201),
    ):
        with pytest.raises(ConfigError):
            made(CLAIM, wrong, (), START)
