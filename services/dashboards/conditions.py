"""Conditions on documents, written as Kibana's query language and as an Elasticsearch query."""

from dataclasses import dataclass
from typing import TypeAlias

from services.ports import JsonObject


@dataclass(frozen=True, slots=True)
class Is:
    """The field has one of the values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """The field has a value."""

    field: str


@dataclass(frozen=True, slots=True)
class Holds:
    """The field is true, or false if `is_so` is."""

    field: str
    is_so: bool = True


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The field has a number that is not below `least`."""

    field: str
    least: int


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    of: "Condition"


@dataclass(frozen=True, slots=True)
class Every:
    """All conditions hold. Without any, all documents are meant."""

    of: tuple["Condition", ...] = ()


Condition: TypeAlias = Is | Given | Holds | AtLeast | Not | Every

ANY = Every()


def fields(condition: Condition) -> tuple[str, ...]:
    """Return the fields that a condition asks."""
    match condition:
        case Not(of):
            return fields(of)
        case Every(parts):
            return tuple(name for part in parts for name in fields(part))
        case Is(field) | Given(field) | Holds(field) | AtLeast(field):
            return (field,)


def kuery(condition: Condition) -> str:
    """Return the condition in Kibana's query language; "" for all documents."""
    match condition:
        case Is(field, values):
            quoted = [f'"{value}"' for value in values]
            return f"{field}: {quoted[0] if len(quoted) == 1 else '(' + ' or '.join(quoted) + ')'}"
        case Given(field):
            return f"{field}: *"
        case Holds(field, is_so):
            return f"{field}: {str(is_so).lower()}"
        case AtLeast(field, least):
            return f"{field} >= {least}"
        case Not(Every() as of):
            return f"not ({kuery(of)})"
        case Not(of):
            return f"not {kuery(of)}"
        case Every(parts):
            return " and ".join(kuery(part) for part in parts)


def elastic(condition: Condition) -> JsonObject:
    """Return the condition as an Elasticsearch query."""
    match condition:
        case Is(field, values):
            return {"terms": {field: list(values)}}
        case Given(field):
            return {"exists": {"field": field}}
        case Holds(field, is_so):
            return {"term": {field: is_so}}
        case AtLeast(field, least):
            return {"range": {field: {"gte": least}}}
        case Not(of):
            return {"bool": {"must_not": [elastic(of)]}}
        case Every(parts):
            return {"bool": {"filter": [elastic(part) for part in parts]}}
