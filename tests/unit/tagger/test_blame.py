"""Blame: the verb above an event names its culprits and their accusers."""

import pytest

from services.tagger.events.blame import blame


def words(tokens):
    return [t.text for t in tokens]


@pytest.mark.parametrize(
    ("sentence", "trigger", "culprits", "accusers"),
    [
        ("Two rebels were accused of killing the mayor.", "killing", ["rebels"], []),
        ("The raid was blamed by the army on smugglers.", "raid", ["smugglers"], ["army"]),
        ("Kostria attributed the blast to the militia.", "blast", ["militia"], ["Kostria"]),
        ("The brigade claimed responsibility for the attack.", "attack", ["brigade"], []),
        ("Rebels are responsible for the blast.", "blast", ["Rebels"], []),
        ("Police held a man and accused him of killing a guard.", "killing", ["him"], ["Police"]),
        ("Clerks blamed the army for the raids that hit Osk.", "hit", ["army"], ["Clerks"]),
    ],
)
def test_a_verb_of_blame_names_culprits_and_accusers(
    token_of, sentence, trigger, culprits, accusers
):
    found = blame(token_of(sentence, trigger))
    assert (words(found.culprits), words(found.accusers)) == (culprits, accusers)


def test_a_claim_is_of_the_culprits_themselves(token_of):
    assert blame(token_of("The brigade claimed responsibility for the attack.", "attack")).own


def test_nobody_is_blamed_by_another_verb(token_of):
    assert blame(token_of("Police investigated the killing of the mayor.", "killing")) is None
