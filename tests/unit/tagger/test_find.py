"""Events of one sentence: asserted, in passing, announced, or figures of speech."""

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


def of(events, name):
    return next(e for e in events if e.type.event == name)


def test_a_noun_of_which_nothing_is_said_is_a_passing_mention(find):
    events = find("They fled in the wake of the killing.")
    assert of(events, "killed").in_passing


def test_an_offer_of_an_event_is_an_agreement(find):
    events = find("Ministers offered to withdraw troops from the port.")
    assert "agreement" in {e.type.event for e in events}


def test_a_figure_of_speech_of_its_text_names_no_event(find):
    sentence = "The striker killed the game."
    assert not [e for e in find(sentence, frozenset({"kill"})) if not e.in_passing]
