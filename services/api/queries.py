"""Requests as search bodies. Text of users only ever enters a simple match."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType

from services.ports import JsonObject

KINDS = ("articles", "incidents", "claims", "alerts", "suppressed")
MOST = 200
"""Documents in one answer."""

DEEPEST = 10_000
"""Limit of `start` plus size: as far as Elasticsearch pages without a scroll."""

_NEWEST = {
    "articles": ["sorted_at", "first_seen_at"],
    "incidents": ["sorted_at", "first_seen_at"],
    "claims": ["updated_at"],
    "alerts": ["last_at"],
    "suppressed": ["at"],
}
_IDS = {
    "articles": "article_id",
    "incidents": "incident_id",
    "claims": "claim_id",
    "alerts": "alert_id",
    "suppressed": "suppressed_id",
}


def listing(
    index: str,
    *,
    text: str | None = None,
    size: int = 20,
    start: int = 0,
    whole: bool = False,
    least: Mapping[str, int | None] = MappingProxyType({}),
    among: Sequence[JsonObject] = (),
    **terms: str | None,
) -> JsonObject:
    """Return the search body for the newest documents of `index`.

    - `terms`: keyword values that documents must have. All words of `text` must match.
    - `least`: numbers that documents must have at least.
    - `whole`: the full message of a claim or an alert is included.
    - `among`: further filters, as of whose documents may be seen.
    """
    filters: list[JsonObject] = [{"term": {name: value}} for name, value in terms.items() if value]
    filters += [{"range": {name: {"gte": n}}} for name, n in least.items() if n is not None]
    filters += among
    if text and text.strip():
        filters.append(
            {"multi_match": {"query": text, "fields": ["title", "text"], "operator": "and"}}
        )
    # The id decides between equal dates, so that pages neither repeat nor skip a document.
    newest = [
        {name: {"order": "desc", "missing": "_last", "unmapped_type": "date"}}
        for name in _NEWEST[index]
    ]
    return {
        "query": {"bool": {"filter": filters}},
        "sort": [*newest, {_IDS[index]: {"order": "asc", "unmapped_type": "keyword"}}],
        "from": start,
        "size": max(0, min(size, MOST, DEEPEST - start)),
        "track_total_hits": True,
        "_source": {"excludes": [] if whole else ["whole"]},
    }


def page(answer: JsonObject) -> JsonObject:
    """Return the documents of a search answer and their total number."""
    hits = answer["hits"]
    return {"total": hits["total"]["value"], "items": [hit["_source"] for hit in hits["hits"]]}


SPELT = ("watch_id", "outlet")
"""Filters with an open list of values. An empty answer says whether the value was ever seen."""

MOST_SPELLINGS = 1000
"""Values compared with one that was never seen; the most frequent ones."""


def spellings(name: str) -> JsonObject:
    """Return the search body for the values of a keyword field."""
    return {"size": 0, "aggs": {"seen": {"terms": {"field": name, "size": MOST_SPELLINGS}}}}


def note(index: str, name: str, given: str, answer: JsonObject) -> dict[str, str]:
    """Return a note about a value, by the answer to `spellings`; nothing if a document has it."""
    seen = [
        str(bucket["key"])
        for bucket in answer.get("aggregations", {}).get("seen", {}).get("buckets", ())
    ]
    if given in seen:
        return {}
    near = get_close_matches(given, seen, n=1)
    meant = f"; did you mean {near[0]!r}?" if near else ""
    return {
        "note": f"none of the {index} has the {name} {given!r}: it is compared as written{meant}"
    }
