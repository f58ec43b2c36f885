"""The page: what stands in it, and that nothing of a document is taken as markup."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from services.dashboards.asking import Row, Spot, Window
from services.dashboards.boards import DASHBOARDS
from services.dashboards.definition import (
    ByValue,
    Chart,
    Count,
    Dashboard,
    Listing,
    Map,
    OverTime,
    Percentile,
    View,
    side_by_side,
)
from services.dashboards.land import strips
from services.dashboards.page import Drawn, page

DAY = datetime(2031, 5, 2, tzinfo=UTC)
WINDOW = Window(DAY, DAY + timedelta(days=1))
VIEW = View("claims", "opened_at")
NASTY = "<script>alert(1)</script>&\"'"


def drawn(panel, answer):
    board = Dashboard("b", "Reportedly: board", "About.", 1, side_by_side((12, ((48, panel),))))
    return page([Drawn(board, WINDOW, (answer,))], ())


COUNTS = (Count("Claims"),)


def chart(shape, *buckets, metrics=COUNTS):
    return Chart("Title", "What is counted.", VIEW, shape, metrics, buckets)


NAME = ByValue("status", "Status", 7)
SPOT = Spot(NASTY, 2, 45.7, 4.8)
PANELS = [
    pytest.param(chart("number"), [Row((), (1234.0,))], "1,234", id="number"),
    pytest.param(chart("bars", OverTime(), NAME), [Row((DAY, NASTY), (3.0,))], "<rect", id="bars"),
    pytest.param(chart("lines", OverTime()), [Row((DAY,), (3.0,))], "<circle", id="lines"),
    pytest.param(chart("lying-bars", NAME), [Row((NASTY,), (3.0,))], "<rect", id="lying-bars"),
    pytest.param(chart("table", NAME), [Row((NASTY,), (3.0,))], "<td", id="table"),
    pytest.param(Map("m", "T", "A.", VIEW, "p", "n", ()), [SPOT], "<circle", id="map"),
    pytest.param(
        Listing("l", "T", "A.", VIEW, (("event", "E"),), "at"), [{"event": NASTY}], "<td", id="list"
    ),
]


@pytest.mark.parametrize(("panel", "answer", "mark"), PANELS)
def test_a_panel_shows_its_title_its_sentence_and_its_numbers(panel, answer, mark):
    html = drawn(panel, answer)
    assert f"<h2>{panel.title}</h2>" in html
    assert panel.about in html
    assert mark in html


@pytest.mark.parametrize(("panel", "answer", "mark"), PANELS)
def test_nothing_of_a_document_becomes_markup(panel, answer, mark):
    html = drawn(panel, answer)
    assert "<script" not in html
    assert mark != "<td" or "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("panel", "mark"), [pytest.param(p.values[0], p.values[2], id=p.id) for p in PANELS[1:]]
)
def test_a_panel_without_documents_says_so(panel, mark):
    html = drawn(panel, [])
    assert 'class="nothing"' in html
    assert mark not in html


def test_a_count_of_zero_is_shown_as_a_number():
    assert '<p class="number">0</p>' in drawn(chart("number"), [Row((), (0.0,))])


def test_seconds_of_zero_are_values_and_no_empty_chart():
    some = chart("lines", OverTime(), metrics=(Percentile("s", 50, "Median", "seconds"),))
    assert 'class="nothing"' not in drawn(some, [Row((DAY,), (0.0,))])
    assert 'class="nothing"' in drawn(some, [Row((DAY,), (None,))])


def test_the_page_loads_nothing_and_runs_nothing():
    html = page(
        [
            Drawn(
                board,
                WINDOW,
                tuple([] if not _is_number(p) else [Row((), (None,))] for _, p in board.panels),
            )
            for board in DASHBOARDS
        ],
        (),
    )
    assert not re.search(r'(?:src|href)="(?!#)', html)
    assert "default-src 'none'" in html
    assert "@import" not in html
    assert "url(" not in html


def _is_number(panel):
    return isinstance(panel, Chart) and panel.shape == "number"


def test_a_status_has_the_same_colour_in_every_panel():
    one = drawn(chart("bars", OverTime(), NAME), [Row((DAY, "denied"), (3.0,))])
    rows = [Row((DAY, "reported"), (5.0,)), Row((DAY, "denied"), (3.0,))]
    two = drawn(chart("bars", OverTime(), NAME), rows)
    (colour,) = re.findall(r'<li class="(c\d)">denied', one)
    assert re.findall(r'<li class="(c\d)">denied', two) == [colour]


def test_a_line_breaks_where_there_is_no_value():
    hours = [DAY, DAY + timedelta(hours=1), DAY + timedelta(hours=5)]
    html = drawn(chart("lines", OverTime()), [Row((at,), (1.0,)) for at in hours])
    assert html.count("<polyline") == 2


def test_land_is_drawn_in_strips_of_neighbouring_squares():
    found = list(strips([(45.7, 4.8), (45.2, 5.1), (45.9, 7.0), (-0.5, -0.5)]))
    assert [(s.lat, s.lon, s.degrees) for s in found] == [(-1, -1, 1), (45, 4, 2), (45, 7, 1)]
