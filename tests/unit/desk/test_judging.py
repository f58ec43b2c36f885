"""Judgements are made behind those before them, and only of what can be judged."""

import pytest
from builders import START, claim, hours, judgement

from services.desk.judging import (
    MOST_ARTICLES,
    MOST_LETTERS,
    STEP,
    Wanted,
    in_force,
    judged,
    undoing,
)
from services.errors import ConfigError
from services.messages import Evidence
from services.tracker.grouping.judgements import in_force as still_in_force

CLAIM = claim(
    article_ids=("a", "b", "c"),
    evidence=(Evidence(article_id="a", version=1, report_id="r1", quote="x", mark=(0, 1)),),
)


def made(kind="note", why="it is so", now=START, about=CLAIM, salt="s", **kw):
    return judged(about, Wanted(kind, "mara", why, **kw), now, salt)


def test_a_judgement_is_about_the_reports_of_its_claim():
    one = made("split", articles=("b",))
    assert (one.reports, one.articles, one.by, one.block) == (
        ("r1",),
        ("b",),
        "mara",
        CLAIM.block,
    )


def test_a_judgement_comes_behind_those_before_it_though_the_clock_stands():
    before = claim(judgements=(judgement("note", at=hours(3)),))
    assert made(about=before, now=hours(3)).at == hours(3) + STEP
    assert made(about=before, now=hours(4)).at == hours(4)
    assert undoing(before.judgements[0], "bo", "no", hours(1), "s").at == hours(3) + STEP


def test_a_dismissal_after_an_undone_one_holds_though_the_clock_stands():
    first = made("dismiss", salt="1")
    undo = undoing(first, "mara", "no", hours(0), "2")
    again = made("dismiss", salt="3")
    assert still_in_force([first, undo]) == []
    assert still_in_force([again, undo, first]) == [again]


def test_an_undo_goes_to_the_block_of_what_it_takes_back():
    old = judgement("dismiss", reports=("r7",))
    undo = undoing(old, "bo", "no", hours(9), "s")
    assert (undo.block, undo.reports, undo.undoes) == (old.block, ("r7",), old.judgement_id)


def test_only_a_judgement_of_the_claim_is_in_force():
    note = judgement("note")
    assert in_force(claim(judgements=(note,)), note.judgement_id) == note
    assert in_force(claim(), note.judgement_id) is None


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"why": " "}, "say why"),
        ({"why": "x" * (MOST_LETTERS + 1)}, "2,000 characters"),
        ({"kind": "split"}, "choose the articles"),
        ({"kind": "split", "articles": ("z",)}, "has no article z"),
        ({"kind": "split", "articles": ("a", "b", "c")}, "nothing would be left"),
        ({"kind": "split", "articles": ("a",) * (MOST_ARTICLES + 1)}, "at most 200 articles"),
        ({"kind": "merge"}, "name the claim"),
        ({"kind": "merge", "other": CLAIM}, "is one claim already"),
        ({"kind": "merge", "other": claim(claim_id="c2", block="x:y")}, "only claims of one block"),
    ],
)
def test_what_can_not_be_judged_is_refused(wanted, reason):
    with pytest.raises(ConfigError, match=reason):
        made(**wanted)


def test_the_longest_reason_is_taken():
    assert len(made(why="x" * MOST_LETTERS).why) == MOST_LETTERS
