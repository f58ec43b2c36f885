"""What a search found, counted by value: names in place of keys, and the days as bars."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.desk.articles import texts_of
from services.desk.asking import KEYED
from services.desk.words import STATUS_NAMES, event_name
from services.ports import JsonObject
from services.search.asked import TAKES, Kind
from services.text.countries import country_name
from services.text.happening import capital
from services.text.language_codes import language_name

MOST_DAYS = 60
"""Days that are drawn, the last ones. A guess: two months fit beside a list."""

MOST_LOOKED_UP = 100
"""Documents in which names of keys are looked for."""

_TITLES = {
    "event": "What",
    "status": "Status",
    "stance": "How it is told",
    "time": "When, against the news",
    "patient": "Who was affected",
    "agent": "By whom",
    "actor": "Who",
    "place": "Where",
    "country": "Country",
    "source": "Outlet",
    "lang": "Language",
}
"""Facet to its title, in the order in which they are shown."""

_TIMES = {
    "news": "News",
    "old": "Old, told again",
    "total": "A sum over long",
    "planned": "To come",
}
_ROLES = ("patient", "target", "agent", "place")

_NAMED: dict[str, Callable[[str], str]] = {
    "event": lambda value: capital(event_name(value)),
    "status": lambda value: STATUS_NAMES.get(value, value),
    "stance": capital,
    "time": lambda value: _TIMES.get(value, value),
    "country": country_name,
    "lang": language_name,
}


@dataclass(frozen=True, slots=True)
class Value:
    """A value with its name and the number of documents. `is_chosen`: the search asks for it.

    `is_filter`: a search can ask for it.
    """

    value: str
    label: str
    n: int
    is_chosen: bool
    is_filter: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of a field, the most frequent first."""

    name: str
    title: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Days:
    """Numbers of documents by day, from `first` to `last`, the last `MOST_DAYS`."""

    first: date
    last: date
    counts: tuple[int, ...]


Counts = Mapping[str, Sequence[tuple[str, int]]]


def facets_of(
    kind: Kind, counts: Counts, chosen: Mapping[str, Sequence[str]], names: Mapping[str, str]
) -> tuple[Facet, ...]:
    """Return the facets that have values. `names`: of keys, as `names_in` finds them."""
    return tuple(
        Facet(name, title, tuple(_value(kind, name, each, chosen, names) for each in counts[name]))
        for name, title in _TITLES.items()
        if counts.get(name)
    )


def label_of(name: str, value: str, names: Mapping[str, str]) -> str:
    """Return the name of a value of a filter."""
    if name in KEYED:
        return names.get(value) or value.replace("-", " ").title()
    return _NAMED.get(name, str)(value)


def keys_in(counts: Counts, chosen: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the keys whose names are to be looked up."""
    counted = [value for name in KEYED for value, _ in counts.get(name, ())]
    return list(dict.fromkeys([*counted, *(v for name in KEYED for v in chosen.get(name, ()))]))


def lookup(kind: Kind, keys: Sequence[str]) -> JsonObject:
    """Return the search body for documents that have names for keys. Articles have none."""
    roles = _ROLES if kind != "articles" else _ROLES[:3]
    return {
        "query": {
            "bool": {
                "should": [{"terms": {role: [*keys]}} for role in roles],
                "minimum_should_match": 1,
            }
        },
        "size": MOST_LOOKED_UP,
        "_source": [*_ROLES, *(f"{role}_labels" for role in _ROLES)],
    }


def names_in(documents: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return key to name, as documents pair them. Where they don't, no name is made up."""
    found: dict[str, str] = {}
    for document in documents:
        for role in _ROLES:
            keys, labels = texts_of(document, role), texts_of(document, f"{role}_labels")
            if len(keys) == len(labels):
                for key, label in zip(keys, labels, strict=True):
                    found.setdefault(key, label)
    return found


def days_of(counts: Counts) -> Days | None:
    """Return the days of what was found, those without any as 0; None for none."""
    by_day = {date.fromisoformat(day): n for day, n in counts.get("day", ())}
    if not by_day:
        return None
    last = max(by_day)
    first = max(min(by_day), last - timedelta(days=MOST_DAYS - 1))
    n = (last - first).days + 1
    return Days(first, last, tuple(by_day.get(first + timedelta(days=i), 0) for i in range(n)))


def _value(
    kind: Kind,
    name: str,
    counted: tuple[str, int],
    chosen: Mapping[str, Sequence[str]],
    names: Mapping[str, str],
) -> Value:
    value, n = counted
    # Several values stand in one parameter with commas between: one that holds a comma can't.
    is_filter = name in TAKES[kind] and "," not in value
    is_chosen = value in chosen.get(name, ())
    return Value(value, label_of(name, value, names), n, is_chosen, is_filter)
