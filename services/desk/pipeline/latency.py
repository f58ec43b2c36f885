"""How long the way takes, stage by stage, from stored documents. Pure.

Publishing, sight, and reading are told in news time by the articles. What follows is told by when
Kafka took each message, since those stages give the same output on every replay and know no clock.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.desk.pipeline.funnel import within
from services.ports import JsonObject

SAMPLE = 200
"""Newest documents of a kind that are looked at: enough for a 95th percentile of ten."""

LONGEST_SIGHT_SECONDS = 7 * 86_400
"""An article that was published longer before it was seen was old stock of a new feed."""


LEAST_FOR_P95 = 20
"""Values from which the 95th percentile says more than the largest of them: one in twenty."""


@dataclass(frozen=True, slots=True)
class Latency:
    """How long one stage takes: half of `n` within `p50` seconds, 95% within `p95`.

    `p95` is None for fewer than `LEAST_FOR_P95` values.
    """

    stage: str
    since: str
    n: int = 0
    p50: float | None = None
    p95: float | None = None


def read_body(since: datetime, until: datetime) -> JsonObject:
    """Return the question for how long articles of a time waited to be read."""
    return {
        "size": 0,
        "query": {"bool": {"filter": [within("first_seen_at", since, until)]}},
        "aggs": {
            "read": {"percentiles": {"field": "seconds_from_sight", "percents": [50, 95]}},
            "n_read": {"value_count": {"field": "seconds_from_sight"}},
        },
    }


def seen_body(since: datetime, until: datetime) -> JsonObject:
    """Return the question for when the newest articles were published and seen.

    It brings documents: a difference of two fields would need scripts, which not every cluster
    has.
    """
    return {
        "size": SAMPLE,
        "query": {"bool": {"filter": [within("first_seen_at", since, until)]}},
        "sort": [{"first_seen_at": {"order": "desc", "unmapped_type": "date"}}],
        "_source": ["published_at", "first_seen_at"],
    }


def seen_pairs(answer: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield when articles were published and seen, without the old stock of new feeds."""
    for document in sources(answer):
        begin, end = document.get("published_at"), document.get("first_seen_at")
        published, seen = _time(begin), _time(end)
        if published and seen and (seen - published).total_seconds() < LONGEST_SIGHT_SECONDS:
            yield begin, end


def newest_body(fields: Sequence[str], filters: Sequence[JsonObject] = ()) -> JsonObject:
    """Return the question for the documents that Kafka took last."""
    return {
        "size": SAMPLE,
        "query": {"bool": {"filter": [{"exists": {"field": "written_at"}}, *filters]}},
        "sort": [{"written_at": {"order": "desc", "unmapped_type": "date"}}],
        "_source": [*fields, "written_at"],
    }


def by_ids_body(field: str, ids: Iterable[str], fields: Sequence[str]) -> JsonObject:
    """Return the question for documents by their ids."""
    asked = sorted(set(ids))
    return {
        "size": max(1, min(len(asked), 10_000)),
        "query": {"terms": {field: asked}},
        "_source": [field, *fields, "written_at"],
    }


def of_answer(answer: Mapping[str, Any], name: str, stage: str, since: str) -> Latency:
    """Return a latency of an answer to `read_body`."""
    found = answer.get("aggregations", {})
    n = int(found.get(f"n_{name}", {}).get("value", 0) or 0)
    values = found.get(name, {}).get("values", {})
    p95 = _number(values.get("95.0")) if n >= LEAST_FOR_P95 else None
    return Latency(stage, since, n, _number(values.get("50.0")), p95)


def of_pairs(stage: str, since: str, pairs: Iterable[tuple[Any, Any]]) -> Latency:
    """Return a latency of pairs of times, begin and end, as documents hold them.

    A pair of which one is unknown, or that ends before it began, tells nothing.
    """
    known = ((_time(a), _time(b)) for a, b in pairs)
    lengths = sorted(
        (end - begin).total_seconds() for begin, end in known if begin and end and end >= begin
    )
    if not lengths:
        return Latency(stage, since)
    n = len(lengths)
    p95 = nearest(lengths, 0.95) if n >= LEAST_FOR_P95 else None
    return Latency(stage, since, n, nearest(lengths, 0.5), p95)


def nearest(lengths: Sequence[float], share: float) -> float:
    """Return the value that a share of sorted values does not exceed (nearest rank)."""
    rank = -(-len(lengths) * share // 1)
    return lengths[max(0, int(rank) - 1)]


def sources(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the documents of an answer."""
    return [hit["_source"] for hit in answer.get("hits", {}).get("hits", ())]


def _time(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
