"""Search bodies asked of documents in memory: the part of Elasticsearch's language that we use.

Anything else raises NotImplementedError, so that no test passes on a clause that was ignored.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from services.ports import JsonObject

GAP = 1000
"""Positions between two values of a field of tokens, as its template says."""

Positions = dict[str, list[int]]
_WORD = re.compile(r"\w+")
_MANY = "filter", "must", "should", "must_not"


class Stored:
    """A document as the index sees it: its values by field, and its words by position."""

    def __init__(self, id: str, source: JsonObject, mapping: JsonObject) -> None:
        self.id = id
        self.source = source
        self._mapping = mapping
        self._words: dict[str, Positions] = {}

    def kind(self, field: str) -> str:
        """Return the type of a field; "" for one that is not mapped."""
        return str(self._mapping.get(field, {}).get("type", ""))

    def values(self, field: str) -> list[Any]:
        """Return the values of a field, without nulls."""
        found = [self.source]
        for name in field.split("."):
            found = [
                value
                for each in found
                if isinstance(each, Mapping)
                for value in _listed(each.get(name))
            ]
        return [value for value in found if value is not None]

    def words(self, field: str) -> Positions:
        """Return the words of a text field with their positions, in order."""
        if field not in self._words:
            found: Positions = {}
            splits = str.split if "analyzer" in self._mapping.get(field, {}) else _lowered
            at = 0
            for value in self.values(field):
                for word in splits(value):
                    found.setdefault(word, []).append(at)
                    at += 1
                at += GAP
            self._words[field] = found
        return self._words[field]


def matches(query: JsonObject, doc: Stored) -> bool:
    """Return True if a query finds a document."""
    ((kind, body),) = query.items()
    return _KINDS[kind](body, doc) if kind in _KINDS else _unknown(kind)


def _unknown(kind: str) -> bool:
    raise NotImplementedError(f"the index in memory has no {kind}")


def _lowered(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _bool(body: JsonObject, doc: Stored) -> bool:
    if unknown := set(body) - {*_MANY, "minimum_should_match"}:
        _unknown(f"bool with {unknown}")
    clauses = {name: _listed(body.get(name, [])) for name in _MANY}
    if not all(matches(q, doc) for q in clauses["filter"] + clauses["must"]):
        return False
    if any(matches(q, doc) for q in clauses["must_not"]):
        return False
    asks_more = bool(clauses["filter"] or clauses["must"])
    least = body.get("minimum_should_match", 0 if asks_more or not clauses["should"] else 1)
    return sum(matches(q, doc) for q in clauses["should"]) >= int(least)


def _term(body: JsonObject, doc: Stored) -> bool:
    ((field, given),) = body.items()
    return _has(doc, field, given["value"] if isinstance(given, Mapping) else given)


def _terms(body: JsonObject, doc: Stored) -> bool:
    ((field, given),) = body.items()
    return any(_has(doc, field, value) for value in given)


def _has(doc: Stored, field: str, value: object) -> bool:
    return value in (doc.words(field) if doc.kind(field) == "text" else doc.values(field))


def _range(body: JsonObject, doc: Stored) -> bool:
    ((field, bounds),) = body.items()
    for value in doc.values(field):
        this = comparable(value, doc.kind(field))
        if all(
            _BOUNDS[name](this, comparable(bound, doc.kind(field)))
            for name, bound in bounds.items()
        ):
            return True
    return False


_BOUNDS: dict[str, Callable[[Any, Any], bool]] = {
    "gte": lambda value, bound: value >= bound,
    "gt": lambda value, bound: value > bound,
    "lte": lambda value, bound: value <= bound,
    "lt": lambda value, bound: value < bound,
}


def comparable(value: Any, kind: str) -> Any:
    """Return a value that sorts as in Elasticsearch: a date as milliseconds."""
    if kind != "date" or not isinstance(value, str):
        return value
    at = datetime.fromisoformat(value)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def _prefix(body: JsonObject, doc: Stored) -> bool:
    ((field, given),) = body.items()
    stem = given["value"] if isinstance(given, Mapping) else given
    inside = doc.words(field) if doc.kind(field) == "text" else doc.values(field)
    return any(str(value).startswith(stem) for value in inside)


def _exists(body: JsonObject, doc: Stored) -> bool:
    return bool(doc.values(body["field"]))


def _ids(body: JsonObject, doc: Stored) -> bool:
    return doc.id in body["values"]


def _everything(_body: JsonObject, _doc: Stored) -> bool:
    return True


def _multi_match(body: JsonObject, doc: Stored) -> bool:
    if body.get("operator") != "and":
        _unknown("multi_match without operator and")
    asked = _lowered(body["query"])
    return any(all(word in doc.words(field) for word in asked) for field in body["fields"])


def _span_near(body: JsonObject, doc: Stored) -> bool:
    given = [next(iter(clause["span_term"].items())) for clause in body["clauses"]]
    where = [doc.words(field).get(word["value"], []) for field, word in given]
    if not all(where):
        return False
    widths = _in_order(where) if body["in_order"] else _in_any_order(where)
    return any(width - len(where) <= body["slop"] for width in widths)


def _in_order(where: Sequence[Sequence[int]]) -> Iterator[int]:
    """Yield the narrowest width in words from each place of the first word."""
    for first in where[0]:
        at: int | None = first
        for places in where[1:]:
            at = next((place for place in places if at is not None and place > at), None)
        if at is not None:
            yield at - first + 1


def _in_any_order(where: Sequence[Sequence[int]]) -> Iterator[int]:
    """Yield the widths of the narrowest stretches that hold each word. No word stands twice."""
    last: dict[int, int] = {}
    for place, word in sorted((place, n) for n, places in enumerate(where) for place in places):
        last[word] = place
        if len(last) == len(where):
            yield place - min(last.values()) + 1


_KINDS: dict[str, Callable[[JsonObject, Stored], bool]] = {
    "bool": _bool,
    "exists": _exists,
    "ids": _ids,
    "match_all": _everything,
    "multi_match": _multi_match,
    "prefix": _prefix,
    "range": _range,
    "span_near": _span_near,
    "term": _term,
    "terms": _terms,
}
