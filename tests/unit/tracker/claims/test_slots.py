"""Slots: which answers dispute each other, and how many sentences an answer quotes."""

import pytest
from builders import answer, hours, report, said

from services.tracker.claims.slots import MAX_BESIDE, MAX_EVIDENCE, Said, slots

KM_OF_A_DEGREE = 111.2
"""Kilometres between two degrees of latitude."""


def spoken(n, **kw):
    """Return what voice number `n` reports."""
    one = report(f"r{n}", **kw)
    return Said(said(f"a{n}", one, hour=n), one, n, f"voice{n}", hours(n))


@pytest.mark.parametrize(("kilometres", "is_disputed"), [(49.8, False), (50.2, True)])
def test_places_more_than_fifty_kilometres_apart_are_disputed(kilometres, is_disputed):
    meris = answer("meris", "place", lat=30.0, lon=40.0)
    osk = answer("osk", "place", lat=30.0 + kilometres / KM_OF_A_DEGREE, lon=40.0)
    found = slots([spoken(0, place=(meris,)), spoken(1, place=(osk,))])
    assert found["place"].disputed == is_disputed


@pytest.mark.parametrize(("n", "quoted"), [(MAX_EVIDENCE, 3), (MAX_EVIDENCE + 1, 3), (2, 2)])
def test_an_answer_quotes_its_first_sentences(n, quoted):
    (patient,) = slots([spoken(i) for i in range(n)])["patient"].answers
    assert [e.report_id for e in patient.evidence] == [f"r{i}" for i in range(quoted)]
    assert len(patient.origins) == n


@pytest.mark.parametrize(
    ("tolls", "is_disputed"), [((5, 5), False), ((5, 4), True), ((5, 6), False)]
)
def test_a_later_toll_of_another_voice_that_is_lower_is_disputed(tolls, is_disputed):
    found = slots([spoken(i, killed=n) for i, n in enumerate(tolls)])
    assert found["count.killed"].disputed == is_disputed


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        ("Leader of Front", "Idris Halvane", "Idris Halvane"),
        ("the leader", "Idris Halvane", "Idris Halvane"),
        ("Idris Halvane", "leader of the Front", "Idris Halvane"),
        ("Idris Halvane", "Halvane", "Idris Halvane"),
        ("HALVANE", "Idris Halvane", "Idris Halvane"),
    ],
)
def test_a_person_is_shown_by_the_first_name(first, second, shown):
    said_by = [
        spoken(n, patient=(answer("idris-halvane", label=label),))
        for n, label in enumerate((first, second))
    ]
    (patient,) = slots(said_by)["patient"].answers
    assert patient.label == shown


def test_a_patient_has_the_events_of_the_reports_that_name_it():
    found = slots([spoken(0, event="wounded"), spoken(1), spoken(2, patient=(answer("vess"),))])
    events = {each.key: each.events for each in found["patient"].answers}
    assert events == {"halvane": ("killed", "wounded"), "vess": ("killed",)}


def test_an_answer_stands_beside_the_named_patients_of_its_incidents_alone():
    meris, arden = answer("meris", "place"), answer("arden", "place")
    mayor = spoken(0, incident_id="a", patient=(answer("tane"),), place=(meris,))
    elsewhere = spoken(2, incident_id="b", patient=(answer("two", named=False),), killed=2)
    also = spoken(1, incident_id="c", patient=(answer("vess"),), place=(meris, arden))
    found = slots([mayor, elsewhere, also])
    beside = {each.key: each.beside for slot in found.values() for each in slot.answers}
    assert beside == {
        "tane": ("tane",),
        "two": (),
        "vess": ("vess",),
        "meris": ("tane", "vess"),
        "arden": ("vess",),
        "2": (),
    }


@pytest.mark.parametrize("n", [MAX_BESIDE, MAX_BESIDE + 1])
def test_the_patients_beside_an_answer_are_bounded(n):
    people = tuple(answer(f"p{i}") for i in range(n))
    place = slots([spoken(0, patient=people, place=(answer("meris", "place"),))])["place"]
    assert place.answers[0].beside == tuple(f"p{i}" for i in range(MAX_BESIDE))
