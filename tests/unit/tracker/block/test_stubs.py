"""A stub lists and counts late articles up to a bound."""

import pytest
from builders import claim, hours, report, said

from services.messages import Archived
from services.tracker.block.stubs import MAX_LATE, spoken, told


@pytest.mark.parametrize(("n", "is_taken"), [(MAX_LATE - 1, True), (MAX_LATE, False)])
def test_late_articles_are_listed_up_to_a_bound_and_then_counts_are_approximate(n, is_taken):
    late = {f"late{i}": 1 for i in range(n)}
    row = Archived(claim=claim(), articles={"a1": 1}, late=late)
    after = spoken(row, said("one-more", report()), hours(0))
    assert ("one-more" in after.late) == is_taken
    assert told(row).counts_approximate != is_taken
    assert told(after).counts_approximate
