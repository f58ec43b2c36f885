"""Words of names and texts as the automaton compares them."""

import pytest

from services.tagger.lexicon.spelling import Words, fits, is_unspeakable, pattern_of


@pytest.mark.parametrize(
    ("one", "other"),
    [("État", "etat"), ("O'Hara", "ohara"), ("al-Sham", "Al Sham"), ("حركة", "حركه")],
)
def test_case_marks_apostrophes_and_arabic_letter_forms_make_no_difference(one, other):
    assert pattern_of(one) == pattern_of(other)


def test_a_word_is_no_part_of_another():
    assert pattern_of("Oman") not in Words("A woman in Omani dress").folded


@pytest.mark.parametrize(
    ("name", "words", "is_fitting"),
    [
        ("Marta Olvin", ["Marta", "Olvin"], True),
        ("Marta Olvin", ["marta", "Olvin"], False),
        ("FRONTS", ["Fronts"], True),  # six letters: no acronym any more
        ("FRONT", ["Front"], False),
        ("FRONT", ["FRONT"], True),
    ],
)
def test_an_acronym_of_up_to_five_letters_stands_as_it_is(name, words, is_fitting):
    assert fits(name, words, cased=True) == is_fitting


@pytest.mark.parametrize(("name", "is_fitting"), [("Olvina", True), ("Olvin", False)])
def test_without_capitals_a_single_word_needs_six_letters(name, is_fitting):
    assert fits(name, [name.lower()], cased=False) == is_fitting


@pytest.mark.parametrize(("name", "expected"), [("FMLN", True), ("FARC", True), ("UNITA", False)])
def test_letters_with_fewer_than_two_vowels_are_read_as_no_word(name, expected):
    assert is_unspeakable(name) == expected
