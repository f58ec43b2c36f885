"""What a panel asks, and what is read from the answer."""

from datetime import UTC, datetime, timedelta

import pytest

from services.dashboards.asking import MOST_STEPS, Row, Spot, Window, body, rows
from services.dashboards.conditions import AtLeast, Is, Not
from services.dashboards.definition import (
    ByCondition,
    ByValue,
    Chart,
    Count,
    Figure,
    Listing,
    Map,
    OverTime,
    Percentile,
    Ratio,
    View,
)

DAY = datetime(2031, 5, 2, tzinfo=UTC)
WINDOW = Window(DAY, DAY + timedelta(days=1))
VIEW = View("claims", "opened_at")
COUNT = Count("Claims")


def chart(shape, metrics, *buckets):
    return Chart("T", "A.", VIEW, shape, metrics, buckets)


def answer(aggregations=None, total=0):
    return {"hits": {"total": {"value": total}, "hits": []}, "aggregations": aggregations or {}}


def test_a_panel_asks_only_documents_of_its_time_that_meet_its_condition():
    where = Is("status", ("denied",))
    asked = body(Chart("T", "A.", VIEW, "number", (COUNT,), where=where), WINDOW)
    span = {"gte": "2031-05-02T00:00:00+00:00", "lt": "2031-05-03T00:00:00+00:00"}
    assert asked["query"]["bool"]["filter"] == [
        {"range": {"opened_at": span}},
        {"terms": {"status": ["denied"]}},
    ]
    assert asked["size"] == 0


def test_buckets_nest_in_their_order():
    asked = body(chart("bars", (COUNT,), OverTime(), ByValue("status", "Status", 7)), WINDOW)
    outer = asked["aggs"]["b2"]
    assert outer["date_histogram"]["field"] == "opened_at"
    assert outer["aggs"]["b1"]["terms"] == {
        "field": "status",
        "size": 7,
        "order": {"_count": "desc"},
    }


def test_rows_have_a_key_for_each_bucket_outermost_first():
    bars = chart("bars", (COUNT,), OverTime(), ByValue("status", "Status", 7))
    inner = {"b1": {"buckets": [{"key": "denied", "doc_count": 3}]}, "doc_count": 3}
    given = answer({"b2": {"buckets": [{"key": DAY.timestamp() * 1000, **inner}]}})
    assert rows(bars, given) == [Row((DAY, "denied"), (3.0,))]


def test_values_are_ordered_by_a_figure_if_it_comes_first():
    quiet = chart(
        "table", (Figure("max", "at", "Newest", "time"), COUNT), ByValue("f", "F", 5, True)
    )
    assert body(quiet, WINDOW)["aggs"]["b1"]["terms"]["order"] == {"m0": "asc"}


def test_conditions_keep_their_order_whatever_that_of_the_answer():
    parts = (("none", Not(AtLeast("n", 1))), ("1 or more", AtLeast("n", 1)))
    bars = chart("bars", (COUNT,), ByCondition("N", parts))
    given = {"1 or more": {"doc_count": 2}, "none": {"doc_count": 1}}
    assert rows(bars, answer({"b1": {"buckets": given}})) == [
        Row(("none",), (1.0,)),
        Row(("1 or more",), (2.0,)),
    ]


def test_metrics_are_read_by_their_kind():
    some = chart(
        "number",
        (
            COUNT,
            Count("Denied", Is("status", ("denied",))),
            Figure("sum", "killed_min", "Killed"),
            Percentile("seconds", 50, "Median"),
            Ratio(Figure("sum", "n", "N"), COUNT, "Each"),
        ),
    )
    given = {
        "m1": {"doc_count": 2},
        "m2": {"value": 9.0},
        "m3": {"values": {"50.0": 1.5}},
        "m4of": {"value": 6.0},
    }
    assert rows(some, answer(given, total=4)) == [Row((), (4.0, 2.0, 9.0, 1.5, 1.5))]


def test_a_ratio_of_nothing_has_no_value():
    each = chart("number", (Ratio(Figure("sum", "n", "N"), COUNT, "Each"),))
    assert rows(each, answer({"m0of": {"value": 0.0}}, total=0)) == [Row((), (None,))]


def test_an_index_that_does_not_exist_has_no_rows():
    assert rows(chart("bars", (COUNT,), OverTime()), answer()) == []
    assert rows(chart("number", (Figure("sum", "n", "N"),)), answer()) == [Row((), (None,))]


def test_a_map_asks_for_the_middle_of_each_named_place():
    shown = Map("m", "T", "A.", View("incidents", "sorted_at"), "location", "place_name", ())
    places = body(shown, WINDOW)["aggs"]["b0"]
    assert places["aggs"]["at"] == {"geo_centroid": {"field": "location"}}
    bucket = {"key": "Lyon", "doc_count": 2, "at": {"location": {"lat": 45.7, "lon": 4.8}}}
    nowhere = {"key": "Dovra", "doc_count": 1, "at": {"count": 0}}
    assert rows(shown, answer({"b0": {"buckets": [bucket, nowhere]}})) == [
        Spot("Lyon", 2, 45.7, 4.8)
    ]


def test_a_list_asks_its_columns_the_newest_first():
    listing = Listing("l", "T", "A.", VIEW, (("event", "Event"),), "status_at")
    asked = body(listing, WINDOW)
    assert (asked["sort"], asked["_source"]) == ([{"status_at": "desc"}], ["event"])
    found = {"hits": {"total": {"value": 1}, "hits": [{"_source": {"event": "killed"}}]}}
    assert rows(listing, found) == [{"event": "killed"}]


@pytest.mark.parametrize(
    ("length", "step"),
    [
        (timedelta(minutes=MOST_STEPS), "1m"),
        (timedelta(minutes=MOST_STEPS, seconds=1), "5m"),
        (timedelta(days=MOST_STEPS), "1d"),
        (timedelta(days=MOST_STEPS, seconds=1), "7d"),
    ],
)
def test_an_axis_has_the_shortest_step_that_needs_no_more_than_the_most(length, step):
    assert Window(DAY, DAY + length).step == step


def test_steps_begin_where_elasticsearch_cuts_them():
    window = Window(DAY + timedelta(hours=1), DAY + timedelta(days=2))
    assert window.step == "3h"
    assert window.steps[0] == DAY
    assert window.steps[-1] == DAY + timedelta(days=1, hours=21)
