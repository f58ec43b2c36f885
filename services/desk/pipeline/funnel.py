"""Where articles went: how many came as far as each step, and why the others did not. Pure.

Each question is a search body; each answer, a few numbers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.desk.why import REASONS
from services.ports import JsonObject

MOST_ARTICLES = 10_000
"""Different articles that are told apart where matches are counted, the most that one answer has.

A day with more is rounded down to them, and says so.
"""

MOST_REASONS = 30

EXACT = 40_000
"""Different values up to which Elasticsearch counts them almost exactly, the most it allows."""


@dataclass(frozen=True, slots=True)
class Step:
    """How many articles came as far. `help`: what that means."""

    name: str
    n: int
    help: str
    is_least: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """Why matches raised no alert: the code, the words, and their number."""

    reason: str
    says: str
    n: int


def within(field: str, since: datetime, until: datetime) -> JsonObject:
    """Return the filter for a range of time."""
    return {"range": {field: {"gte": since.isoformat(), "lte": until.isoformat()}}}


def articles_body(since: datetime, until: datetime) -> JsonObject:
    """Return the question for articles first seen in a time, those of them with incidents."""
    return {
        "size": 0,
        "track_total_hits": True,
        "query": {"bool": {"filter": [within("first_seen_at", since, until)]}},
        "aggs": {"with_incidents": {"filter": {"exists": {"field": "incident_ids"}}}},
    }


def voices_body(since: datetime, until: datetime) -> JsonObject:
    """Return the question for articles of which an incident is a voice (index `incidents`)."""
    return {
        "size": 0,
        "query": {
            "bool": {
                "filter": [within("first_seen_at", since, until), {"term": {"is_voice": True}}]
            }
        },
        "aggs": {
            "articles": {"cardinality": {"field": "article_id", "precision_threshold": EXACT}}
        },
    }


def ids_body(field: str, time: str, since: datetime, until: datetime) -> JsonObject:
    """Return the question for the ids of articles in alerts (or hits held back) of a time."""
    return {
        "size": 0,
        "query": {"bool": {"filter": [within(time, since, until)]}},
        "aggs": {
            "ids": {"terms": {"field": field, "size": MOST_ARTICLES}},
            "reasons": {"terms": {"field": "reason", "size": MOST_REASONS}},
        },
    }


def count_body(ids: Iterable[str], since: datetime, until: datetime) -> JsonObject:
    """Return the question for how many of these articles were first seen in a time."""
    return {
        "size": 0,
        "track_total_hits": True,
        "query": {
            "bool": {
                "filter": [
                    within("first_seen_at", since, until),
                    {"terms": {"article_id": [*ids]}},
                ]
            }
        },
    }


def ids_of(answer: Mapping[str, Any]) -> set[str]:
    """Return the ids of an answer to `ids_body`."""
    return {str(bucket["key"]) for bucket in _buckets(answer, "ids")}


def held_of(answer: Mapping[str, Any]) -> list[Held]:
    """Return why matches were held back, the most frequent reason first."""
    return [
        Held(key, REASONS.get(key, key.replace("-", " ")), int(bucket["doc_count"]))
        for bucket in _buckets(answer, "reasons")
        if (key := str(bucket["key"]))
    ]


def total(answer: Mapping[str, Any]) -> int:
    """Return how many documents a search found; 0 where there is no index yet."""
    return int(answer.get("hits", {}).get("total", {}).get("value", 0))


def number(answer: Mapping[str, Any], name: str) -> int:
    """Return a number of an answer: of documents, or of values."""
    found = answer.get("aggregations", {}).get(name, {})
    return int(found.get("doc_count", found.get("value", 0)) or 0)


def steps(
    seen: Mapping[str, Any], voices: Mapping[str, Any], matched: int, alerted: int, n_ids: int
) -> Sequence[Step]:
    """Return the steps of the funnel. `n_ids`: of matches that were told apart."""
    is_least = n_ids >= MOST_ARTICLES
    return (
        Step("Seen", total(seen), "articles of the feeds, read and stored"),
        Step("With an event", number(seen, "with_incidents"), "tell of something that happened"),
        Step("In a claim", number(voices, "articles"), "sure enough to count in a claim"),
        Step("Matched", matched, "a watch asks for their words or for what they tell", is_least),
        Step("Alerted", alerted, "are part of an alert", is_least),
    )


def _buckets(answer: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = answer.get("aggregations", {}).get(name, {}).get("buckets", [])
    return found
