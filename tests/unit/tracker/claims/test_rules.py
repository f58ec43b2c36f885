"""The numbers of the rules of level."""

import pytest

from services.tracker.claims.rules import INDEPENDENT_ORIGINS, LEVELS, Facts, first


@pytest.mark.parametrize(
    ("independent", "level"),
    [(INDEPENDENT_ORIGINS - 1, "reported"), (INDEPENDENT_ORIGINS, "corroborated")],
)
def test_two_independent_origins_corroborate_a_claim(independent, level):
    facts = Facts(
        supporting=3,
        denying=0,
        independent=independent,
        somebody_confirms=False,
        somebody_claims=False,
    )
    assert first(LEVELS, facts).gives == level
