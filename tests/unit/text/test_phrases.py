"""Words side by side."""

import pytest

from services.text.phrases import holds_phrase


@pytest.mark.parametrize(
    ("text", "phrases", "holds"),
    [
        ("The price war goes on.", ["price war"], True),
        ("The price-war goes on.", ["price war"], True),
        ("The price of war.", ["price war"], False),
        ("A war", ["a war of words"], False),
        ("War", ["peace", "war"], True),
        ("War", [], False),
        ("War", ["", "…"], False),
        ("", ["war"], False),
    ],
)
def test_a_phrase_is_held_where_its_words_stand_side_by_side(text, phrases, holds):
    assert holds_phrase(text, phrases) is holds
