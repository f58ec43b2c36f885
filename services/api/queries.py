"""What a request asks for, as a search body: user text only ever goes into a simple match."""

from typing import Any

_NEWEST = {
    "articles": ["published_at", "first_seen_at"],
    "claims": ["updated_at"],
    "alerts": ["last_at"],
}
MOST = 200


def listing(index: str, *, text: str | None = None, size: int = 20, start: int = 0, **terms: str | None) -> dict[str, Any]:
    """Return the body for the newest documents of `index` with these keyword values, matching all words of `text`."""
    filters: list[dict[str, Any]] = [{"term": {name: value}} for name, value in terms.items() if value]
    if text:
        filters.append({"multi_match": {"query": text, "fields": ["title", "text"], "operator": "and"}})
    return {
        "query": {"bool": {"filter": filters}},
        "sort": [{name: {"order": "desc", "missing": "_last"}} for name in _NEWEST[index]],
        "from": start,
        "size": min(size, MOST),
    }


def page(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the documents of a search answer and how many there are in all."""
    hits = answer["hits"]
    return {"total": hits["total"]["value"], "items": [hit["_source"] for hit in hits["hits"]]}
