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
        ("Police did not only arrest the mayor, they killed him.", "asserted"),
        ("The mayor was not named and was killed.", "asserted"),
        ("The mayor was not named or was killed.", "denied"),
        ("The mayor was not beaten and killed.", "denied"),
        ("The guard did not resign and killed the mayor.", "asserted"),
        ("The mayor may have fled and was killed.", "asserted"),
        ("Police have not said how many were killed.", "asserted"),
        ("Police denied false reports that the mayor was killed.", "denied"),
        ("Police denied that the reports that the mayor was killed were false.", "claimed"),
        ("He does not regret that the mayor was killed.", "asserted"),
        ("He did not dispute that the mayor was killed.", "claimed"),
        ("Police ruled out that the mayor was killed.", "denied"),
        ("It is untrue that the mayor was killed.", "denied"),
        ("There were rumours that the mayor had been killed.", "reported"),
        ("The ministry received reports that the mayor was killed.", "reported"),
        ("No official confirmed that the mayor was killed.", "reported"),
        ("It cannot be denied that the mayor was killed.", "reported"),
        ("There is no truth to the rumour that the mayor was killed.", "denied"),
    ],
)
def test_the_words_above_a_trigger_give_its_stance(parse, sentence, expected):
    assert stance(reading(parse(sentence), "killed"), claimed=True) == expected


@pytest.mark.parametrize(
    ("sentence", "trigger", "expected"),
    [
        ("The army foiled an attack on Meris.", "attack", "hypothetical"),
        ("The army did not foil the attack on Meris.", "attack", "asserted"),
        ("The army could not prevent the attack on Meris.", "attack", "asserted"),
        ("The army may not prevent an attack on Meris.", "attack", "hypothetical"),
        ("The mayor escaped assassination.", "assassination", "hypothetical"),
        ("The mayor escaped an ambush.", "ambush", "asserted"),
        ("A foiled attack shook Meris.", "attack", "hypothetical"),
    ],
)
def test_what_is_foiled_was_attempted_and_denied_by_nobody(parse, sentence, trigger, expected):
    assert stance(reading(parse(sentence), trigger), claimed=False) == expected


def test_a_negation_does_not_reach_into_a_presupposition(parse):
    doc = parse("The blast has not stopped the talks.")
    assert reading(doc, "blast").negations == 0
    doc = parse("Police have not released the name of the man killed or the cause of the blast.")
    assert reading(doc, "killed").negations == 0


@pytest.mark.parametrize(
    ("sentence", "n"),
    [
        ("There is no connection to the blasts that went off in Meris.", 0),
        ("There did not appear to be any link to blasts that went off in Meris.", 0),
        ("There were no blasts that went off in Meris.", 1),
    ],
)
def test_what_a_link_is_denied_to_is_not_denied(parse, sentence, n):
    assert reading(parse(sentence), "blasts").negations == n


def test_offsets_are_of_the_text(parse):
    doc = parse("The mayor was reportedly killed.")
    found = read(next(t for t in doc if t.text == "killed"), 100)
    assert [cue.span for cue in found.cues] == [(114, 124)]


def test_can_states_the_news_of_a_title_only(parse):
    doc = parse("Rebels can attack Meris")
    assert stance(reading(doc, "attack", is_title=True), claimed=False) == "asserted"
    assert stance(reading(doc, "attack"), claimed=False) == "hypothetical"
