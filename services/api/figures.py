"""What the index knows of the alerts of watches: how many of late, and the last."""

from collections.abc import Sequence
from datetime import timedelta

from services.api.desk import Desk
from services.desk.watch_rows import Figures
from services.ports import JsonObject

WEEK = timedelta(days=7)

LOOKED_AT = 1_000
"""Alerts among which the last of each watch is looked for, those first that changed last."""


def figures_of(desk: Desk, ids: Sequence[str]) -> dict[str, Figures]:
    """Return the figures of watches by id, without those that have no alert. Raises
    TransientError."""
    of_these: JsonObject = {"terms": {"watch_id": [*ids]}}
    since = (desk.now() - WEEK).isoformat()
    counting: JsonObject = {
        "query": {"bool": {"filter": [of_these, {"range": {"first_at": {"gte": since}}}]}},
        "size": 0,
        "aggs": {"watch": {"terms": {"field": "watch_id", "size": max(1, len(ids))}}},
    }
    answer = desk.search.search("alerts", counting)
    buckets = answer.get("aggregations", {}).get("watch", {}).get("buckets", ())
    n_week = {str(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets}
    newest: JsonObject = {
        "query": {"bool": {"filter": [of_these]}},
        "sort": [{"last_at": {"order": "desc", "missing": "_last", "unmapped_type": "date"}}],
        "size": LOOKED_AT,
        "_source": ["watch_id", "last_at"],
    }
    last: dict[str, str] = {}
    for hit in desk.search.search("alerts", newest)["hits"]["hits"]:
        source = hit["_source"]
        if isinstance(source.get("last_at"), str):
            last.setdefault(source.get("watch_id"), source["last_at"])
    return {
        id: Figures(n_week.get(id, 0), last.get(id)) for id in ids if id in n_week or id in last
    }
