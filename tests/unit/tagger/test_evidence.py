"""How much must be known of an event for a report."""

import pytest
from builders import mention

from services.tagger.events.evidence import holds_up, is_none, is_spoken_of
from services.tagger.events.found import Found
from services.tagger.lexicon.ontology import type_named


def found(doc, trigger, event, frame, **roles):
    token = next(t for t in doc if t.text == trigger)
    return Found(type_named(event), token, frame, **roles)


@pytest.mark.parametrize(
    ("sentence", "trigger", "event", "frame", "holds"),
    [
        ("She was killed in Meris.", "killed", "killed", "verb", True),
        ("Critics killed the project.", "killed", "killed", "verb", False),
        ("Her arrest shocked Meris.", "arrest", "arrested", "noun", True),
        ("An arrest is rare in Meris.", "arrest", "arrested", "noun", False),
        ("Clashes broke out in Meris.", "Clashes", "clash", "noun", True),
        ("Nobody fired a shot.", "fired", "use-of-force", "object", False),
    ],
)
def test_without_roles_only_some_triggers_hold_up(parse, sentence, trigger, event, frame, holds):
    assert holds_up(found(parse(sentence), trigger, event, frame)) is holds


def test_a_patient_is_enough(parse):
    doc = parse("Critics killed the project.")
    assert holds_up(found(doc, "killed", "killed", "verb", patient=[mention("the mayor")]))


def test_an_object_that_cannot_undergo_a_verb_leaves_no_passing_mention(parse):
    assert not is_spoken_of(found(parse("Critics killed the project."), "killed", "killed", "verb"))
    assert is_spoken_of(found(parse("The killing goes on."), "killing", "killed", "noun"))


@pytest.mark.parametrize(
    ("sentence", "none"),
    [("Nobody died.", True), ("No soldiers died.", True), ("He died.", False)],
)
def test_nobody_is_no_patient(parse, sentence, none):
    assert is_none(next(t for t in parse(sentence) if t.dep == "nsubj")) is none
