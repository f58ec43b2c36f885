"""Why there is an alert: in words, and also where little is known of it."""

from typing import get_args

import pytest
from builders import claim
from msgspec.structs import replace
from policing import alert

from services.desk.why import REASONS, Sources, parts_of, spoken, why
from services.messages import ClaimCondition, Slot, SlotAnswer, Suppressed, SuppressReason, Watch

PLACE = SlotAnswer(key="meris", label="Meris", within=("halland",))
KILLED = claim(
    event="killed",
    level="claimed",
    status="disputed",
    n_independent=2,
    confidence=0.5,
    slots={
        "patient": Slot(answers=(SlotAnswer(key="idris-halvane", label="Idris Halvane"),)),
        "place": Slot(answers=(PLACE,)),
        "count.killed": Slot(answers=(SlotAnswer(key="9", label="9", min=9, max=9),)),
    },
)
ASKED = ClaimCondition(
    event=("bombing",),
    patient=("idris-halvane",),
    agent=("salt-front",),
    place=("halland",),
    status="confirmed",
    independent=2,
    killed=10,
    confidence=0.5,
)
WATCH = Watch(id="w", name="Leaders", query="halvane", claim=ASKED, version=1)
TEXT = "Halvane killed\n\nThe Front said Halvane died in Meris."
ARTICLE = {"article_id": "a1", "title": "Halvane killed", "text": TEXT, "outlet": "Post"}


def test_each_part_of_a_condition_says_what_is_asked_and_what_there_is():
    found = {part.asks: (part.has, part.is_met) for part in parts_of(ASKED, KILLED)}
    assert found == {
        "the event is bombing": ("deaths", False),
        "it befell Idris Halvane": ("Idris Halvane", True),
        "it was done by Salt Front": ("nobody is named", False),
        "it was in Halland": ("Meris", True),
        "at least confirmed": ("claimed", False),
        "at least 2 independent sources": ("2", True),
        "at least 10 killed": ("9", False),
        "read with 50% confidence or more": ("50%", True),
    }


@pytest.mark.parametrize(("confidence", "is_met"), [(0.49, False), (0.5, True), (None, True)])
def test_a_confidence_is_met_from_its_bound_on(confidence, is_met):
    *_, last = parts_of(ASKED, replace(KILLED, confidence=confidence))
    assert last.is_met == is_met


def test_the_words_of_the_watch_are_marked_where_they_stand():
    found = why(alert("first"), Sources(watch=WATCH, articles=[ARTICLE], claims=[KILLED]))
    (words,) = found.words
    assert [words.text[start:end].lower() for start, end in words.marks] == ["halvane"]
    assert found.notes == (
        "The event is shown as it is now; it may have had less when the alert was opened.",
    )


def test_what_cannot_be_told_is_said():
    assert "gone" in why(alert("first"), Sources()).notes[0]
    changed = why(alert("first"), Sources(watch=replace(WATCH, version=2), articles=[{}]))
    assert len(changed.notes) == 2
    assert changed.words == ()


def test_every_reason_to_hold_something_back_has_words():
    assert set(get_args(SuppressReason)) <= set(REASONS)
    row = Suppressed(suppressed_id="s", watch_id="w", reason="copy", detail="of a2")
    (held,) = why(alert("first"), Sources(suppressed=[row])).held
    assert held.why == REASONS["copy"]


@pytest.mark.parametrize(
    ("key", "name"),
    [("salt-front", "Salt Front"), ("meris", "Meris"), ("Salt Front", "Salt Front"), ("", "")],
)
def test_a_key_is_spoken_as_a_name(key, name):
    assert spoken(key) == name
