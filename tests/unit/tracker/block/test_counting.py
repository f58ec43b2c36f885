"""Articles that are only counted: a claim lists the first of them and counts all."""

import pytest
from builders import claim, hours

from services.tracker.block.counting import MAX_LISTED, Further, with_further


@pytest.mark.parametrize("n", [MAX_LISTED, MAX_LISTED + 1])
def test_a_claim_lists_further_articles_up_to_a_bound(n):
    kept = [(hours(i), f"b{i:04}") for i in range(n)]
    told = with_further(claim(), {"a1": Further(kept, {})})
    assert len(told.article_ids) == 1 + MAX_LISTED
    assert told.article_ids[-1] == f"b{MAX_LISTED - 1:04}"
    assert told.updated_at == hours(n - 1)
