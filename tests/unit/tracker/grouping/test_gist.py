"""The words of a report that tell its event from others."""

from builders import hours, report, said

from services.tracker.grouping.gist import gist_of
from services.tracker.reports.element import Element


def wordings(trigger=(0, 0), **kw):
    one = report(trigger=trigger, **kw)
    (found,) = gist_of(Element(said("a", one), one, True, hours(0), None)).wordings
    return found


def test_words_of_three_letters_are_a_reports_own_and_those_of_two_are_not():
    assert wordings(quote="Ox fox at Osk") == {"fox", "osk"}


def test_the_word_that_names_the_kind_of_event_is_no_word_of_the_report():
    """The verdict in the second sentence is told by a word of another sentence."""
    text = {"quote": "A baker was arraigned in Osk", "sentence": (50, 78)}
    assert wordings(**text, trigger=(62, 71)) == {"baker", "osk"}
    assert wordings(**text, trigger=(10, 19)) == {"baker", "arraign", "osk"}


def test_inflections_of_a_word_are_one_word_of_a_report():
    assert wordings(quote="Clashes at Osk, shepherds say") & {"clash", "shepherd"}
    assert wordings(quote="They clashed at Osk") & wordings(quote="The clash at Osk") == {
        "clash",
        "osk",
    }
