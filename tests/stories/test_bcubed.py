"""Extended B-cubed, on cases worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories.bcubed import bcubed

CLUSTERS = st.dictionaries(
    st.sampled_from("abcdef"), st.sets(st.integers(0, 3), min_size=1), min_size=1
)


def test_one_cluster_for_two_events_costs_precision():
    scores = bcubed({"a": {1}, "b": {1}, "c": {1}}, {"a": {"x"}, "b": {"x"}, "c": {"y"}})
    assert scores.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3) / 3)
    assert scores.recall == 1


def test_singletons_cost_recall():
    scores = bcubed({"a": {1}, "b": {2}}, {"a": {"x"}, "b": {"x"}})
    assert (scores.precision, scores.recall) == (1, 0.5)


def test_an_item_in_two_clusters_where_gold_has_one_costs_precision():
    assert bcubed({"a": {1, 2}}, {"a": {"x"}}).precision == 0.5


def test_an_item_that_was_missed_costs_recall_only():
    scores = bcubed({"a": {1}}, {"a": {"x"}, "b": {"y"}})
    assert (scores.precision, scores.recall) == (1, 0.5)


def test_nothing_found_scores_nothing():
    assert bcubed({}, {"a": {"x"}}) == (0, 0, 0, 1)


@given(CLUSTERS)
def test_clusters_agree_with_themselves_whatever_they_are_called(clusters):
    renamed = {item: {f"c{i}" for i in own} for item, own in clusters.items()}
    assert bcubed(renamed, clusters)[:3] == pytest.approx((1, 1, 1))


@given(CLUSTERS, CLUSTERS)
def test_precision_one_way_is_recall_the_other_way(found, gold):
    here, there = bcubed(found, gold), bcubed(gold, found)
    assert (here.precision, here.recall) == pytest.approx((there.recall, there.precision))
    assert 0 <= here.f1 <= 1
