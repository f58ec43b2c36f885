"""What befell whom: nobody is said to have the fate of somebody else in the same sentence."""

import pytest
from builders import claim, mention
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.messages import Incident, Report, Slot, SlotAnswer
from services.text.happening import FATES, befell, told_of_claim, victims, what_happened, words


def patients(**events):
    """Return a slot of patients by name, each with the events that are told of them."""
    return Slot(
        answers=tuple(
            SlotAnswer(key=name.lower(), label=name, events=told) for name, told in events.items()
        )
    )


@pytest.mark.parametrize(
    ("event", "told", "expected"),
    [
        ("killed", ("wounded",), False),
        ("killed", ("killed", "wounded"), True),
        ("killed", ("airstrike",), True),
        ("killed", (), True),
        ("airstrike", ("wounded",), True),
        ("wounded", ("released",), False),
    ],
)
def test_a_fate_befell_whom_it_is_told_of_and_any_other_event_all(event, told, expected):
    assert befell(event, told) == expected


def test_each_fate_has_words_for_people():
    assert all(words()[fate].befell for fate in FATES)


def test_a_wounded_minister_is_not_told_to_be_killed_beside_two_dead_guards():
    told = told_of_claim(
        claim(
            slots={
                "patient": patients(Bresk=("wounded",), Guards=("killed",)),
                "count.killed": Slot(answers=(SlotAnswer(key="2", label="2", min=2, max=2),)),
            }
        )
    )
    assert told.slots == {"patient": ("Guards",)}
    assert what_happened(told, "confirmed") == "Guards killed, 2 killed in all"


def test_a_claim_whose_only_name_had_another_fate_tells_the_number_alone():
    count = Slot(answers=(SlotAnswer(key="2", label="2", min=2, max=2),))
    slots = {"patient": patients(Bresk=("wounded",)), "count.killed": count}
    told = told_of_claim(claim(slots=slots))
    assert "patient" not in told.slots
    assert what_happened(told, "reported") == "2 people reportedly killed"


NAMES = st.sampled_from(["Bresk", "Vess", "Folk"])
EVENTS = st.sampled_from(["killed", "wounded", "airstrike", "arrested"])


@given(st.dictionaries(NAMES, st.sets(EVENTS, min_size=1)), EVENTS)
def test_of_an_incident_and_of_a_claim_of_the_same_reports_the_same_people_are_named(told, event):
    reports = [
        Report(
            report_id=f"{name}-{each}",
            event=each,
            plover="ASSAULT",
            stance="reported",
            patient=(name,),
            sentence=(0, 1),
            sentence_index=0,
            claim_block="violence:?",
            trigger=(0, 1),
            rule="event/kill@1",
        )
        for name, events in told.items()
        for each in sorted(events)
    ]
    incident = Incident(
        incident_id="i",
        claim_block="violence:?",
        events=(event,),
        reports=tuple(r.report_id for r in reports),
        patient=tuple(told),
        time="news",
        stance="reported",
        quote=(0, 1),
        confidence=1.0,
    )
    named = victims(incident, reports, [mention(name) for name in told], event)
    slots = {"patient": patients(**{n: tuple(sorted(e)) for n, e in told.items()})}
    assert tuple(named) == told_of_claim(claim(event=event, slots=slots)).slots.get("patient", ())


def test_where_and_how_many_are_told_only_with_the_victim_who_is_named():
    def one(key, beside, n=None):
        return SlotAnswer(key=key, label=key.title(), min=n, max=n, beside=beside)

    slots = {
        "patient": Slot(answers=(one("two people", ()), one("osric tane", ("osric tane",)))),
        "place": Slot(answers=(one("the market", ()), one("meris", ("osric tane",)))),
        "agent": Slot(answers=(one("salt front", ()),)),
        "count.killed": Slot(answers=(one("2", (), 2),)),
    }
    told = told_of_claim(claim(slots=slots))
    assert what_happened(told, "confirmed") == "Osric Tane killed in Meris"
    assert told.counts == {"killed": 2}
    unknown = {
        name: Slot(answers=tuple(replace(each, beside=None) for each in slot.answers))
        for name, slot in slots.items()
    }
    older = what_happened(told_of_claim(claim(slots=unknown)), "confirmed")
    assert older == "Osric Tane killed in The Market by Salt Front, 2 killed in all"


def test_a_description_in_the_capitals_of_a_headline_is_no_second_victim():
    told = told_of_claim(
        claim(slots={"patient": patients(**{"Mayor of Meris": (), "Osric Tane": ()})})
    )
    assert what_happened(told, "confirmed") == "Osric Tane killed"
    alone = told_of_claim(claim(slots={"patient": patients(**{"Mayor of Meris": ()})}))
    assert what_happened(alone, "confirmed") == "Mayor of Meris killed"
