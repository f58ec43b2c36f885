"""What a report says by which its incident and another one may exclude each other."""

import msgspec
from builders import hours, report, said

from services.tracker.grouping.marks import marks_of
from services.tracker.reports.element import Element


def test_a_weekday_is_a_mark_only_where_no_date_tells_which_day_it_is():
    one = report(quote="A mill burnt down on Wednesday.")
    article = said("a", one)
    assert article.published_at is not None
    assert marks_of(Element(article, one, True, hours(0), None)).weekdays == ()
    undated = msgspec.structs.replace(article, published_at=None)
    assert marks_of(Element(undated, one, True, hours(0), None)).weekdays == (2,)
