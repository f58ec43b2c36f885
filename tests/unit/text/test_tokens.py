"""Tokens by the fast patterns are those of the general one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.text import tokens as module
from services.text.tokens import MAX_LETTERS, tokens, words

LATIN = st.characters(max_codepoint=0x24F) | st.sampled_from("'’‘“”–—…€™")
ANY = LATIN | st.characters() | st.sampled_from("أهة漢字ก١½²‿⁀ﬁΣİ")


def general(text):
    found = [module.normal(m.group()) for m in module._WORD.finditer(text)]
    return [word for word in found if word]


@given(st.text(LATIN, max_size=40) | st.text(ANY, max_size=40))
def test_every_pattern_finds_what_the_general_one_finds(text):
    assert tokens(text).words == words(text) == general(text)


@given(st.text(ANY, max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_words_of_a_part_are_those_of_its_tokens(text, start, end):
    assert words(text, start, end) == tokens(text, start, end).words


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("plain words", "_ASCII_WORD"),
        ("the army’s café", "_LATIN_WORD"),
        ("half ½", "_WORD"),
        ("tie a‿b", "_WORD"),
        ("Ωmega", "_WORD"),
    ],
)
def test_a_text_is_split_by_the_fastest_pattern_that_is_right_for_it(text, pattern):
    assert module._pattern(text, 0, len(text)) is getattr(module, pattern)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Halvane's guards' o'clock", ["halvane", "guards", "oclock"]),
        ("Halvane’s “café” — O’Brien", ["halvane", "cafe", "obrien"]),
        ("x" * (MAX_LETTERS + 1), ["x" * MAX_LETTERS]),
        ("x" * MAX_LETTERS, ["x" * MAX_LETTERS]),
    ],
)
def test_words_are_folded(text, found):
    assert words(text) == found
