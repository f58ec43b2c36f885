"""What is asked of the index to say why there is an alert."""

from collections.abc import Sequence
from typing import Any

import msgspec

from services.api.desk import Desk
from services.desk.documents import claim_of
from services.desk.why import MOST_ARTICLES, Sources, Why, why
from services.messages import Alert, Suppressed
from services.ports import JsonObject, SearchIndex

MOST_CLAIMS = 3
"""Claims that are compared with the condition; an alert has one, or those that were merged."""

MOST_HELD = 20
"""Hits of the same story that were held back and are listed, the newest."""


def why_of(desk: Desk, alert: Alert) -> Why:
    """Return why there is an alert. Raises TransientError."""
    search = desk.search
    claims = _by_id(search, "claims", "claim_id", alert.all_claim_ids[:MOST_CLAIMS])
    incident = search.get("incidents", alert.incident_id) if alert.incident_id else None
    return why(
        alert,
        Sources(
            watch=desk.tables.watches().get(alert.watch_id),
            articles=_by_id(search, "articles", "article_id", alert.article_ids[:MOST_ARTICLES]),
            claims=[
                claim for claim in map(claim_of, claims) if claim and claim.merged_into is None
            ],
            incident=incident,
            suppressed=_held_back(search, alert),
        ),
    )


def _by_id(search: SearchIndex, index: str, field: str, ids: Sequence[str]) -> list[JsonObject]:
    """Return the documents of these ids, in their order."""
    if not ids:
        return []
    body = {"query": {"terms": {field: [*ids]}}, "size": len(ids)}
    hits = search.search(index, body)["hits"]["hits"]
    found: dict[Any, JsonObject] = {hit["_source"].get(field): hit["_source"] for hit in hits}
    return [found[id] for id in ids if id in found]


def _held_back(search: SearchIndex, alert: Alert) -> list[Suppressed]:
    """Return what was held back of the same story, the newest first."""
    either: list[JsonObject] = [{"terms": {"article_id": [*alert.article_ids]}}]
    if alert.all_claim_ids:
        either.append({"terms": {"claim_id": [*alert.all_claim_ids]}})
    asked = [
        {"term": {"watch_id": alert.watch_id}},
        {"bool": {"should": either, "minimum_should_match": 1}},
    ]
    newest = {"at": {"order": "desc", "missing": "_last", "unmapped_type": "date"}}
    body = {"query": {"bool": {"filter": asked}}, "sort": [newest], "size": MOST_HELD}
    found: list[Suppressed] = []
    for hit in search.search("suppressed", body)["hits"]["hits"]:
        given = {name: value for name, value in hit["_source"].items() if value is not None}
        try:
            found.append(msgspec.convert(given, Suppressed))
        except msgspec.ValidationError:
            continue  # a row of an older version
    return found
