"""What one claim quotes of its reports."""

import pytest
from builders import in_block, report, said

from services.tracker.claims.claim import MAX_EVIDENCE
from services.tracker.claims.fold import fold


@pytest.mark.parametrize("n", [MAX_EVIDENCE, MAX_EVIDENCE + 1])
def test_a_claim_quotes_its_first_report_and_the_latest(n):
    articles = [in_block(said(f"a{i}", report(f"r{i}"), hour=i)) for i in range(n)]
    (claim,) = fold("violence:halvane", articles)
    latest = [f"r{i}" for i in range(n - MAX_EVIDENCE + 1, n)]
    assert [e.report_id for e in claim.evidence] == ["r0", *latest]
