"""Nouns for people, for things, and abstract ones."""

import pytest

from services.tagger.events.nouns import is_abstract, is_personal, is_thing


@pytest.mark.parametrize(
    ("sentence", "noun", "personal"),
    [
        ("They killed a carpenter.", "carpenter", True),
        ("They killed a deer.", "deer", False),
        ("They met a crowd who sang.", "crowd", True),
        ("They crossed a bridge.", "bridge", False),
    ],
)
def test_a_noun_is_personal_by_list_ending_or_relative_clause(token_of, sentence, noun, personal):
    assert is_personal(token_of(sentence, noun)) is personal


@pytest.mark.parametrize(
    ("noun", "abstract"), [("stability", True), ("reality", True), ("purity", False)]
)
def test_an_ending_makes_a_noun_of_seven_letters_abstract(token_of, noun, abstract):
    assert is_abstract(token_of(f"They destroyed the {noun} of the land.", noun)) is abstract


def test_things_are_listed(token_of):
    assert is_thing(token_of("They bombed the hospital.", "hospital"))
    assert not is_thing(token_of("They bombed the nurse.", "nurse"))
