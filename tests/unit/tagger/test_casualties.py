"""Casualties that nouns name: bodies, wounds, tolls, lives."""

import pytest

from services.tagger.events.casualties import bearers, fate, identified, is_fatal, lives, toll


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
def test_a_wound_has_its_bearers(token_of, sentence, wound, people):
    assert texts(bearers(token_of(sentence, wound))) == people


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("The toll rose to 45 on Friday.", ["45"]),
        ("The blast brought the toll to 45.", ["45"]),
        ("The toll rose again on Friday.", []),
    ],
)
def test_a_toll_reaches_a_number_that_is_no_day(token_of, sentence, number):
    assert texts(toll(token_of(sentence, "toll"))) == number


def test_a_verb_claims_lives(token_of):
    assert texts(lives(token_of("The flood claimed nine lives.", "claimed"))) == ["nine"]


def test_the_wound_of_a_death_is_fatal(token_of):
    assert is_fatal(token_of("She died of her injuries.", "injuries"))
    assert not is_fatal(token_of("She recovered from her injuries.", "injuries"))


def test_a_found_body_is_a_death_if_its_sentence_says_whose_it_is(token_of):
    body = token_of("The body of Marta Olvin was found near Meris.", "body")
    assert fate(body).harm == "death"
    assert texts(identified(body)) == ["Olvin"]
    assert fate(token_of("The body was found near Meris.", "body")) is None
    assert fate(token_of("The body of Marta Olvin was buried.", "body")) is None


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("Those confirmed dead are Dario Aust and Alva Bergman.", ["Dario Aust", "Alva Bergman"]),
        ("Those killed were Dario Aust and Alva Bergman.", ["Dario Aust", "Alva Bergman"]),
        ("Those who died were Dario Aust and Alva Bergman.", ["Dario Aust", "Alva Bergman"]),
    ],
)
def test_a_copula_says_who_those_are_whom_it_befell(tag, text, dead):
    article = tag("", text)
    names = {m.id: m.surface for m in article.mentions}
    assert [[names[i] for i in r.patient] for r in article.reports if r.event == "killed"] == [dead]
