"""The words of a report that tell its event from others."""

from builders import hours, report, said

from services.tracker.grouping.gist import gist_of
from services.tracker.reports.element import Element


def test_words_of_three_letters_are_a_reports_own_and_those_of_two_are_not():
    one = report(quote="Ox fox at Osk")
    gist = gist_of(Element(said("a", one), one, True, hours(0), None))
    assert gist.wordings == (frozenset({"fox", "osk"}),)
