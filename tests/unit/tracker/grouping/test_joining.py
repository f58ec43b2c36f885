"""With how many claims an incident is compared."""

import pytest
from builders import hours, report, said

from services.tracker.grouping.incidents import incidents
from services.tracker.grouping.joining import MAX_OPEN, Joined
from services.tracker.grouping.rules import Rules
from services.tracker.reports.element import Element

RULES = Rules(of_a_person=True, says_little=False)


def incident(i, event):
    one = report(f"r{i:03}", event=event)
    (found,) = incidents([Element(said(f"a{i}", one, hour=i), one, True, hours(i), None)], RULES)
    return found


@pytest.mark.parametrize(("others", "joins"), [(MAX_OPEN - 1, True), (MAX_OPEN, False)])
def test_an_incident_joins_only_the_claims_reported_last(others, joins):
    between = [incident(i, f"event-{i}") for i in range(1, others + 1)]
    said_again = incident(others + 1, "killed")
    joined = Joined(RULES, [incident(0, "killed"), *between, said_again])
    assert len(list(joined.claims())) == others + (1 if joins else 2)
