"""What a watch asks of claims: each part with a claim that just meets it, and one that does not."""

import pytest
from builders import claim

from services.alerter.condition import holds, unmet
from services.messages import ClaimCondition, Evidence, Slot, SlotAnswer, Transition
from services.query.claims import events_of
from services.text.names import name_key


def slot(*answers: SlotAnswer) -> Slot:
    return Slot(answers=answers)


def toll(n: int) -> SlotAnswer:
    return SlotAnswer(key=str(n), label=str(n), min=n, max=n)


MERIS = SlotAnswer(key="maris", label="Meris", within=("orania", "kostria"))
ATTACK = claim(
    event="airstrike",
    level="claimed",
    n_independent=2,
    confidence=0.6,
    slots={
        "patient": slot(
            SlotAnswer(key="idris-halvane", label="Idris Halvane"),
            SlotAnswer(key=name_key("Sela Varn"), label="Sela Varn"),
        ),
        "agent": slot(SlotAnswer(key="kostria", label="the Kostrian side")),
        "place": slot(MERIS),
        "count.killed": slot(toll(7), toll(9)),
    },
)


@pytest.mark.parametrize(
    ("condition", "is_met"),
    [
        ({"event": ("airstrike",)}, True),
        ({"event": ("killed",)}, True),
        ({"event": ("wounded",)}, False),
        ({"actor": ("idris-halvane",)}, True),
        ({"actor": ("Idris Halvane",)}, True),
        ({"actor": ("kostria",)}, True),
        ({"actor": ("Jana Wirth",)}, False),
        ({"patient": ("Sela Varn",)}, True),
        ({"patient": ("sela-varn",)}, True),
        ({"patient": ("kostria",)}, False),
        ({"agent": ("kostria",)}, True),
        ({"agent": ("idris-halvane",)}, False),
        ({"place": ("Meris",)}, True),
        ({"place": ("orania",)}, True),
        ({"place": ("Kostria",)}, True),
        ({"place": ("Talden",)}, False),
        ({"status": "claimed"}, True),
        ({"status": "corroborated"}, False),
        ({"independent": 2}, True),
        ({"independent": 3}, False),
        ({"killed": 9}, True),
        ({"killed": 10}, False),
        ({"confidence": 0.6}, True),
        ({"confidence": 0.61}, False),
        ({"event": ("killed",), "place": ("Talden",)}, False),
    ],
)
def test_a_claim_meets_a_condition_if_it_meets_each_part(condition, is_met):
    asked = ClaimCondition(**condition)
    assert holds(asked, ATTACK) == is_met
    assert len(list(unmet(asked, ATTACK))) == (0 if is_met else 1)


SHOWN = Evidence(article_id="a1", version=1, quote="The army confirmed it.", mark=(9, 18))


@pytest.mark.parametrize(
    ("status", "shown_by", "asked", "is_met"),
    [
        ("confirmed", (SHOWN,), {}, True),
        ("confirmed", (SHOWN,), {"confidence": 0.4}, True),
        ("confirmed", (SHOWN,), {"confidence": 0.41}, False),
        ("confirmed", (), {}, False),
        ("disputed", (SHOWN,), {}, False),
    ],
)
def test_a_confirmation_with_its_sentence_passes_the_default_bar(status, shown_by, asked, is_met):
    step = Transition(at=None, to=status, report_id="r1", rule="r@1", shown_by=shown_by)
    unsure = claim(status=status, confidence=0.1, history=(step,))
    assert holds(ClaimCondition(**asked), unsure) == is_met


def test_what_is_not_met_is_said_in_words():
    asked = ClaimCondition(place=("Talden",), killed=10, agent=("Jana Wirth",))
    assert list(unmet(asked, ATTACK)) == [
        "it was done by the Kostrian side, not Jana Wirth",
        "it was in Meris, not Talden",
        "it has 9 dead, not 10",
    ]


def test_a_type_of_event_that_is_told_with_the_main_one_meets_a_watch():
    deaths = claim(event="killed", events=("killed", "airstrike"))
    assert holds(ClaimCondition(event=("airstrike",)), deaths)
    assert not holds(ClaimCondition(event=("bombing",)), deaths)


@pytest.mark.parametrize(("confidence", "is_met"), [(0.39, False), (0.4, True), (None, True)])
def test_a_watch_without_a_confidence_asks_for_the_default(confidence, is_met):
    """Data of older versions has none, and passes."""
    assert holds(ClaimCondition(), claim(confidence=confidence)) == is_met


def test_a_number_of_nobody_is_no_event():
    assert events_of(claim(event="clash", slots={"count.killed": slot(toll(0))})) == {"clash"}


@pytest.mark.parametrize(
    ("event", "name", "is_met"),
    [
        ("killed", "Tom Vess", True),
        ("killed", "Lorna Bresk", False),
        ("wounded", "Lorna Bresk", True),
        (None, "Lorna Bresk", True),
    ],
)
def test_a_watch_for_a_death_is_not_met_by_who_was_wounded_beside_the_dead(event, name, is_met):
    some = (("Lorna Bresk", ("wounded",)), ("Tom Vess", ("killed",)))
    answers = (SlotAnswer(key=name_key(n), label=n, events=events) for n, events in some)
    blast = claim(
        slots={
            "patient": slot(*answers),
            "count.wounded": slot(SlotAnswer(key="1", label="1", min=1, max=1)),
        }
    )
    condition = ClaimCondition(event=(event,) if event else (), patient=(name,))
    assert holds(condition, blast) == is_met
