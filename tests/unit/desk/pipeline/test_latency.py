"""How long stages take, from what documents hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.pipeline.latency import (
    LONGEST_SIGHT_SECONDS,
    Latency,
    nearest,
    of_answer,
    of_pairs,
    seen_pairs,
)

DAY = "2031-05-03"


def at(seconds):
    return f"{DAY}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}Z"


def test_pairs_of_times_give_half_and_nearly_all():
    found = of_pairs("Claim", "read", [(at(0), at(n)) for n in range(1, 101)])
    assert found == Latency("Claim", "read", 100, 50.0, 95.0)


@pytest.mark.parametrize(
    "pair", [(None, at(1)), (at(1), None), (at(2), at(1)), ("soon", at(1)), (3, at(1))]
)
def test_a_pair_that_tells_nothing_is_left_out(pair):
    assert of_pairs("Claim", "read", [pair]) == Latency("Claim", "read")
    assert of_pairs("Claim", "read", [pair, (at(1), at(1))]).n == 1


@pytest.mark.parametrize(("days", "n"), [(6, 1), (7, 0)])
def test_old_stock_of_a_new_feed_says_nothing_of_how_fast_it_is_seen(days, n):
    assert LONGEST_SIGHT_SECONDS == 7 * 86_400
    document = {"published_at": f"2031-05-{3 - 0:02}T00:00:00Z"}
    document |= {"first_seen_at": f"2031-05-{3 + days:02}T00:00:00Z"}
    assert len([*seen_pairs({"hits": {"hits": [{"_source": document}, {"_source": {}}]}})]) == n


def test_an_answer_of_an_index_that_is_not_there_is_nothing_measured():
    assert of_answer({}, "read", "Read", "seen") == Latency("Read", "seen")
    answer = {
        "aggregations": {"n_read": {"value": 20}, "read": {"values": {"50.0": 1, "95.0": 2.5}}}
    }
    assert of_answer(answer, "read", "Read", "seen") == Latency("Read", "seen", 20, 1.0, 2.5)


@pytest.mark.parametrize(("n", "p95"), [(19, None), (20, 1.0)])
def test_of_few_values_none_is_said_to_be_slower_than_95_of_100(n, p95):
    """It would be the slowest of them."""
    assert of_pairs("Claim", "read", [(at(0), at(1))] * n).p95 == p95
    read = {"n_read": {"value": n}, "read": {"values": {"50.0": 0.5, "95.0": 1.0}}}
    assert of_answer({"aggregations": read}, "read", "Read", "seen").p95 == p95


@given(st.lists(st.floats(0, 1e6), min_size=1).map(sorted), st.floats(0.01, 1.0))
def test_the_nearest_rank_is_one_of_the_values_and_enough_do_not_exceed_it(values, share):
    found = nearest(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-6
