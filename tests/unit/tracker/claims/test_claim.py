"""What one claim quotes of its reports."""

import pytest
from builders import hours, in_block, report, said, speaker

from services.tracker.claims.claim import MAX_EVIDENCE
from services.tracker.claims.fold import fold


@pytest.mark.parametrize("n", [MAX_EVIDENCE, MAX_EVIDENCE + 1])
def test_a_claim_quotes_its_first_report_and_the_latest(n):
    articles = [in_block(said(f"a{i}", report(f"r{i}"), hour=i)) for i in range(n)]
    (claim,) = fold("violence:halvane", articles)
    latest = [f"r{i}" for i in range(n - MAX_EVIDENCE + 1, n)]
    assert [e.report_id for e in claim.evidence] == ["r0", *latest]


FRONT = speaker("front", affiliation=("front",))
ARMY = said("army", report("r1", stance="claimed", speakers=(speaker("army"),)), wire="meridian")
DENIAL = said("denial", report("r2", stance="denied", speakers=(FRONT,)), hour=1)
CONFIRMING = report("r3", stance="confirmed", speakers=(FRONT,))
KIN = report("r4", stance="confirmed", speakers=(speaker("kin", affiliation=("halvane",)),))


def shown(*articles):
    """Return status → the reports that show it, of each step of the one claim."""
    (claim,) = fold("violence:halvane", articles)
    assert claim.shown_by == claim.history[-1].shown_by
    return [(step.to, [e.report_id for e in step.shown_by]) for step in claim.history]


def test_a_dispute_is_shown_by_a_sentence_of_each_side_and_a_confirmation_by_its_own():
    assert shown(in_block(ARMY), in_block(DENIAL), in_block(said("own", CONFIRMING, hour=2))) == [
        ("claimed", []),
        ("disputed", ["r1", "r2"]),
        ("confirmed", ["r3"]),
    ]


def test_a_withdrawn_confirmation_gives_way_to_one_in_force():
    """The status stays confirmed, so there is no step; the sentence is another one."""
    own = said("own", CONFIRMING, hour=2)
    edited = said("own", version=2, hour=2, seen_at=hours(4), cause="edit")
    kin = said("kin", KIN, hour=3)
    assert shown(in_block(own), in_block(kin)) == [("confirmed", ["r3"])]
    assert shown(in_block(own, edited), in_block(kin)) == [("confirmed", ["r4"])]
