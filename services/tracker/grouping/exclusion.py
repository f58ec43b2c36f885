"""Exclusion: the grounds on which two incidents can't be one event, whatever speaks for it.

    marks of one ─┐
                  ├─► grounds ─► none: they may share a claim
    marks of other┘

The relation is symmetric. A claim holds no two incidents that exclude each other, in whatever
block they are compared: each newcomer is held against every incident of the claim.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from itertools import product, starmap
from typing import Literal, TypeVar

from services.messages import Marks, Scene, Toll
from services.text.geo import kilometres
from services.tracker.grouping.marks import DAYS_WITHIN
from services.tracker.reports.traits import means_exclude, victims_exclude

Ground = Literal[
    "day", "place", "toll", "means", "magnitude", "victims", "site", "daypart", "weekday"
]

FAR = 50.0
"""Kilometres beyond which two towns or sites exclude each other as the scene of one event.

A guess: a city and its suburbs are nearer.
"""

WIDE = 300.0
"""The same for events that happen in many towns at once, and for the middles of two regions.

A guess: a strong earthquake is felt so far, and regions that meet share an event at their border.
"""

MAGNITUDE_WITHIN = 0.3
"""Units of magnitude by which first measurements of one earthquake differ.

A guess: agencies that publish within the hour differ by a few tenths.
"""

DAYS_OF_WEEK = 7

PAIRS = 8_192
"""Pairs whose comparison is remembered: they are compared again while a claim grows.

It bounds memory: a pair of incidents takes about 2 kB. A guess.
"""

T = TypeVar("T")

_ROUNDING = 1e-6


def grounds(a: Marks, b: Marks) -> Iterator[Ground]:
    """Yield the grounds on which two incidents exclude each other.

    Whom both name as dead died once: what else they say is disputed, and excludes nothing. Another
    fate of one person may come again, on another day.
    """
    if _share(a.deaths, b.deaths):
        return
    may_come_again = _share(a.victims, b.victims)
    for ground, excludes in _GROUNDS.items():
        if excludes(a, b) and (ground == "day" or not may_come_again):
            yield ground


@lru_cache(maxsize=PAIRS)
def exclude_each_other(a: Marks, b: Marks) -> bool:
    """True if two incidents can't be one event."""
    return next(grounds(a, b), None) is not None


def any_excluded(some: Sequence[Marks], others: Sequence[Marks]) -> bool:
    """True if an incident of one claim excludes an incident of the other."""
    return any(starmap(exclude_each_other, product(some, others)))


def are_far_apart(a: Scene, b: Scene, limit: float = FAR) -> bool:
    """True if two places are far apart; without coordinates, if they have different keys."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return a.lat is None and b.lat is None and not are_one_name(a.key, b.key)
    return kilometres((a.lat, a.lon), (b.lat, b.lon)) > limit


@lru_cache(maxsize=PAIRS)
def are_one_name(a: str, b: str) -> bool:
    """True if two keys may name one thing: all words of one are words of the other."""
    some, others = set(a.split("-")), set(b.split("-"))
    return some <= others or others <= some


def _share(some: Collection[str], others: Collection[str]) -> bool:
    return any(starmap(are_one_name, product(some, others)))


def _days_exclude(a: Marks, b: Marks) -> bool:
    return _all_apart(a.days, b.days, lambda x, y: abs(x - y) > DAYS_WITHIN)


def _places_exclude(a: Marks, b: Marks) -> bool:
    """True if all places of one precision are far apart from those of the other incident.

    A place that both name is one, whichever namesake it was taken for. An article that also names
    the other's place may mean the same scene by another word.
    """
    if _names_a_place_of(a, b) or _names_a_place_of(b, a):
        return False
    limit = WIDE if a.is_wide or b.is_wide else FAR
    if _all_apart(_exact(a), _exact(b), lambda x, y: _are_two_towns(x, y, limit)):
        return True
    if _all_apart(_regions(a), _regions(b), lambda x, y: are_far_apart(x, y, WIDE)):
        return True
    return not (a.is_wide or b.is_wide) and _are_disjoint(_countries(a), _countries(b))


def _are_two_towns(a: Scene, b: Scene, limit: float) -> bool:
    """True if two towns are far apart; if the gazetteer knows one alone, if their names differ."""
    if _is_located(a) != _is_located(b):
        return not are_one_name(a.key, b.key)
    return are_far_apart(a, b, limit)


def _names_a_place_of(a: Marks, b: Marks) -> bool:
    named = {*a.names, *(place.key for place in a.places)}
    return any(place.key in named for place in b.places)


def _exact(marks: Marks) -> list[Scene]:
    """Return the towns, and the sites that have coordinates.

    A site without may lie in any town, and a name that the gazetteer does not know may be one.
    """
    return [
        p
        for p in marks.places
        if p.precision == "town" or (p.precision == "site" and _is_located(p))
    ]


def _regions(marks: Marks) -> list[Scene]:
    """Return the regions that have coordinates: others overlap ("the north", "the coast")."""
    return [p for p in marks.places if p.precision == "region" and _is_located(p)]


def _is_located(place: Scene) -> bool:
    return place.lat is not None


def _countries(marks: Marks) -> set[str]:
    """Return the countries of an incident that names no place more exactly.

    The country of a town may be that of a namesake, or not the one that the other text means: a
    ship is taken off one coast by the navy of another.
    """
    if any(place.precision != "country" for place in marks.places):
        return set()
    return {place.country for place in marks.places if place.country}


def _tolls_exclude(a: Marks, b: Marks) -> bool:
    """True if numbers of one type differ, and so do the people that they count.

    Another number of the same people is a toll that rose, or a dispute.
    """
    return any(starmap(_count_others, product(a.tolls, b.tolls)))


def _count_others(a: Toll, b: Toll) -> bool:
    if a.of != b.of or not victims_exclude(frozenset(a.who), frozenset(b.who)):
        return False
    return not (_reaches(a, b.least) and _reaches(b, a.least))


def _reaches(toll: Toll, number: int) -> bool:
    return toll.most is None or number <= toll.most


def _victims_exclude(a: Marks, b: Marks) -> bool:
    """True if both name victims and none in common, unless a toll has room for all of them."""
    if not a.victims or not b.victims or _share(a.victims, b.victims):
        return False
    n = len({*a.victims, *b.victims})
    return not any(toll.least >= n for toll in (*a.tolls, *b.tolls))


def _magnitudes_exclude(a: Marks, b: Marks) -> bool:
    limit = MAGNITUDE_WITHIN + _ROUNDING
    return _all_apart(a.magnitudes, b.magnitudes, lambda x, y: abs(x - y) > limit)


def _means_exclude(a: Marks, b: Marks) -> bool:
    return means_exclude(frozenset(a.means), frozenset(b.means))


def _sites_exclude(a: Marks, b: Marks) -> bool:
    return _are_disjoint(a.sites, b.sites)


def _dayparts_exclude(a: Marks, b: Marks) -> bool:
    return _are_disjoint(a.dayparts, b.dayparts)


def _weekdays_exclude(a: Marks, b: Marks) -> bool:
    return _all_apart(a.weekdays, b.weekdays, _are_weekdays_apart)


def _are_weekdays_apart(a: int, b: int) -> bool:
    return DAYS_WITHIN < (a - b) % DAYS_OF_WEEK < DAYS_OF_WEEK - DAYS_WITHIN


def _are_disjoint(some: Collection[str], others: Collection[str]) -> bool:
    return bool(some) and bool(others) and set(some).isdisjoint(others)


def _all_apart(some: Collection[T], others: Collection[T], apart: Callable[[T, T], bool]) -> bool:
    """True if both have values, and each is apart from each of the other side."""
    return bool(some) and bool(others) and all(starmap(apart, product(some, others)))


_GROUNDS: dict[Ground, Callable[[Marks, Marks], bool]] = {
    "day": _days_exclude,
    "place": _places_exclude,
    "toll": _tolls_exclude,
    "victims": _victims_exclude,
    "magnitude": _magnitudes_exclude,
    "means": _means_exclude,
    "site": _sites_exclude,
    "daypart": _dayparts_exclude,
    "weekday": _weekdays_exclude,
}
