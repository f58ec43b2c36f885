"""A query for Elasticsearch, which finds the same articles as the stream.

Words are terms, and spans of terms, in `match` and `match_title`. Their tokens are ours, so nothing
is analysed twice.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import permutations
from math import factorial, prod
from typing import Any

from services.query.ast import And, Field, Near, Node, Not, Or, Phrase, Prefix

Body = dict[str, Any]

MAX_ORDERS = 60
"""Orders of the words of a distance with a repeated word. Each is a query of its own.

Elasticsearch would accept one position for two equal words.
"""


def compile_query(node: Node) -> Body:
    """Return the query as a search body's `query`, without scores."""
    return {"bool": {"filter": [_body(node)]}}


def orders(node: Node) -> int:
    """Return the number of orders of words that a whole query needs."""
    match node:
        case And(parts) | Or(parts):
            return sum(map(orders, parts))
        case Not(part):
            return orders(part)
        case Near(words) if len(set(words)) < len(words):
            return factorial(len(words)) // prod(map(factorial, Counter(words).values()))
    return 0


def _body(node: Node) -> Body:
    match node:
        case Phrase(words, title):
            return _row(words, title)
        case Near(words, slop, title):
            return _near(words, slop, _text(title))
        case Prefix(stem, title):
            return {"prefix": {_text(title): {"value": stem}}}
        case Field(facet):
            return {"term": {"facets": {"value": facet}}}
        case And(parts):
            return {"bool": {"filter": [_body(part) for part in parts]}}
        case Or(parts):
            return {"bool": {"should": [_body(part) for part in parts], "minimum_should_match": 1}}
        case Not(part):
            return {"bool": {"must_not": [_body(part)]}}


def _text(title: bool) -> str:
    return "match_title" if title else "match"


def _row(words: Sequence[str], title: bool) -> Body:
    if len(words) == 1:
        return {"term": {_text(title): {"value": words[0]}}}
    return _span(words, 0, _text(title), in_order=True)


def _near(words: Sequence[str], slop: int, field: str) -> Body:
    if len(set(words)) == len(words):
        return _span(words, slop, field, in_order=False)
    each = [_span(order, slop, field, in_order=True) for order in _distinct_orders(words)]
    return {"bool": {"should": each, "minimum_should_match": 1}} if len(each) > 1 else each[0]


def _distinct_orders(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    yield from sorted(set(permutations(words)))


def _span(words: Sequence[str], slop: int, field: str, *, in_order: bool) -> Body:
    terms = [{"span_term": {field: {"value": word}}} for word in words]
    return {"span_near": {"clauses": terms, "slop": slop, "in_order": in_order}}
