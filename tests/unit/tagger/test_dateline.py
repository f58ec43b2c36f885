"""The dateline that opens a story."""

import pytest

from services.tagger.layout.dateline import find_dateline

STORY = "Marta Olvin resigned on Monday."


@pytest.mark.parametrize(
    ("line", "place", "credit"),
    [
        ("MERIS, 4 May 2031 (Wire) -- ", "MERIS", "Wire"),
        ("Meris (Wire) - ", "Meris", "Wire"),
        ("MERIS - ", "MERIS", None),
        ("Clandestine, no date (Radio Osk) -- [text] [continued] ", None, "Radio Osk"),
    ],
)
def test_a_dateline_has_a_place_and_a_credit_and_is_no_part_of_the_story(line, place, credit):
    text = line + STORY
    found = find_dateline(text, 0)
    parts = [text[slice(*span)] if span else None for span in (found.place, found.credit)]
    assert parts == [place, credit]
    assert text[found.end :] == STORY


def test_no_dateline_without_a_dash():
    assert find_dateline(f"Meris (Wire). {STORY}", 0) is None
