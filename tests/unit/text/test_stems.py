"""Stems: inflections of one word share one, and other words keep their own."""

import pytest

from services.text.stems import stem


@pytest.mark.parametrize(
    "words",
    [
        ("clash", "clashed", "clashing", "clashes"),
        ("bomb", "bombs", "bombed", "bombing"),
        ("charge", "charged", "charges", "charging"),
        ("country", "countries"),
        ("house", "houses"),
    ],
)
def test_inflections_of_a_word_have_one_stem(words):
    assert len(set(map(stem, words))) == 1


@pytest.mark.parametrize("word", ["bus", "boss", "bring", "need", "free", "trees"])
def test_what_is_no_ending_stays(word):
    assert stem(word) == word.removesuffix("s" if word == "trees" else "")
