"""Complements make a verb name an event, or leave it another meaning."""

import pytest

from services.tagger.events.complements import (
    appoints,
    brings_to_hospital,
    ends_phrase,
    has_complement,
    has_set_object,
    is_by_aircraft,
    is_predicated,
    is_undergone,
    takes_over,
)
from services.tagger.lexicon.ontology import ontology


@pytest.mark.parametrize(
    ("sentence", "words", "completed"),
    [
        ("Gunmen shot dead 30 rioters.", {"dead"}, True),
        ("Gunmen shot 30 rioters.", {"dead"}, False),
        ("Gunmen shot the mayor to death.", {"death"}, True),
        ("Gunmen shot the mayor after her death.", {"death"}, False),
    ],
)
def test_a_word_completes_a_verb_from_beside_it(token_of, sentence, words, completed):
    assert has_complement(token_of(sentence, "shot"), frozenset(words)) is completed


def test_opened_fire_is_a_verb_with_its_set_object(token_of):
    kinds = [kind for kind in ontology() if "fire" in kind.with_object.get("open", ())]
    fire = token_of("Troops opened fire on the crowd.", "opened")
    shop = token_of("Troops opened a shop.", "opened")
    assert kinds
    assert all(has_set_object(kind, fire) for kind in kinds)
    assert not any(has_set_object(kind, shop) for kind in kinds)


@pytest.mark.parametrize(
    ("holds", "trigger", "yes", "no"),
    [
        (
            brings_to_hospital,
            "sent",
            "The blast sent two people to hospital.",
            "They sent two people to school.",
        ),
        (
            is_undergone,
            "killed",
            "Two men were killed in a raid.",
            "The raid killed two men.",
        ),
        (
            is_by_aircraft,
            "struck",
            "Jets struck the port.",
            "Workers struck the port.",
        ),
        (
            is_predicated,
            "dead",
            "The mayor was found dead.",
            "They buried the dead.",
        ),
        (
            appoints,
            "named",
            "The group named Karl Bosman as its leader.",
            "Police named Karl Bosman on Friday.",
        ),
        (
            takes_over,
            "succeeds",
            "Marta Olvin succeeds Karl Bosman as president.",
            "The plan succeeds in Meris.",
        ),
    ],
)
def test_the_words_beside_a_trigger_decide(token_of, holds, trigger, yes, no):
    assert holds(token_of(yes, trigger))
    assert not holds(token_of(no, trigger))


def test_hyphens_do_not_part_a_set_phrase(token_of):
    assert ends_phrase(token_of("They staged a sit - down strike.", "strike"), "sit down strike")
    assert not ends_phrase(token_of("They staged a long strike.", "strike"), "sit down strike")
