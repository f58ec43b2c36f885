"""A search as a body for Elasticsearch: what is found, in which order, with which facets."""

from datetime import date, datetime
from typing import Any

from services.ports import JsonObject
from services.query.claims import keys_of
from services.query.compile import compile_query
from services.query.conditions import compile_condition
from services.query.document import facet, facet_of_key
from services.search.asked import IN_WORDS, Asked, Filters, Kind

COUNTED = 10_000
"""Hits that are counted exactly; of more the total is a lower bound.

Source: the default of Elasticsearch (`track_total_hits`). Counting all would read every hit, where
the first page needs only the newest.
"""

MOST_VALUES = 10
"""Values of a facet, the most frequent ones."""

DATE: dict[Kind, str] = {
    "articles": "sorted_at",
    "incidents": "sorted_at",
    "claims": "updated_at",
}
"""Kind to the date by which it is filtered and sorted. None is ever ahead of its sight."""

IDS: dict[Kind, str] = {
    "articles": "article_id",
    "incidents": "incident_id",
    "claims": "claim_id",
}

FACETS: dict[Kind, dict[str, str]] = {
    "articles": {
        "event": "events",
        "actor": "actors",
        "stance": "stance",
        "source": "outlet",
        "lang": "language",
    },
    "incidents": {
        "event": "event",
        "patient": "patient",
        "agent": "agent",
        "stance": "stance",
        "time": "time",
        "country": "country",
        "source": "outlet",
    },
    "claims": {
        "event": "event",
        "patient": "patient",
        "agent": "agent",
        "place": "place",
        "status": "status",
    },
}
"""Kind to the facets that are counted, each with its field."""

NOT_SHOWN = ("match", "match_title", "facets", "whole")
"""Fields that only searches need.

Articles come whole: highlights are made of `match`, and to leave out the rest Elasticsearch would
read and write each document anew, which costs it a third of a search.
"""


def query(asked: Asked) -> JsonObject:
    """Return what a search asks, without scores. Words beside a condition are not in it."""
    filters: list[JsonObject] = []
    if asked.condition is not None:
        filters.append(compile_condition(asked.condition))
    elif asked.node is not None:
        filters.append(compile_query(asked.node))
    if asked.kind != "claims":
        filters += _of_facets(asked)
    if asked.kind == "incidents":
        filters += _of_incidents(asked.filters)
    if asked.filters.status:
        filters.append({"terms": {"status": [*asked.filters.status]}})
    if dates := _dates(asked.filters):
        filters.append({"range": {DATE[asked.kind]: dates}})
    return {"bool": {"filter": filters}} if filters else {"match_all": {}}


def body(asked: Asked, size: int, *, facets: bool = False) -> JsonObject:
    """Return the body for the newest documents that a search finds."""
    order: list[JsonObject] = [
        {DATE[asked.kind]: {"order": "desc", "missing": "_last", "unmapped_type": "date"}},
        # The id decides between equal dates, so that pages neither repeat nor skip a document.
        {IDS[asked.kind]: {"order": "asc", "unmapped_type": "keyword"}},
    ]
    found: JsonObject = {
        "query": query(asked),
        "sort": order,
        "size": size,
        "track_total_hits": COUNTED,
    }
    if asked.kind != "articles":
        found["_source"] = {"excludes": [*NOT_SHOWN]}
    return found | ({"aggs": _aggs(asked.kind)} if facets else {})


def counts(answer: JsonObject) -> dict[str, list[tuple[str, int]]]:
    """Return the facets of an answer: name to values and numbers of documents."""
    return {
        name: [(_value(name, bucket["key"]), int(bucket["doc_count"])) for bucket in agg["buckets"]]
        for name, agg in answer.get("aggregations", {}).items()
    }


def _aggs(kind: Kind) -> JsonObject:
    found: JsonObject = {
        name: {"terms": {"field": of, "size": MOST_VALUES}} for name, of in FACETS[kind].items()
    }
    found["day"] = {
        "date_histogram": {
            "field": DATE[kind],
            "calendar_interval": "day",
            "min_doc_count": 1,
        }
    }
    return found


def _value(name: str, key: Any) -> str:
    if name == "day":
        return date.fromordinal(_EPOCH + int(key) // _DAY).isoformat()
    return str(key)


_EPOCH = date(1970, 1, 1).toordinal()
_DAY = 24 * 3600 * 1000
"""Milliseconds."""


def _dates(filters: Filters) -> JsonObject:
    given: dict[str, datetime | None] = {"gte": filters.since, "lt": filters.until}
    return {bound: at.isoformat() for bound, at in given.items() if at is not None}


def _of_facets(asked: Asked) -> list[JsonObject]:
    """Return the filters that the watch language has a field for.

    The place of an incident is asked for otherwise: it lies in its country, too.
    """
    found: list[JsonObject] = []
    for name in IN_WORDS:
        values = getattr(asked.filters, name)
        if values and (asked.kind, name) != ("incidents", "place"):
            wanted = {facet(name, value) for value in values}
            found.append({"terms": {"facets": sorted(wanted | {*map(facet_of_key, wanted)})}})
    return found


def _of_incidents(filters: Filters) -> list[JsonObject]:
    """Return the filters that only incidents have, with `is_voice` unless a time is asked for."""
    found: list[JsonObject] = [
        {"terms": {"time": [*filters.time]}} if filters.time else {"term": {"is_voice": True}}
    ]
    if filters.patient:
        keys = sorted(keys_of(filters.patient))
        found.append(_either({"terms": {"patient": keys}}, {"terms": {"target": keys}}))
    if filters.place:
        keys = sorted(keys_of(filters.place))
        found.append(_either({"terms": {"place": keys}}, {"terms": {"within": keys}}))
    if filters.agent:
        found.append({"terms": {"agent": sorted(keys_of(filters.agent))}})
    if filters.killed > 0:
        found.append({"range": {"killed_min": {"gte": filters.killed}}})
    if filters.confidence > 0:
        found.append({"range": {"confidence": {"gte": filters.confidence}}})
    return found


def _either(*queries: JsonObject) -> JsonObject:
    return {"bool": {"should": [*queries], "minimum_should_match": 1}}
