"""Traits that tell apart two events at one place: means, kind of site, and time of day."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import product

from services.tracker.reports.words import lists, words

Traits = frozenset[str]


@lru_cache(maxsize=8192)
def means(text: str) -> Traits:
    """Return the classes of means that a text names ("gun", "blade")."""
    return _classes(text, lists().means)


@lru_cache(maxsize=8192)
def sites(text: str) -> Traits:
    """Return the kinds of sites that a text names, also in the plural ("market", "station")."""
    said = words(text).single
    return frozenset(site for site in lists().sites if said & {site, f"{site}s", f"{site}es"})


@lru_cache(maxsize=8192)
def dayparts(text: str) -> Traits:
    """Return the times of day that a text names."""
    return _classes(text, lists().dayparts)


def exclude_each_other(a: Traits, b: Traits) -> bool:
    """True if all means of one side exclude all means of the other."""
    apart = lists().means_apart
    if not a or not b:
        return False
    return all((x, y) in apart or (y, x) in apart for x, y in product(a, b))


def _classes(text: str, classes: Mapping[str, frozenset[str]]) -> Traits:
    said = words(text)
    return frozenset(name for name, members in classes.items() if said.of(members))
