"""The history of a claim that changes its status very often."""

import pytest
from builders import hours, report, said, speaker

from services.tracker.claims.history import MAX_STEPS, life
from services.tracker.reports.element import Element


def flipping(n):
    """Return a claim that is denied `n` times; each denial but the last is withdrawn again."""
    first = report("r")
    members = [Element(said("a", first), first, True, hours(0), None)]
    for i in range(1, n + 1):
        denial = report(f"d{i:03}", stance="denied", speakers=(speaker(f"s{i}"),))
        live = i == n
        gone = None if live else hours(2 * i + 1)
        members.append(Element(said(f"b{i}", denial), denial, live, hours(2 * i), gone))
    return life(members, ["for", *["against"] * n]).history  # type: ignore[list-item]


@pytest.mark.parametrize(("denials", "is_whole"), [(100, True), (101, False)])
def test_a_history_keeps_its_first_and_last_steps_up_to_a_bound(denials, is_whole):
    history = flipping(denials)
    assert len(history) == MAX_STEPS
    assert (history[0].at, history[-1].at) == (hours(0), hours(2 * denials))
    assert (hours(101) in [step.at for step in history]) == is_whole
