"""What each watch did with an article, and why."""

import json
from datetime import timedelta

import pytest
from builders import START, claim, tagged

from services.desk.silence import Known, what_watches_did
from services.indexer.documents import _articles
from services.messages import ClaimCondition, Slot, SlotAnswer, Watch
from services.ports import JsonObject

TEXT = "Halvane killed\n\nThe Front said Halvane died in Meris."
ARTICLE: JsonObject = json.loads(_articles(tagged("a1", TEXT, first_seen_at=START))[0].document)
PLACE = {"place": Slot(answers=(SlotAnswer(key="meris", label="Meris"),))}


def watch(id="w", **more):
    return Watch(**{"id": id, "name": id.upper(), "query": "halvane"} | more)


def did(*watches, **known):
    return [
        (each.watch_id, each.outcome, *each.reasons)
        for each in what_watches_did(watches, Known(ARTICLE, **known))
    ]


def asks(**condition):
    return ClaimCondition(**{"confidence": 0.0} | condition)


@pytest.mark.parametrize(
    ("query", "outcome"),
    [
        ("halvane", "silent"),
        ("title:killed", "silent"),
        ("title:meris", "elsewhere"),
        ('"halvane died"', "silent"),
        ('"killed the front"', "elsewhere"),
        ("somebody", "elsewhere"),
        ("halvane AND (", "elsewhere"),
    ],
)
def test_words_are_found_as_watches_find_them(query, outcome):
    assert did(watch(query=query))[0][1] == outcome


def test_a_condition_says_what_the_claim_lacks():
    condition = asks(event=("arrested",), independent=2)
    ((_, outcome, why),) = did(watch(query=None, claim=condition), claims=[claim(slots=PLACE)])
    assert outcome == "silent"
    assert "the event is arrests, and here it is deaths" in why
    assert "at least 2 independent sources, and here it is 1" in why


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"block": "violence:?"}, "Nobody is named whom it befell."),
        ({"status": "denied"}, "It was denied."),
        ({"status": "retracted"}, "It was taken back."),
        ({}, "It was told already, or it is a copy, or it brought nothing new."),
    ],
)
def test_a_condition_that_is_met_may_be_silent_too(more, words):
    found = did(watch(query=None, claim=asks(event=("killed",))), claims=[claim(**more)])
    assert found == [("w", "silent", words)]


def test_an_article_without_a_claim_meets_no_condition():
    assert did(watch(query=None, claim=asks(event=("killed",)))) == [
        ("w", "silent", "The article is in no claim.")
    ]


def test_what_was_held_back_says_why_and_a_copy_only_if_nothing_else_does():
    rows = [{"watch_id": "w", "reason": reason, "detail": ""} for reason in ("copy", "passing")]
    assert did(watch(), held=rows) == [("w", "held", "The words stand only in passing.")]
    assert did(watch(), held=rows[:1]) == [("w", "held", "It is a copy of what was told.")]


@pytest.mark.parametrize(("later", "reason"), [(1, "seen before the watch"), (0, "told already")])
def test_a_watch_that_was_saved_later_was_not_asked(later, reason):
    saved = watch(saved_at=START + timedelta(seconds=later))
    assert reason in did(saved)[0][2]


def test_alerts_come_first_and_what_has_no_word_last():
    watches = (watch("z", query="somebody"), watch("off", enabled=False), watch("told"))
    found = did(*watches, alerts=[{"watch_id": "told", "alert_id": "a", "last_text": "Told."}])
    assert found == [
        ("told", "alerted"),
        ("off", "silent", "It is switched off."),
        ("z", "elsewhere"),
    ]


def test_a_document_that_lacks_everything_holds_no_words():
    assert what_watches_did([watch()], Known({}))[0].outcome == "elsewhere"
