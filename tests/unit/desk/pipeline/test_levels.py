"""Service levels: they hold at the share that is wanted, and say nothing of too few."""

from datetime import timedelta

import pytest
from builders import START

from services.dashboards import operations
from services.desk.figures import Figure
from services.desk.pipeline.levels import (
    ALERT_SECONDS,
    DELIVERY_SECONDS,
    DELIVERY_SHARE,
    FEWEST,
    RIGHT_SHARE,
    Level,
    alert_body,
    delivery_body,
    right_level,
    time_levels,
)


def answer(n, n_good):
    return {"aggregations": {"n": {"value": n}, "good": {"doc_count": n_good}}}


@pytest.mark.parametrize(("n_good", "state"), [(990, "held"), (989, "missed")])
def test_a_level_holds_at_the_share_that_is_wanted_and_not_below(n_good, state):
    alerts, deliveries = time_levels(answer(0, 0), answer(1000, n_good))
    assert (alerts.state, alerts.share) == ("unknown", None)
    assert (deliveries.state, deliveries.share) == (state, n_good / 1000)
    assert deliveries.wanted == DELIVERY_SHARE


@pytest.mark.parametrize(("n", "state"), [(FEWEST - 1, "unknown"), (FEWEST, "missed")])
def test_fewer_than_twenty_tell_nothing(n, state):
    assert Level("Right", "right", RIGHT_SHARE, n, 0).state == state


def test_what_is_right_but_unwanted_counts_as_right():
    assert right_level(Figure("all", right=15, wrong=4, unwanted=1)).state == "held"
    assert right_level(Figure("all", right=15, wrong=5, unwanted=1)).state == "missed"


@pytest.mark.parametrize(
    ("body", "limit"), [(alert_body, ALERT_SECONDS), (delivery_body, DELIVERY_SECONDS)]
)
def test_the_question_counts_what_is_in_time_of_what_has_a_time(body, limit):
    asked = body(START - timedelta(days=1), START)
    (of_time, exists) = asked["query"]["bool"]["filter"]
    (field,) = exists["exists"].values()
    assert of_time["range"]
    assert asked["aggs"]["good"]["filter"]["range"] == {field: {"lte": limit}}
    assert asked["aggs"]["n"] == {"value_count": {"field": field}}


def test_an_index_that_is_not_there_gives_levels_of_nothing():
    assert [level.n for level in time_levels({}, {})] == [0, 0]


def test_the_dashboard_of_operations_has_the_same_limits():
    assert operations.ALERT_SECONDS == ALERT_SECONDS
    assert operations.DELIVERY_SECONDS == DELIVERY_SECONDS
