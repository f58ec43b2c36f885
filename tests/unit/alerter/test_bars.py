"""What keeps a hit or a claim from opening an alert."""

from datetime import timedelta

import pytest
from builders import claim, hours

from services.alerter.bars import (
    CORRECTED_FOR,
    SAME_STORY_WITHIN,
    chosen_cause,
    is_of_claim,
    is_past_correction,
    is_recent,
    is_without_principal,
    may_notify,
    names_claim,
)
from services.messages import Alert, ClaimCause, Evidence, Hit, HitReport, Revision, Told

MOMENT = timedelta(seconds=1)


def alert_revised_at(at):
    last = Revision(id="r1", number=1, kind="first", text="killed: reported", at=at, told=Told())
    return Alert(alert_id="x", watch_id="w", watch_version=1, watch_name="W", revisions=(last,))


def test_an_alert_is_recent_for_as_long_as_a_hit_is_probably_the_same_story():
    alert = alert_revised_at(hours(0))
    assert is_recent(alert, hours(0) + SAME_STORY_WITHIN)
    assert not is_recent(alert, hours(0) + SAME_STORY_WITHIN + MOMENT)


def test_an_alert_without_watch_is_corrected_until_its_time_is_over():
    alert = alert_revised_at(hours(0))
    assert not is_past_correction(alert, hours(0) + CORRECTED_FOR)
    assert is_past_correction(alert, hours(0) + CORRECTED_FOR + MOMENT)


def test_an_alert_without_a_time_is_neither_recent_nor_past_correction():
    alert = alert_revised_at(None)
    assert not is_recent(alert, hours(0))
    assert not is_past_correction(alert, hours(0))


def test_of_several_causes_the_first_wanted_one_is_chosen_else_the_first():
    silent = ClaimCause(article_id="a1", version=1, cause="backfill")
    loud = ClaimCause(article_id="a2", version=1)
    assert chosen_cause(claim(cause=(silent, loud)), may_notify) == loud
    assert chosen_cause(claim(cause=(silent,)), may_notify) == silent
    assert chosen_cause(claim(cause=()), may_notify) is None


def test_a_block_that_ends_in_a_question_mark_has_no_principal():
    assert is_without_principal("violence:?")
    assert not is_without_principal("violence:halvane")


@pytest.mark.parametrize(
    ("incident_id", "incident_ids", "block", "is_one"),
    [
        ("i1", ("i1", "i2"), "violence:halvane", True),
        ("i3", ("i1", "i2"), "violence:halvane", False),
        ("i1", ("i1",), "violence:?", True),
        ("", ("i1",), "violence:halvane", True),
        ("i1", (), "violence:halvane", True),
        ("", (), "violence:meris", False),
    ],
)
def test_a_hit_is_of_the_claim_that_holds_its_incident(incident_id, incident_ids, block, is_one):
    """Two incidents of one article may stand in one block."""
    rests_on = HitReport(
        report_id="r",
        incident_id=incident_id,
        block="violence:halvane",
        event="killed",
        status="reported",
        evidence=Evidence(article_id="a", version=1, quote="Killed.", mark=(0, 6)),
    )
    told = claim(block=block, incident_ids=incident_ids)
    assert is_of_claim(rests_on, told) == is_one
    assert names_claim(Hit(hit_id="h", also=(rests_on,)), told) == is_one
