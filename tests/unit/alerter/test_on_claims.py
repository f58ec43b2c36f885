"""The first words of an alert on a claim: those of the hit that opened it."""

import msgspec
import pytest
from alerting import Stream, hit, update

from services.messages import Evidence

BOTH = "both"
ARTICLE = "c1-a1"


def report(event, words, counts=None, incident="i1"):
    found = hit(BOTH, ARTICLE).report
    assert found is not None
    return msgspec.structs.replace(
        found,
        incident_id=incident,
        event=event,
        counts=counts or {},
        evidence=Evidence(article_id=ARTICLE, version=1, quote=words, mark=(0, 4), outlet="Post"),
    )


def first_text(*reports):
    """Return the text of the alert that a claim of deaths in two incidents opens."""
    hit_on = msgspec.structs.replace(hit(BOTH, ARTICLE), report=reports[0], also=reports[1:])
    claim = update("c1", 1, "reported", 1, 9, ())
    assert claim.claim is not None
    told = msgspec.structs.replace(claim.claim, incident_ids=("i1", "i2"))
    stream = Stream().take([hit_on, msgspec.structs.replace(claim, claim=told)])
    (alert,) = [alert for alert in stream.sent if alert.watch_id == BOTH]
    return alert.revisions[0].text


RAID = report("airstrike", "Jets flew over Halvane.")
DEATHS = report("killed", "Nine of Halvane died.", incident="i2")
COUNTED = report("attack", "A raid on Halvane, nine dead.", {"killed": 9}, "i2")


@pytest.mark.parametrize("of_claim", [DEATHS, COUNTED])
def test_an_alert_begins_with_the_words_on_the_incident_of_the_claims_own_type(of_claim):
    said = f"“{of_claim.evidence.quote}”"
    assert first_text(RAID, of_claim).startswith(said)
    assert first_text(of_claim, RAID).startswith(said)


def test_without_such_an_incident_it_begins_with_the_first():
    assert first_text(RAID).startswith("“Jets flew over Halvane.”")


def test_an_incident_of_no_claim_has_no_words_in_its_alert():
    elsewhere = report("killed", "Ten of Halvane died.", incident="i9")
    assert first_text(elsewhere, RAID).startswith("“Jets flew over Halvane.”")
