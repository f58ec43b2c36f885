"""Traits that tell apart two events: means, victims, kind of site, time of day, magnitude."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import product

from services.tracker.reports.words import MAX_TEXTS, in_order, lists, words

Traits = frozenset[str]

STATEMENT_REACH = 5
"""Words before a weekday in which a verb of saying makes it the day of a statement.

A guess: "told a news conference on Friday" needs them.
"""

_MAGNITUDE = re.compile(
    r"\bmagnitude(?:\ of|[-\ ])\ ?(\d\.\d)\b"
    r"|\b(\d\.\d)(?:[-\ ]magnitude|(?:-magnitude)?\ (?:earth)?quake|\ (?:tremor|temblor)"
    r"|\ on\ the\ (?:open-ended\ )?(?:Richter|moment))\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=MAX_TEXTS)
def means(text: str) -> Traits:
    """Return the classes of means that a text names ("gun", "blade")."""
    return _classes(text, lists().means)


@lru_cache(maxsize=MAX_TEXTS)
def sites(text: str) -> Traits:
    """Return the kinds of sites that a text names, also in the plural ("market", "station")."""
    said = words(text).single
    return frozenset(site for site in lists().sites if said & {site, f"{site}s", f"{site}es"})


def is_dwelling(place: str) -> bool:
    """True if the words for a place are for where somebody lives ("his home")."""
    return bool(words(place).single & lists().dwellings)


@lru_cache(maxsize=MAX_TEXTS)
def victims(text: str) -> Traits:
    """Return the kinds of victims that a text names ("soldiers", "pupils")."""
    return _classes(text, lists().victims)


@lru_cache(maxsize=MAX_TEXTS)
def magnitudes(text: str) -> tuple[float, ...]:
    """Return the magnitudes of earthquakes that a text gives ("6.1-magnitude"), in order."""
    return tuple(sorted({float(a or b) for a, b in _MAGNITUDE.findall(text)}))


@lru_cache(maxsize=MAX_TEXTS)
def dayparts(text: str) -> Traits:
    """Return the times of day that a text names."""
    return _classes(text, lists().dayparts)


@lru_cache(maxsize=MAX_TEXTS)
def weekdays(text: str) -> tuple[int, ...]:
    """Return the weekdays that a text names for what happened, in order; Monday is 0."""
    said, known, found = in_order(text), lists().weekdays, set[int]()
    for i, word in enumerate(said):
        before = said[max(0, i - STATEMENT_REACH) : i]
        if word in known and lists().sayings.isdisjoint(before):
            found.add(known[word])
    return tuple(sorted(found))


def means_exclude(a: Traits, b: Traits) -> bool:
    """True if all means of one side exclude all means of the other."""
    apart = lists().means_apart
    if not a or not b:
        return False
    return all((x, y) in apart or (y, x) in apart for x, y in product(a, b))


def victims_exclude(a: Traits, b: Traits) -> bool:
    """True if all victims of one side are other people than all victims of the other."""
    overlap = lists().victims_overlap
    if not a or not b:
        return False
    return all(x != y and not {(x, y), (y, x)} & overlap for x, y in product(a, b))


def _classes(text: str, classes: Mapping[str, frozenset[str]]) -> Traits:
    said = words(text)
    return frozenset(name for name, members in classes.items() if said.of(members))
