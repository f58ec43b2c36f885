"""Events of one sentence, with its mentions in their roles."""

import pytest

from services.tagger.events.find import find_events
from services.tagger.lexicon.matcher import Actors
from services.tagger.names.mentions import Mentions


@pytest.fixture
def find(parse):
    """Return a function that finds the events of a sentence in which nobody is known by name."""

    def one(sentence, figures=frozenset()):
        return find_events(parse(sentence), Mentions(sentence, Actors(())), 0, figures)

    return one


def surfaces(mentions):
    return [m.surface for m in mentions]


def of(events, name):
    return next(e for e in events if e.type.event == name)


def test_an_event_has_patients_agents_and_counts(find):
    killed = of(find("Gunmen killed six teachers, a cook, and her daughter."), "killed")
    assert surfaces(killed.patient) == ["six teachers", "a cook", "her daughter"]
    assert surfaces(killed.agent) == ["Gunmen"]
    assert [c.min for c in killed.counts][:1] == [6]


@pytest.mark.parametrize(
    ("sentence", "patients"),
    [
        ("Police arrested the editor along with nine nurses.", ["the editor", "nine nurses"]),
        ("Police arrested the editor with nine cameras.", ["the editor"]),
        ("No soldiers were killed.", None),
    ],
)
def test_companions_share_the_lot_of_a_patient(find, sentence, patients):
    asserted = [e for e in find(sentence) if e.type.plover in ("COERCE", "ASSAULT")]
    found = [surfaces(e.patient) for e in asserted if not e.in_passing]
    assert found == ([patients] if patients else [])


def test_what_police_did_in_a_raid_is_theirs(find):
    killed = of(find("Two men were killed in a police shooting."), "killed")
    assert surfaces(killed.instrument) == ["a police shooting"]
    assert "police" in surfaces(killed.agent)


def test_a_noun_of_which_nothing_is_said_is_a_passing_mention(find):
    events = find("They fled in the wake of the killing.")
    assert of(events, "killed").in_passing


def test_an_offer_of_an_event_is_an_agreement(find):
    events = find("Ministers offered to withdraw troops from the port.")
    assert "agreement" in {e.type.event for e in events}


def test_a_figure_of_speech_of_its_text_names_no_event(find):
    sentence = "The striker killed the game."
    assert not [e for e in find(sentence, frozenset({"kill"})) if not e.in_passing]
