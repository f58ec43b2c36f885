"""What a report says by which its incident and another one may exclude each other."""

import msgspec
import pytest
from builders import answer, hours, report, said

from services.tracker.grouping.marks import marks_of
from services.tracker.reports.element import Element


def test_a_weekday_is_a_mark_only_where_no_date_tells_which_day_it_is():
    one = report(quote="A mill burnt down on Wednesday.")
    article = said("a", one)
    assert article.published_at is not None
    assert marks_of(Element(article, one, True, hours(0), None)).weekdays == ()
    undated = msgspec.structs.replace(article, published_at=None)
    assert marks_of(Element(undated, one, True, hours(0), None)).weekdays == (2,)


@pytest.mark.parametrize(
    ("quote", "label", "precision", "sites"),
    [
        ("A bomb killed Tane outside his home.", "his home", "site", ("home",)),
        ("A bomb killed Tane at the market.", "the market", "site", ("market",)),
        ("A bomb killed Tane in Homs, home to many.", "Homs", "town", ()),
    ],
)
def test_a_home_is_a_site_where_it_is_the_place_of_the_event(quote, label, precision, sites):
    one = report(quote=quote, place=(answer("x", "place", label=label, precision=precision),))
    assert marks_of(Element(said("a", one), one, True, hours(0), None)).sites == sites
