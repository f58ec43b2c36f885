"""Complements make a verb name an event, or leave it another meaning."""

import pytest

from services.tagger.events.complements import (
    appoints,
    brings_to_hospital,
    compound_of,
    ends_phrase,
    has_complement,
    has_set_object,
    is_by_aircraft,
    is_predicated,
    is_undergone,
    takes_over,
)
from services.tagger.events.triggers import triggers
from services.tagger.lexicon.ontology import compounds, ontology
from services.tagger.lexicon.words import cues


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
    ("named", "trigger", "another"),
    [
        ("Cleaners went on strike in Meris.", "went", "Inmates went on hunger strike in Meris."),
        ("Cleaners went on rail strike.", "went", "Tenants went on a rent - strike."),
        ("Cleaners are on strike in Meris.", "are", "Inmates are on hunger strike in Meris."),
        ("The mayor was put behind bars.", "put", "The bank put its reserves into gold bars."),
        ("The convoy hit a land mine.", "hit", "The mudslide hit a jade mine."),
        ("The group claimed credit for the raid.", "claimed", "The family claimed tax credits."),
        ("Police used tear gas.", "used", "The bakers used natural gas."),
        ("The army sent tanks to Meris.", "sent", "The army sent water tanks to Meris."),
        ("The army launched rockets.", "launched", "The agency launched space rockets."),
        ("The cleaners' strike goes on.", "strike", "The tenants' rent strike goes on."),
        ("The mine exploded.", "mine", "The coal mine exploded."),
        (
            "The general took power in Meris.",
            "took",
            "The general took the power station in Meris.",
        ),
        ("Rebels fired mortar rounds at Meris.", "fired", "Rebels fired the mortar crew."),
        ("Norway sent food parcels to Meris.", "sent", "Norway sent food critics to Meris."),
        ("The bombers took two lives.", "took", "The fraud took their life savings."),
        ("The group claimed the bomb attack.", "claimed", "The firm claimed the bomb detector."),
    ],
)
def test_a_compound_that_is_another_thing_is_not_its_last_word(token_of, named, trigger, another):
    meant = {kind.event for kind, _ in triggers(token_of(named, trigger))}
    assert meant
    assert not meant & {kind.event for kind, _ in triggers(token_of(another, trigger))}


def test_a_compound_completes_a_verb_of_the_type_that_names_it(token_of):
    words = frozenset({"hunger strike"})
    went = token_of("Forty inmates went on a hunger strike.", "went")
    assert has_complement(went, words)
    assert not has_complement(token_of("Forty inmates went on strike.", "went"), words)
    assert compound_of(token_of("They ended their hunger strikes.", "strikes")) == "hunger strike"


def test_no_compound_that_names_an_event_stands_among_other_things():
    phrases = {phrase for kind in ontology() for phrase in (*kind.noun_phrases, *kind.amid_phrases)}
    others = {f"{word} {head}" for head, before in cues().other_things.items() for word in before}
    assert others <= {phrase for of_head in compounds().values() for phrase in of_head}
    assert not phrases & others


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


def test_a_name_is_what_the_noun_beside_it_says(token_of):
    (killed,) = (kind for kind in ontology() if kind.event == "killed")
    fighter = token_of("The army eliminated Otis Vane, a rebel commander.", "eliminated")
    lawyer = token_of("The army eliminated Otis Vane, a poet.", "eliminated")
    assert has_set_object(killed, fighter)
    assert not has_set_object(killed, lawyer)
