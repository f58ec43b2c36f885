"""Numbers, times, and ticks as people read them."""

from datetime import UTC, datetime, timedelta

import pytest

from services.dashboards.scales import MOST_LETTERS, axis, cell, labelled, ticks, written

DAY = datetime(2031, 5, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1234.0, "number", "1,234"),
        (1.255, "number", "1.25"),
        (0.227, "share", "23%"),
        (1.5, "seconds", "1.5 s"),
        (600.0, "seconds", "10 min"),
        (9_000.0, "seconds", "2.5 h"),
        (DAY.timestamp() * 1000, "time", "2 May 2031, 00:00"),
        (None, "number", "–"),
    ],
)
def test_a_value_with_its_unit(value, unit, text):
    assert written(value, unit) == text


@pytest.mark.parametrize(
    ("most", "whole", "marks"),
    [
        (3, True, [0, 1, 2, 3]),
        (1, True, [0, 1]),
        (1, False, [0, 0.5, 1]),
        (9, True, [0, 5, 10]),
        (0, True, [0, 1]),
        (4_000, True, [0, 1_000, 2_000, 3_000, 4_000]),
    ],
)
def test_ticks_are_round_and_reach_the_highest_value(most, whole, marks):
    assert ticks(most, whole=whole) == marks


@pytest.mark.parametrize(
    ("values", "unit", "marks"),
    [
        ([100.0], "seconds", [(0, "0 s"), (50, "50 s"), (100, "100 s")]),
        ([119.0], "seconds", [(0, "0 s"), (50, "50 s"), (100, "100 s"), (150, "150 s")]),
        ([120.0], "seconds", [(0, "0 min"), (30, "0.5 min"), (60, "1 min"), (90, "1.5 min")]),
        ([7_200.0], "seconds", [(0, "0 h"), (1_800, "0.5 h"), (3_600, "1 h")]),
        ([1.0, 0.4], "share", [(0, "0%"), (0.5, "50%"), (1, "100%")]),
        ([3.0], "number", [(0, "0"), (1, "1"), (2, "2"), (3, "3")]),
        ([], "number", [(0, "0"), (1, "1")]),
    ],
)
def test_an_axis_has_round_marks_in_one_unit(values, unit, marks):
    assert axis(values, unit)[: len(marks)] == marks


def test_hours_show_the_day_where_it_begins():
    steps = [DAY + timedelta(hours=6 * n) for n in range(8)]
    assert labelled(steps, 4) == {0: "00:00\n2 May", 2: "12:00", 4: "00:00\n3 May", 6: "12:00"}


def test_days_show_no_hour():
    assert labelled([DAY, DAY + timedelta(days=1)], 5) == {0: "2 May", 1: "3 May"}


def test_a_field_of_a_document_is_shown_by_its_kind():
    assert cell("opened_at", "2031-05-02T06:30:00Z") == "2 May 2031, 06:30"
    assert cell("actors", ["a", "b"]) == "a · b"
    assert cell("at", "2031-05-02T06:30:00Z") == "2 May 2031, 06:30"
    assert (cell("wire", None), cell("offset", 0)) == ("", "0")


def test_a_value_is_cut_where_it_is_longer_than_a_table_takes():
    assert cell("text", "x" * MOST_LETTERS) == "x" * MOST_LETTERS
    assert cell("text", "x" * (MOST_LETTERS + 1)) == "x" * (MOST_LETTERS - 1) + "…"
