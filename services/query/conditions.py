"""A watch's condition on claims for Elasticsearch, which finds the same claims as the stream."""

from typing import Any

from services.messages import LEVELS, ClaimCondition
from services.messages.watch import DEFAULT_CONFIDENCE
from services.query.claims import ROLES, keys_of

Body = dict[str, Any]


def compile_condition(condition: ClaimCondition) -> Body:
    """Return the condition as a search body's `query`, without scores.

    It finds the claims that meet it and that no other claim has taken over.
    """
    filters: list[Body] = []
    if condition.event:
        filters.append(_any("event", condition.event))
    asked = ((role, getattr(condition, role)) for role in ROLES)
    filters += [_any(role, sorted(keys_of(names))) for role, names in asked if names]
    if condition.status:
        filters.append({"terms": {"level": [*LEVELS[LEVELS.index(condition.status) :]]}})
    if condition.independent > 0:
        filters.append({"range": {"n_independent": {"gte": condition.independent}}})
    if condition.killed > 0:
        filters.append({"range": {"toll_killed": {"gte": condition.killed}}})
    if condition.confidence > 0:
        filters.append(_sure(condition.confidence))
    return {"bool": {"filter": filters, "must_not": [{"exists": {"field": "merged_into"}}]}}


def _any(name: str, values: tuple[str, ...] | list[str]) -> Body:
    return {"terms": {"facets": [f"{name}:{value}" for value in values]}}


def _sure(least: float) -> Body:
    """Return what passes the bar: so sure, of unknown confidence, or confirmed in plain words."""
    passes: list[Body] = [
        {"range": {"confidence": {"gte": least}}},
        {"bool": {"must_not": [{"exists": {"field": "confidence"}}]}},
    ]
    if least <= DEFAULT_CONFIDENCE:
        passes.append({"term": {"is_shown": {"value": True}}})
    return {"bool": {"should": passes, "minimum_should_match": 1}}
