"""What tells two events at one place apart: by what means, at what kind of site, at what time of day."""

from functools import lru_cache

from services.tracker.reports.words import lists, words

Traits = frozenset[str]


@lru_cache(maxsize=8192)
def means(text: str) -> Traits:
    """Return the classes of means that a text names."""
    return _classes(text, lists().means)


@lru_cache(maxsize=8192)
def sites(text: str) -> Traits:
    """Return the kinds of sites that a text names: "market", "station"."""
    return frozenset(s for s in lists().sites if words(text).single & {s, f"{s}s", f"{s}es"})


@lru_cache(maxsize=8192)
def dayparts(text: str) -> Traits:
    """Return the times of day that a text names."""
    return _classes(text, lists().dayparts)


def exclude_each_other(a: Traits, b: Traits) -> bool:
    """Tell whether all means of one side exclude all of the other."""
    apart = lists().means_apart
    return bool(a and b) and all((x, y) in apart or (y, x) in apart for x in a for y in b)


def _classes(text: str, classes: dict[str, frozenset[str]]) -> Traits:
    found = words(text)
    return frozenset(name for name, members in classes.items() if found.of(members))
