"""The places that the clause of an event gives it."""

import pytest

from services.tagger.events.locatives import places, places_of_speech, struck
from services.tagger.lexicon.matcher import Actors
from services.tagger.names.mentions import Mentions
from services.tagger.names.phrases import Phrases

TOWNS = ("Meris", "Halva", "Osk", "Tarva")


@pytest.fixture
def located(parse):
    """Return a function that gives the places of the first word called so, by `places` or else."""

    def one(sentence, word, found_by=places):
        mentions = Mentions(sentence, Actors(()))
        for town in TOWNS:
            at = sentence.find(town)
            if at >= 0:
                mentions.add(at, at + len(town), "place", "place/gazetteer", precision="town")
        trigger = next(token for token in parse(sentence) if token.text == word)
        return [place.surface for place in found_by(trigger, Phrases(mentions, 0))]

    return one


@pytest.mark.parametrize(
    ("sentence", "trigger", "expected"),
    [
        ("Gunmen killed two guards near Meris.", "killed", ["Meris"]),
        ("Two guards were killed, according to a doctor in Meris.", "killed", []),
        ("A guard was pronounced dead at a hospital in Meris.", "dead", []),
        ("A guard was treated for a wound at a hospital in Meris.", "wound", []),
        ("A bomb killed a guard at a hospital in Meris.", "killed", ["a hospital", "Meris"]),
        ("Eleven sailors were abducted off Meris.", "abducted", ["Meris"]),
        ("Two guards were killed at a checkpoint near Meris.", "killed", ["a checkpoint", "Meris"]),
        ("Two guards were killed on the outskirts of Meris.", "killed", ["Meris"]),
        ("Two guards were killed 10 km north of Meris.", "killed", ["Meris"]),
        ("Two guards were killed in the village of Meris.", "killed", ["Meris"]),
        ("Two guards were killed in Meris, Tarva, on Monday.", "killed", ["Meris", "Tarva"]),
        ("Two guards were killed when a bomb went off in Meris.", "killed", ["Meris"]),
        ("Attackers stormed a hotel in Meris and killed five guards.", "killed", ["Meris"]),
        ("The raid on a farm in Meris killed two guards.", "killed", ["a farm", "Meris"]),
    ],
)
def test_an_event_is_where_its_own_clause_says(located, sentence, trigger, expected):
    assert located(sentence, trigger) == expected


@pytest.mark.parametrize(
    ("sentence", "trigger"),
    [
        ("Officials in Meris said that two guards were killed.", "killed"),
        ("Olvin was jailed in Meris after he killed two guards.", "killed"),
        ("The man who killed two guards was seen in Meris.", "killed"),
        ("The wounded guard died in the hospital in Meris.", "died"),
        ("Two guards were killed at home.", "killed"),
        ("Two guards were killed in two schools.", "killed"),
        ("Two guards were killed in March.", "killed"),
        ("Two secretaries at the embassy were killed.", "killed"),
        ("The men stationed at the base were attacked.", "attacked"),
    ],
)
def test_what_another_clause_says_is_no_place_of_the_event(located, sentence, trigger):
    assert located(sentence, trigger) == []


@pytest.mark.parametrize(
    ("sentence", "trigger", "expected"),
    [
        ("Rebels captured the town of Meris.", "captured", ["Meris"]),
        ("Two men robbed a store in Halva.", "robbed", ["a store"]),
        ("The bombing of Osk went on.", "bombing", ["Osk"]),
        ("Police arrested Brandt.", "arrested", []),
    ],
)
def test_a_place_that_is_struck_or_taken_is_that_of_the_event(located, sentence, trigger, expected):
    assert located(sentence, trigger, struck) == expected


@pytest.mark.parametrize(
    ("sentence", "trigger", "expected"),
    [
        ("Kostria condemned the murder of six priests in Meris.", "condemned", []),
        ("In Halva, Brandt condemned the murder of six priests in Meris.", "condemned", ["Halva"]),
    ],
)
def test_where_something_is_said_is_not_where_that_happened(located, sentence, trigger, expected):
    assert located(sentence, trigger, places_of_speech) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Police arrested Brandt, 21, of Oak Street.", []),
        ("Police arrested Brandt on the 400 block of Oak Street.", ["Oak Street"]),
    ],
)
def test_a_home_behind_of_is_not_where_it_happened(tag, sentence, expected):
    article = tag("", sentence)
    names = {m.id: m.surface for m in article.mentions}
    assert [names[i] for r in article.reports for i in r.place] == expected


def test_the_name_of_a_place_takes_no_indefinite_article(tag):
    def places(text):
        article = tag("", text)
        return [m.surface for m in article.mentions if m.type == "place"]

    assert places("Marta Olvin was shot in a Jeep on Monday.") == []
    assert places("Marta Olvin was shot in Jeep on Monday.") == ["Jeep"]
