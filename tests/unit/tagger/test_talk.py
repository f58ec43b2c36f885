"""Talk that is taken back, called false, or told by mistake."""

import pytest

from services.tagger.stance.walk import read, stance


def reading(doc, trigger="killed"):
    return read(next(t for t in doc if t.text == trigger), 0)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The army withdrew its claim that it had killed the mayor.", "army"),
        ("The army walked back its claim that it had killed the mayor.", "army"),
        ("The paper apologised for reporting that the mayor was killed.", "paper"),
        ("The minister was wrong to say that the mayor was killed.", "minister"),
        ("The minister called reports that the mayor was killed a lie.", "minister"),
        ("The rebels scoffed at claims that the mayor was killed.", "rebels"),
        ("Ministers are no longer sure that the mayor was killed.", "Ministers"),
        ("Ministers no longer believe that the mayor was killed.", "Ministers"),
        ("The paper wrongly reported that the mayor was killed.", "paper"),
        ("An earlier version of this story said that the mayor was killed.", "version"),
        ("This article originally stated that the mayor was killed.", "article"),
    ],
)
def test_who_takes_talk_back_or_does_not_believe_it_denies_the_event(parse, sentence, source):
    found = reading(parse(sentence))
    assert stance(found, claimed=True) == "denied"
    assert found.speakers[-1][0].text == source


@pytest.mark.parametrize(
    "sentence",
    [
        "The army made its claim that it had killed the mayor.",
        "The army withdrew after it had killed the mayor.",
        "The army apologised for having killed the mayor.",
        "The minister called the men who killed the mayor liars.",
        "Ministers are sure that the mayor was killed.",
        "The army wrongly killed the mayor.",
        "A new version of this story said that the mayor was killed.",
        "The minister originally stated that the mayor was killed.",
    ],
)
def test_what_is_not_talk_is_not_taken_back(parse, sentence):
    assert stance(reading(parse(sentence)), claimed=True) != "denied"


def test_what_was_said_at_first_is_corrected_by_but(parse):
    at_first = "At first it was thought that the mayor was killed"
    assert stance(reading(parse(f"{at_first}, but she had fled.")), claimed=False) == "denied"
    assert stance(reading(parse(f"{at_first}.")), claimed=False) == "reported"


def test_a_corrected_toll_is_no_toll_and_denies_no_death(tag):
    text = "An earlier version of this story said that 12 people were killed in Meris."
    assert [r.stance for r in tag("", text).reports if r.event == "killed"] == ["background"]


def test_who_does_not_take_it_back_says_it(parse):
    doc = parse("The army did not withdraw its claim that it had killed the mayor.")
    assert stance(reading(doc), claimed=True) == "claimed"
