"""Requests as search bodies. Text of users only ever enters a simple match."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType

from services.errors import ConfigError
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
    after: str = "",
    **terms: str | None,
) -> JsonObject:
    """Return the search body for the newest documents of `index`.

    - `terms`: keyword values that documents must have. All words of `text` must match.
    - `least`: numbers that documents must have at least.
    - `whole`: the full message of a claim or an alert is included.
    - `among`: further filters, as of whose documents may be seen.
    - `after`: the cursor of the page before. Raises ConfigError for one that is none.
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
    place = {"search_after": place_of(after, len(newest))} if after else {"from": start}
    return {
        "query": {"bool": {"filter": filters}},
        "sort": [*newest, {_IDS[index]: {"order": "asc", "unmapped_type": "keyword"}}],
        "size": max(0, min(size, MOST, DEEPEST - start)),
        "track_total_hits": True,
        "_source": {"excludes": [] if whole else ["whole"]},
    } | place


def page(answer: JsonObject) -> JsonObject:
    """Return the documents of a search answer and their total number."""
    hits = answer["hits"]
    return {"total": hits["total"]["value"], "items": [hit["_source"] for hit in hits["hits"]]}


def next_of(answer: JsonObject, size: int) -> str | None:
    """Return the cursor behind a page; None for the last one."""
    hits = answer["hits"]["hits"]
    if len(hits) < size:
        return None
    return urlsafe_b64encode(json.dumps(hits[-1]["sort"]).encode()).decode()


def place_of(cursor: str, n_dates: int) -> list[int | str]:
    """Return the place behind which a page begins: its dates in milliseconds, and an id.

    Raises ConfigError for a text that is no cursor of ours.
    """
    try:
        place = json.loads(urlsafe_b64decode(cursor.encode()))
    except (ValueError, RecursionError):
        place = None
    dates, id = (place[:-1], place[-1]) if isinstance(place, list) and place else ([], None)
    are_dates = all(type(at) is int and -(2**63) <= at < 2**63 for at in dates)
    if len(dates) != n_dates or not are_dates or not isinstance(id, str):
        raise ConfigError("after is no `next` of a page of this list")
    return [*dates, id]


SPELT = ("watch_id", "outlet")
"""Filters with an open list of values. An empty answer says whether the value was ever seen."""

MOST_SPELLINGS = 1000
"""Values compared with one that was never seen; the most frequent ones."""


def spellings(name: str, among: Sequence[JsonObject] = ()) -> JsonObject:
    """Return the search body for the values of a keyword field, of what passes the filters."""
    return {
        "size": 0,
        "query": {"bool": {"filter": [*among]}},
        "aggs": {"seen": {"terms": {"field": name, "size": MOST_SPELLINGS}}},
    }


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
