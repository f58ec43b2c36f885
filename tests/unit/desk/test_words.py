"""People read names, never keys: every event and question has words."""

import msgspec
import pytest
from builders import claim

from services.desk.documents import alert_of, claim_of
from services.desk.words import befallen, claim_sentence, event_name, question, slot_order
from services.indexer.documents import BUILDERS
from services.messages import Slot, SlotAnswer
from services.messages.events import EVENTS
from services.ports import JsonObject


def slot(*labels, **kw):
    return Slot(answers=tuple(SlotAnswer(key=label.lower(), label=label) for label in labels), **kw)


def test_a_claim_is_told_subject_first_as_alerts_tell_it():
    slots = {
        "patient": slot("Idris Halvane"),
        "place": slot("Meris"),
        "agent": slot("the Salt Front", "the army", disputed=True),
        "count.killed": Slot(answers=(SlotAnswer(key="9", label="9", min=9, max=9),)),
    }
    assert claim_sentence(claim(slots=slots, status="disputed")) == (
        "Idris Halvane reportedly killed in Meris by the Salt Front or, by other accounts, the "
        "army, 9 killed in all"
    )
    assert claim_sentence(claim(slots={}, status="confirmed")) == "Deaths"


def test_a_slot_without_answers_is_told_as_none():
    assert claim_sentence(claim(slots={"count.killed": Slot(), "place": Slot()})) == (
        "Deaths reported"
    )


def test_every_event_has_a_name_without_hyphens_or_capitals():
    for event in EVENTS:
        assert event_name(event) == event_name(event).lower()
        assert "-" not in event_name(event) + befallen(event)
    assert event_name("what-nobody-knows") == "what nobody knows"


def test_questions_come_in_the_order_in_which_one_asks():
    asked = ["instrument", "count.killed", "agent", "patient", "odd-one", "place"]
    assert [question(name) for name in sorted(asked, key=slot_order)] == [
        "Who was affected",
        "Where",
        "How many killed",
        "By whom",
        "By what means",
        "Odd one",
    ]


@pytest.mark.parametrize(
    "document", [None, {}, {"whole": None}, {"whole": {"claim_id": 1}}, {"whole": "x"}]
)
def test_a_document_without_its_message_is_none(document: JsonObject | None):
    assert claim_of(document) is None
    assert alert_of(document) is None


def test_a_document_holds_its_claim():
    (action,) = BUILDERS["claims"][1](claim())
    assert claim_of(msgspec.json.decode(action.document)) == claim()
