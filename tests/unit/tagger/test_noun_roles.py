"""Roles around an event noun."""

import pytest

from services.tagger.events.noun_roles import noun_roles
from services.tagger.lexicon.ontology import type_named


@pytest.mark.parametrize(
    ("sentence", "noun", "event", "patients", "agents"),
    [
        ("The killing of two farmers by rebels.", "killing", "killed", ["farmers"], ["rebels"]),
        ("The army's killing of two farmers.", "killing", "killed", ["farmers"], ["army"]),
        ("The farmer's murder shocked Meris.", "murder", "killed", ["farmer"], []),
        ("Police dropped the nuns' murder case.", "murder", "killed", ["nuns"], []),
        ("The murder on 2 March of Marta Olvin.", "murder", "killed", ["Olvin"], []),
        ("The shelling of the camp by rebels.", "shelling", "attack", ["camp"], ["rebels"]),
        ("The clerk was the target of the raid.", "raid", "attack", ["clerk"], []),
        ("The clerk was the victim of a murder.", "murder", "killed", ["clerk"], []),
        ("The clerk was the target of a murder.", "murder", "killed", [], []),
        ("The rape of a girl led to protests.", "rape", "attack", ["girl"], []),
        ("The raid of the rebels went on.", "raid", "attack", [], ["rebels"]),
        ("The rebels' shelling went on.", "shelling", "attack", [], ["rebels"]),
        ("Floods hit the coast.", "Floods", "disaster", ["coast"], []),
        ("The coast was hit by floods.", "floods", "disaster", ["coast"], []),
        ("Floods worried the coast.", "Floods", "disaster", [], []),
        ("Clerks saw the police arrest.", "arrest", "arrested", [], ["police"]),
        ("Clerks saw the driver arrest.", "arrest", "arrested", ["driver"], []),
        ("Clerks saw the police killing.", "killing", "killed", [], []),
        ("The union's criticism of the bank grew.", "criticism", "accusation", ["bank"], ["union"]),
        ("Clashes erupted between protesters and police.", "Clashes", "clash", [], ["protesters"]),
    ],
)
def test_an_event_noun_has_its_roles_around_it(token_of, sentence, noun, event, patients, agents):
    token = token_of(sentence, noun)
    found = noun_roles(type_named(event), token)
    assert [[t.text for t in tokens] for tokens in found] == [patients, agents]
