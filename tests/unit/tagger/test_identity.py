"""One person is one actor in an article, under whatever full name; namesakes are two."""

import pytest

from services.tagger.lexicon.matcher import Actors
from services.tagger.names.identity import join_people
from services.tagger.names.mentions import Mentions
from services.tagger.names.offices import titles_before


def keys(text, *names):
    """Return the keys of the mentions of names, in order of the text."""
    mentions = Mentions(text, Actors(()))
    at = 0
    for name in names:
        at = text.index(name, at)
        mentions.add(at, at + len(name), "person", "entity/person")
        at += len(name)
    join_people(mentions)
    return [mention.key for mention in mentions.in_order()]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Oleg Petrovich Sorin was killed. Oleg Sorin was 51.",
            ("Oleg Petrovich Sorin", "Oleg Sorin"),
        ),
        ("John Mbeza was shot. J. R. Mbeza led a union.", ("John Mbeza", "J. R. Mbeza")),
        ("Trumpeter Adar Tuomi dies\nAdar Tuomi died.", ("Trumpeter Adar Tuomi", "Adar Tuomi")),
        ("Adar Tuomi, also known as Omar Tellis, fled.", ("Adar Tuomi", "Omar Tellis")),
        ("Omar Tellis, the nom de guerre of Adar Tuomi, fled.", ("Omar Tellis", "Adar Tuomi")),
        ("O. P. Sorin (Олег Сорин) was killed.", ("O. P. Sorin", "Олег Сорин")),
        (
            "Abu Olvin is well, it said, using the name by which Omar Tellis is known.",
            ("Abu Olvin", "Omar Tellis"),
        ),
    ],
)
def test_names_of_one_person_have_one_key(text, names):
    assert len(set(keys(text, *names))) == 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "John Mbeza died. He is not to be confused with John Mbeza, the minister, who is well.",
            ("John Mbeza", "John Mbeza"),
        ),
        (
            "Governor Luis Amaro and Bishop Luis Amaro were killed.",
            ("Luis Amaro", "Luis Amaro"),
        ),
        (
            "Adar Hassan Olvin, the son of Hassan Olvin, was killed.",
            ("Adar Hassan Olvin", "Hassan Olvin"),
        ),
        (
            "Oleg Petrovich Sorin was killed. Oleg Ivanovich Sorin was hurt.",
            ("Oleg Petrovich Sorin", "Oleg Ivanovich Sorin"),
        ),
    ],
)
def test_people_whom_the_text_tells_apart_stay_two(text, names):
    assert len(set(keys(text, *names))) == 2


def test_an_initial_that_fits_two_people_is_of_neither():
    text = "James Olvin was killed. John Olvin was hurt. J. Olvin left."
    james, john, neither = keys(text, "James Olvin", "John Olvin", "J. Olvin")
    assert len({james, john, neither}) == 3


def test_the_key_is_that_of_the_name_that_other_texts_have():
    full = keys("John Robert Mbeza died. John Mbeza was 60.", "John Robert Mbeza", "John Mbeza")
    assert set(full) == set(keys("John Mbeza died.", "John Mbeza"))


def test_an_alias_that_was_no_name_yet_becomes_a_mention():
    mentions = Mentions("Luis Tamayo, alias Romero, was held.", Actors(()))
    mentions.add(0, 11, "person", "entity/person")
    join_people(mentions)
    assert [(m.surface, m.key) for m in mentions.in_order()] == [
        ("Luis Tamayo", "lois-tamaio"),
        ("Romero", "lois-tamaio"),
    ]


def test_a_title_that_somebody_had_once_tells_nobody_apart():
    text = "the former governor Luis Amaro"
    assert titles_before(text, text.index("Luis")) == frozenset()
    assert titles_before(text[4:], text.index("Luis") - 4) == frozenset()
    assert titles_before("Gov. Luis Amaro", 5) == {"gov"}
