"""A search engine in memory, which answers as Elasticsearch does: versions, pages, facets.

What is written can be found at once. A point in time is a copy of the documents.
"""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatch
from functools import cmp_to_key
from typing import Any

from services.adapters.memory_query import Stored, comparable, matches
from services.errors import PointInTimeEnded, TransientError
from services.index_names import family
from services.ports import IndexAction, IndexOutcome, JsonObject

COUNTED_HITS = 10_000
"""Hits that are counted if a body does not say how many."""

_ASKED = frozenset(
    ("query", "sort", "from", "size", "track_total_hits", "_source", "aggs", "pit", "search_after")
)


class MemoryIndex:
    """All indices of one cluster.

    While `is_down` is set, every request raises TransientError, like an unreachable cluster.
    """

    def __init__(self) -> None:
        self.is_down = False
        self._templates: dict[str, JsonObject] = {}
        self._indices: dict[str, dict[str, tuple[int, Stored]]] = {}
        self._frozen: dict[str, list[Stored]] = {}

    def bulk(self, actions: Sequence[IndexAction]) -> list[IndexOutcome]:
        self._require_up()
        return [self._write(action) for action in actions]

    def remove(self, index: str, query: JsonObject) -> int:
        gone = [doc for doc in self._documents(index) if matches(query, doc)]
        for docs in self._indices.values():
            for id in [id for id, (_, doc) in docs.items() if doc in gone]:
                del docs[id]
        return len(gone)

    def search(self, index: str, body: JsonObject) -> JsonObject:
        self._require_up()
        if unknown := set(body) - _ASKED:
            raise NotImplementedError(f"the index in memory has no {unknown}")
        pit = body["pit"]["id"] if "pit" in body else None
        if pit is not None and pit not in self._frozen:
            raise PointInTimeEnded
        docs = self._frozen[pit] if pit is not None else self._documents(index)
        found = [doc for doc in docs if matches(body.get("query", {"match_all": {}}), doc)]
        answer: JsonObject = {"hits": _total(len(found), body)}
        answer["hits"]["hits"] = _page(found, body)
        if "aggs" in body:
            aggs = body["aggs"].items()
            answer["aggregations"] = {name: _aggregated(agg, found) for name, agg in aggs}
        return answer | ({"pit_id": pit} if pit is not None else {})

    def open_point_in_time(self, index: str, keep_seconds: int) -> str:  # noqa: ARG002 - no clock
        self._require_up()
        id = uuid.uuid4().hex
        self._frozen[id] = self._documents(index)
        return id

    def close_point_in_time(self, id: str) -> None:
        self._require_up()
        self._frozen.pop(id, None)

    def get(self, index: str, id: str) -> JsonObject | None:
        found = self.search(index, {"query": {"ids": {"values": [id]}}, "size": 1})["hits"]["hits"]
        return dict(found[0]["_source"]) if found else None

    def apply_templates(self, templates: Mapping[str, JsonObject]) -> dict[str, str]:
        self._require_up()
        self._templates |= templates
        return {}

    def ensure(self, name: str) -> None:
        self._require_up()
        self._indices.setdefault(name, {})

    def refresh(self) -> None:
        """Do nothing: everything written is searchable."""
        self._require_up()

    def expunge(self) -> None:
        """Do nothing: what was removed is gone."""
        self._require_up()

    def is_up(self) -> bool:
        return not self.is_down

    def login_refusal(self) -> str:
        return ""

    def _require_up(self) -> None:
        if self.is_down:
            raise TransientError("Elasticsearch does not answer: it is down")

    def _write(self, action: IndexAction) -> IndexOutcome:
        docs = self._indices.setdefault(action.index, {})
        if action.id in docs and docs[action.id][0] > action.version:
            return IndexOutcome(action, "stale", "a newer version is stored")
        source, mappings = json.loads(action.document), self._mappings(action.index)
        unknown = set(source) - set(mappings.get("properties", source))
        if unknown and mappings.get("dynamic") == "strict":
            return IndexOutcome(action, "retry", f"the mapping has no {sorted(unknown)}")
        stored = Stored(action.id, source, mappings.get("properties", {}))
        docs[action.id] = action.version, stored
        return IndexOutcome(action, "stored")

    def _template(self, name: str) -> JsonObject:
        for template in self._templates.values():
            if any(fnmatch(name, pattern) for pattern in template["index_patterns"]):
                return dict(template["template"])
        return {}

    def _mappings(self, name: str) -> JsonObject:
        return dict(self._template(name).get("mappings", {}))

    def _documents(self, asked: str) -> list[Stored]:
        """Return the documents of the index of a name, or of all that are behind an alias."""
        wanted = asked.split(",")
        names = [name for name in self._indices if {name, family(name)} & {*wanted}]
        return [doc for name in sorted(names) for _, doc in self._indices[name].values()]


def _total(n: int, body: JsonObject) -> JsonObject:
    counted = body.get("track_total_hits", COUNTED_HITS)
    if counted is False:
        return {}
    if counted is True or n <= counted:
        return {"total": {"value": n, "relation": "eq"}}
    return {"total": {"value": counted, "relation": "gte"}}


def _page(found: Iterable[Stored], body: JsonObject) -> list[JsonObject]:
    """Return the hits of one page, in order."""
    orders = [_order(each) for each in body.get("sort", ())]
    rows = [(_sort_values(doc, orders), doc) for doc in found]
    compare = _comparison(orders)
    if orders:
        place = cmp_to_key(compare)
        rows.sort(key=lambda row: place(row[0]))
    after = body.get("search_after")
    if after is not None:
        rows = [row for row in rows if compare(row[0], after) > 0]
    start = body.get("from", 0)
    return [
        {"_id": doc.id, "_source": _source(doc, body.get("_source", True))}
        | ({"sort": values} if orders else {})
        for values, doc in rows[start : start + body.get("size", 10)]
    ]


def _order(given: JsonObject) -> tuple[str, bool]:
    """Return the field of an order and whether it falls. What has no value comes last."""
    ((field, how),) = given.items()
    if isinstance(how, Mapping) and how.get("missing", "_last") != "_last":
        raise NotImplementedError("the index in memory puts what has no value last")
    return field, (how["order"] if isinstance(how, Mapping) else how) == "desc"


def _sort_values(doc: Stored, orders: Sequence[tuple[str, bool]]) -> list[Any]:
    values: list[Any] = []
    for field, falls in orders:
        of_it = [comparable(value, doc.kind(field)) for value in doc.values(field)]
        values.append((max if falls else min)(of_it) if of_it else None)
    return values


def _comparison(
    orders: Sequence[tuple[str, bool]],
) -> Callable[[Sequence[Any], Sequence[Any]], int]:
    def compare(these: Sequence[Any], others: Sequence[Any]) -> int:
        for (_, falls), a, b in zip(orders, these, others, strict=True):
            if a == b:
                continue
            if a is None or b is None:
                return 1 if a is None else -1
            return (1 if a > b else -1) * (-1 if falls else 1)
        return 0

    return compare


def _source(doc: Stored, wanted: Any) -> JsonObject:
    if isinstance(wanted, bool):
        return doc.source if wanted else {}
    given = wanted if isinstance(wanted, Mapping) else {"includes": wanted}
    includes, excludes = given.get("includes", ["*"]), given.get("excludes", [])
    return {
        name: value
        for name, value in doc.source.items()
        if any(fnmatch(name, each) for each in includes)
        and not any(fnmatch(name, each) for each in excludes)
    }


def _aggregated(agg: JsonObject, found: Iterable[Stored]) -> JsonObject:
    ((kind, how),) = agg.items()
    field, counts = how["field"], Counter[Any]()
    if kind == "max":
        return {
            "value": max(
                (
                    comparable(value, doc.kind(field))
                    for doc in found
                    for value in doc.values(field)
                ),
                default=None,
            )
        }
    for doc in found:
        counts.update({_bucket(kind, value, how) for value in doc.values(field)})
    if kind == "terms":
        ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        keys = [key for key, _ in ranked[: how.get("size", 10)]]
    else:
        keys = sorted(counts)
    return {"buckets": [{"key": key, "doc_count": counts[key]} for key in keys]}


def _bucket(kind: str, value: Any, how: JsonObject) -> Any:
    """Return the key of the bucket that a value falls into; of a date, its day in milliseconds."""
    if kind == "terms":
        return value
    if kind != "date_histogram" or how.get("calendar_interval") != "day":
        raise NotImplementedError(f"the index in memory has no {kind} {how}")
    at = datetime.fromtimestamp(comparable(value, "date") / 1000, UTC)
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return int(day.timestamp() * 1000)
