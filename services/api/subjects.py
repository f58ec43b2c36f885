"""What a verdict is about, and which claims a week asks about: read from the index.

Commands and the API share it.
"""

from collections.abc import Sequence

from services.desk.documents import alert_of, claim_of
from services.desk.figures import days_of, sample
from services.desk.verdicts import Subject, subject_of_alert, subject_of_claim, subject_of_incident
from services.messages import About, Alert, Claim
from services.ports import JsonObject, SearchIndex

MOST_IN_A_WEEK = 10_000
"""Claims of a week among which a sample is chosen: as deep as Elasticsearch pages.

Beyond, those with the smallest ids are looked at, which are digests too.
"""

MOST_ID_BYTES = 512
"""Bytes of an id; Elasticsearch's bound."""


def subject_of(search: SearchIndex, about: About, id: str) -> Subject | None:
    """Return what a verdict is about, from the index; None if there is no such thing there.

    Raises TransientError.
    """
    if not 0 < len(id.encode("utf-8", "replace")) <= MOST_ID_BYTES:
        return None
    if about == "claim":
        claim = claim_of(search.get("claims", id))
        return _of_claim(search, claim) if claim else None
    if about == "alert":
        alert = alert_of(search.get("alerts", id))
        return _of_alert(search, alert) if alert else None
    return _of_incident(search, id)


def _of_claim(search: SearchIndex, claim: Claim) -> Subject:
    known = subject_of_claim(claim)
    rules = (str(report.get("rule") or "") for report in _reports(search, known.reports))
    return subject_of_claim(claim, rules)


def _of_incident(search: SearchIndex, id: str) -> Subject | None:
    # Incidents lie in an index a month, so that their alias is searched and not asked for an id.
    body: JsonObject = {"query": {"term": {"incident_id": id}}, "size": 1}
    hits = search.search("incidents", body)["hits"]["hits"]
    if not hits:
        return None
    incident = hits[0]["_source"]
    return subject_of_incident(incident, _reports(search, incident.get("report_ids") or ()))


def _of_alert(search: SearchIndex, alert: Alert) -> Subject:
    of: Subject | None = None
    if alert.claim_id:
        of = subject_of(search, "claim", alert.claim_id)
    elif alert.incident_id:
        of = _of_incident(search, alert.incident_id)
    return subject_of_alert(alert, of)


def _reports(search: SearchIndex, ids: Sequence[str]) -> list[JsonObject]:
    if not ids:
        return []
    body: JsonObject = {
        "query": {"terms": {"report_id": [*ids]}},
        "size": len(ids),
        "_source": ["report_id", "rule", "claim_block"],
    }
    return [hit["_source"] for hit in search.search("reports", body)["hits"]["hits"]]


def sampled(search: SearchIndex, week: str) -> list[str]:
    """Return the ids of the claims of a week that the desk is asked about.

    Raises ValueError for what is no week, TransientError.
    """
    first, over = days_of(week)
    opened = {"range": {"opened_at": {"gte": first.isoformat(), "lt": over.isoformat()}}}
    body: JsonObject = {
        "query": {"bool": {"filter": [opened], "must_not": [{"exists": {"field": "merged_into"}}]}},
        "sort": [{"claim_id": {"order": "asc", "unmapped_type": "keyword"}}],
        "size": MOST_IN_A_WEEK,
        "_source": ["claim_id"],
    }
    hits = search.search("claims", body)["hits"]["hits"]
    return sample(week, (str(hit["_source"].get("claim_id") or "") for hit in hits))
