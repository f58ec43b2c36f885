"""Stance by the walk from a trigger to the root."""

import pytest

from services.tagger.stance.walk import read, stance


def reading(doc, trigger, *, is_title=False):
    return read(next(t for t in doc if t.text == trigger), 0, is_title=is_title)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The mayor was killed.", "asserted"),
        ("The mayor was not killed.", "denied"),
        ("Police denied that the mayor was killed.", "denied"),
        ("Police did not deny that the mayor was killed.", "claimed"),
        ("The mayor was reportedly killed.", "reported"),
        ("The mayor may be killed.", "hypothetical"),
        ("The mayor will be killed.", "hypothetical"),
        ("Police would act if the mayor was killed.", "hypothetical"),
        ("Police confirmed that the mayor was killed.", "confirmed"),
        ("Police could not confirm that the mayor was killed.", "reported"),
        ("The ministry said the mayor was killed.", "claimed"),
        ("The mayor was killed, according to the ministry.", "claimed"),
    ],
)
def test_the_words_above_a_trigger_give_its_stance(parse, sentence, expected):
    assert stance(reading(parse(sentence), "killed"), claimed=True) == expected


def test_a_negation_does_not_reach_into_a_presupposition(parse):
    doc = parse("The blast has not stopped the talks.")
    assert reading(doc, "blast").negations == 0


def test_offsets_are_of_the_text(parse):
    doc = parse("The mayor was reportedly killed.")
    found = read(next(t for t in doc if t.text == "killed"), 100)
    assert [cue.span for cue in found.cues] == [(114, 124)]


def test_can_states_the_news_of_a_title_only(parse):
    doc = parse("Rebels can attack Meris")
    assert stance(reading(doc, "attack", is_title=True), claimed=False) == "asserted"
    assert stance(reading(doc, "attack"), claimed=False) == "hypothetical"
