"""Features of logistic models, and the probability that they give."""

import pytest

from services.tagger.models.logistic import all_of, any_of, logistic, share_of


def test_a_feature_that_was_not_fitted_counts_nothing():
    weights = {"bias": -1.0, "near": 2.0}
    assert logistic(weights, {"near": 1.0, "new": 9.0}) == logistic(weights, {"near": 1.0})
    assert logistic(weights, {"near": 0.5}) == pytest.approx(0.5)


def test_no_item_has_a_trait_and_not_all_items_of_none_have_it():
    assert any_of(str.islower, []) == all_of(str.islower, []) == 0.0


@pytest.mark.parametrize(
    ("words", "any_", "all_", "share"), [("ab", 1, 1, 1), ("aB", 1, 0, 0.5), ("AB", 0, 0, 0)]
)
def test_a_trait_is_of_any_of_all_or_of_a_share(words, any_, all_, share):
    assert (any_of(str.islower, words), all_of(str.islower, words)) == (any_, all_)
    assert share_of(str.islower, list(words)) == share
