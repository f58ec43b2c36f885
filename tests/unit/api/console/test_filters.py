"""Values as pages show them: times, spans, and addresses of strangers."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from services.api.console.filters import FILTERS, marked, when

NOW = datetime(2026, 11, 30, 19, 0, tzinfo=UTC)


def shown(expression, **values):
    environment = Environment(autoescape=True)
    environment.filters.update(FILTERS)
    made = environment.from_string("{{ " + expression + " }}").render(now=NOW, **values)
    return re.sub("<[^>]*>", "", made)


@pytest.mark.parametrize(
    ("value", "moment", "ago"),
    [
        ("2026-11-30T18:58:00Z", "18:58", "2 min ago"),
        ("2026-11-30T18:59:01+00:00", "18:59", "59 s ago"),
        ("2026-11-29T19:00:01Z", "29 Nov, 19:00", "23 h ago"),
        ("2026-11-29T19:00:00Z", "29 Nov, 19:00", "1 d ago"),
        ("2025-01-02T03:04:00Z", "2 Jan 2025", "697 d ago"),
        ("2026-11-30T19:00:05Z", "19:00", "0 s ago"),
        (datetime(1970, 1, 1, tzinfo=UTC), "1 Jan 1970", "20787 d ago"),
        (datetime(1969, 12, 31, tzinfo=UTC), "no date", "no date"),
        ("0001-01-01T00:00:00Z", "no date", "no date"),
        ("yesterday", "no date", "no date"),
        (None, "no date", "no date"),
    ],
)
def test_a_time_is_told_by_the_hour_and_by_how_long_ago_it_was(value, moment, ago):
    assert (shown("v | moment", v=value), shown("v | ago", v=value)) == (moment, ago)


def test_a_time_without_a_zone_is_in_utc():
    assert when("2026-11-30T18:58:00") == datetime(2026, 11, 30, 18, 58, tzinfo=UTC)


def test_overlapping_spans_are_cut_where_they_meet():
    assert marked("abcdef", [(1, 4, "m"), (3, 5, "t")]) == (
        'a<mark class="m">bc</mark><mark class="m t">d</mark><mark class="t">e</mark>f'
    )


def test_the_first_piece_of_a_span_has_its_id():
    assert marked("abcd", [(0, 3, "m", "i1"), (1, 2, "t")]) == (
        '<mark class="m" id="i1">a</mark><mark class="m t">b</mark><mark class="m">c</mark>d'
    )


def test_a_span_counts_code_points_and_ends_with_the_text():
    assert marked("😀<b>", [(1, 99)]) == "😀<mark>&lt;b&gt;</mark>"


@given(
    st.text(),
    st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 40), st.sampled_from(["", "a", "b"]))),
)
def test_marks_neither_add_nor_lose_text(text, spans):
    html = str(marked(text, spans))
    plain = re.sub(r"</?mark(?: class=\"[ab ]*\")?>", "", html)
    assert "<" not in plain
    assert unescape(plain) == text or "&" in text
    assert html.count("<mark") == html.count("</mark>")
