"""Traits of an event that words tell."""

import pytest

from services.tracker.reports.traits import weekdays


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("A mill burnt down on Wednesday.", (2,)),
        ("Friday's quake and the one of Monday", (0, 4)),
        ("A mill burnt down, police said on Sunday.", ()),
        ("The fire began on Friday, a spokesman told a news conference on Sunday.", (4,)),
        ("Mayor Ida Werrin said the old mill by the river burnt on Sunday.", (6,)),
        ("A mill burnt down overnight.", ()),
    ],
)
def test_a_weekday_is_that_of_the_event_unless_a_verb_of_saying_stands_close_before(text, days):
    assert weekdays(text) == days


def test_five_words_behind_a_verb_of_saying_a_weekday_is_still_the_statements():
    assert weekdays("She said the old grey mill Sunday") == ()
    assert weekdays("She said the big old grey mill Sunday") == (6,)
