"""Words of an event type that name no such event."""

import pytest

from services.tagger.events.figures import is_figure, is_half, is_sacking, only_modifies
from services.tagger.lexicon.ontology import type_named


def word(doc, text):
    return next(t for t in doc if t.text == text)


@pytest.mark.parametrize(
    ("sentence", "noun", "event", "figure"),
    [
        ("The army launched a charm offensive.", "offensive", "clash", True),
        ("The army launched an offensive.", "offensive", "clash", False),
        ("It was an earthquake for the party.", "earthquake", "disaster", True),
        ("The earthquake shook Meris.", "earthquake", "disaster", False),
    ],
)
def test_the_words_at_a_noun_make_it_a_figure_of_speech(parse, sentence, noun, event, figure):
    assert is_figure(type_named(event), word(parse(sentence), noun)) is figure


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
def test_shots_that_are_aimed_or_the_first_half_are_no_event(parse, sentence, half):
    assert is_half(word(parse(sentence), "shot")) is half


def test_people_are_sacked_and_guns_are_fired(parse):
    assert is_sacking(word(parse("The mayor fired two teachers."), "fired"))
    assert not is_sacking(word(parse("The mayor fired two guns."), "fired"))


def test_a_noun_before_another_only_modifies_it(parse):
    assert only_modifies(word(parse("He faces a murder charge."), "murder"))
    assert not only_modifies(word(parse("He investigates a murder."), "murder"))
