"""Figures of speech, works of fiction, and exercises are no events; what stands beside them is."""

import pytest

from services.tagger.events.figures import (
    befalls_people,
    is_figure,
    is_half,
    is_sacking,
    only_modifies,
)
from services.tagger.lexicon.ontology import type_named

COUNTED = {"asserted", "reported", "claimed", "confirmed", "denied"}


@pytest.mark.parametrize(
    "sentence",
    [
        "In the play, a general is poisoned and two envoys are abducted.",
        "In a drill near Graz, soldiers freed hostages and repelled an attack.",
        "The goal set off an outbreak of joy in the stands.",
        "The vote was a political earthquake.",
        "The brewer launched a charm offensive in Asia.",
        "The new wing is a coup for the museum.",
        "The nurse is fighting an infection.",
        "He exploded in anger.",
        "The musical bombed.",
    ],
)
def test_a_figure_or_an_invention_does_not_count(tag, sentence):
    assert not [r.event for r in tag("News of the day", sentence).reports if r.stance in COUNTED]


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("An earthquake hit Honshu on Monday.", "disaster"),
        ("Soldiers staged a coup in Bissau.", "coup"),
        ("An outbreak of cholera has reached Beira.", "outbreak"),
        ("A car bomb exploded in Mogadishu.", "bombing"),
        ("The author of the novel was killed in a raid.", "killed"),
    ],
)
def test_what_is_meant_as_said_counts(tag, sentence, event):
    assert event in {
        r.event for r in tag("News of the day", sentence).reports if r.stance in COUNTED
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "Nobody fired a shot.",
        "No group has claimed responsibility.",
        "The paper withdrew its report.",
        "More bodies were pulled out of a mass grave in Corrin.",
        "The mayor pulled out a knife in Corrin.",
    ],
)
def test_what_nobody_did_and_what_is_only_taken_back_is_no_event(tag, sentence):
    assert tag("News of the day", sentence).reports == ()


@pytest.mark.parametrize(
    ("sentence", "noun", "event", "figure"),
    [
        ("The army launched a charm offensive.", "offensive", "clash", True),
        ("The army launched an offensive.", "offensive", "clash", False),
        ("It was an earthquake for the party.", "earthquake", "disaster", True),
        ("The earthquake shook Meris.", "earthquake", "disaster", False),
    ],
)
def test_the_words_at_a_noun_make_it_a_figure_of_speech(token_of, sentence, noun, event, figure):
    assert is_figure(type_named(event), token_of(sentence, noun)) is figure


@pytest.mark.parametrize(
    ("sentence", "half"),
    [
        ("Gunmen shot at the bridge.", False),
        ("Gunmen shot at her.", True),
        ("They shot and killed the mayor.", True),
        ("They shot down a plane.", True),
        ("They shot the mayor.", False),
    ],
)
def test_shots_that_are_aimed_or_the_first_half_are_no_event(token_of, sentence, half):
    assert is_half(token_of(sentence, "shot")) is half


def test_people_are_sacked_and_guns_are_fired(token_of):
    assert is_sacking(token_of("The mayor fired two teachers.", "fired"))
    assert not is_sacking(token_of("The mayor fired two guns.", "fired"))


@pytest.mark.parametrize(
    ("sentence", "people"),
    [
        ("A man slapped the nurse.", True),
        ("A man slapped her.", True),
        ("She was slapped.", True),
        ("The minister slapped a fine on the firm.", False),
    ],
)
def test_a_blow_befalls_people(token_of, sentence, people):
    assert befalls_people(token_of(sentence, "slapped")) is people


def test_a_noun_before_another_only_modifies_it(token_of):
    assert only_modifies(token_of("He faces a murder charge.", "murder"))
    assert not only_modifies(token_of("He investigates a murder.", "murder"))
