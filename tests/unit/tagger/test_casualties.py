"""Casualties that nouns name: bodies, wounds, tolls, lives."""

import pytest

from services.tagger.events.casualties import bearers, fate, identified, is_fatal, lives, toll


def word(doc, text):
    return next(t for t in doc if t.text == text)


def texts(tokens):
    return [t.text for t in tokens]


@pytest.mark.parametrize(
    ("sentence", "wound", "people"),
    [
        ("A man with a gunshot wound walked into a clinic.", "wound", ["man"]),
        ("Two women were treated for burns.", "burns", ["women"]),
        ("He was suffering from burns.", "burns", ["He"]),
        ("Five boys escaped with minor injuries.", "injuries", ["boys"]),
        ("The report deals with injuries.", "injuries", []),
    ],
)
def test_a_wound_has_its_bearers(parse, sentence, wound, people):
    assert texts(bearers(word(parse(sentence), wound))) == people


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("The toll rose to 45 on Friday.", ["45"]),
        ("The blast brought the toll to 45.", ["45"]),
        ("The toll rose again on Friday.", []),
    ],
)
def test_a_toll_reaches_a_number_that_is_no_day(parse, sentence, number):
    assert texts(toll(word(parse(sentence), "toll"))) == number


def test_a_verb_claims_lives(parse):
    assert texts(lives(word(parse("The flood claimed nine lives."), "claimed"))) == ["nine"]


def test_the_wound_of_a_death_is_fatal(parse):
    assert is_fatal(word(parse("She died of her injuries."), "injuries"))
    assert not is_fatal(word(parse("She recovered from her injuries."), "injuries"))


def test_a_found_body_is_a_death_if_its_sentence_says_whose_it_is(parse):
    doc = parse("The body of Marta Olvin was found near Meris.")
    assert fate(word(doc, "body")).harm == "death"
    assert texts(identified(word(doc, "body"))) == ["Olvin"]
    assert fate(word(parse("The body was found near Meris."), "body")) is None
    assert fate(word(parse("The body of Marta Olvin was buried."), "body")) is None
