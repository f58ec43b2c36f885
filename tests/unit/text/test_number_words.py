"""The number that a phrase holds."""

import pytest

from services.text.number_words import number_in


@pytest.mark.parametrize(
    ("phrase", "number"),
    [
        ("Six teachers", 6),
        ("twenty-three people", 23),
        ("nineteen", 19),
        ("Ninety men", 90),
        ("at least 1,200 people", 1200),
        ("the six teachers", 6),
        ("Sixtus Morn", None),
        ("twenty-odd men", None),
        ("gunmen", None),
        ("", None),
    ],
)
def test_the_number_of_a_phrase_is_in_words_or_digits(phrase, number):
    assert number_in(phrase) == number
