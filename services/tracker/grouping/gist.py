"""The gist of reports: all that decides which event they are about."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, reduce
from typing import TypeVar

from services.messages import ClaimReport, Marks
from services.text.names import fold
from services.text.stems import stem
from services.tracker.grouping.marks import firm_days, marks_of, named_days, of_one
from services.tracker.reports.element import Element
from services.tracker.reports.traits import Traits, sites
from services.tracker.reports.words import MAX_TEXTS, lists

MAX_WORDINGS = 12
"""Wordings kept of a claim, the first ones, to compare an incident with.

It bounds the work. A guess: later wordings repeat the first ones.
"""

LONG_WORD = 3
"""Letters from which a word counts as one of a report's own words."""

T = TypeVar("T")
E = TypeVar("E", bound=Hashable)

_NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class Gist:
    """The content of one report, one article, or a claim so far, about one event.

    `published` is the news time of the first report, `last` that of the last. `dates` are the firm
    days of the event and `days` all days named for it, each as its ordinal number. `tolls` are
    pairs of an event and a lowest number. `wordings` are the own words of each report. `marks` are
    those of each incident, each once.
    """

    kinds: frozenset[str]
    last: datetime | None
    published: datetime | None
    dates: frozenset[int]
    sites: Traits
    days: frozenset[int]
    tolls: frozenset[tuple[str, int]]
    wordings: tuple[frozenset[str], ...]
    marks: tuple[Marks, ...] = ()

    def of_one(self, other: "Gist") -> "Gist":
        """Return the gist of one incident of which both are parts."""
        both = (*self.marks, *other.marks)
        marks = (reduce(of_one, both),) if both else ()
        return replace(self.joined(other), marks=marks)

    def joined(self, other: "Gist") -> "Gist":
        """Return the gist of both; this very object if the other adds nothing."""
        both = Gist(
            _union(self.kinds, other.kinds),
            max(filter(None, (self.last, other.last)), default=None),
            min(filter(None, (self.published, other.published)), default=None),
            _union(self.dates, other.dates),
            _union(self.sites, other.sites),
            _union(self.days, other.days),
            _union(self.tolls, other.tolls),
            _with_wordings(self.wordings, other.wordings),
            _each_once(self.marks, other.marks),
        )
        return self if both == self else both


def gist_of(element: Element) -> Gist:
    """Return the gist of one report."""
    report, marks = element.report, _shared(marks_of(element))
    tolls = frozenset((c.of, c.min) for c in report.counts if c.min is not None)
    return Gist(
        kinds=_shared(frozenset({report.event}) - lists().acts),
        last=element.at,
        published=element.at,
        dates=_shared(frozenset(firm_days(element))),
        sites=sites(report.quote),
        days=_shared(frozenset(named_days(report))),
        tolls=_shared(tolls),
        wordings=(_own_words(report),),
        marks=() if marks == _NO_MARKS else (marks,),
    )


def _own_words(report: ClaimReport) -> frozenset[str]:
    """Return the stems of the words of a report that tell its event from others at the same place.

    The word that names its kind is none of them ("charged", "explosion"): the kinds must agree in
    any case.
    """
    others = set(map(stem, _kind_words(report)))
    for place in report.place:
        others.update(map(stem, fold(place.label).split()))
    found = _content_words(report.quote)
    return found - others if found & others else found


def _kind_words(report: ClaimReport) -> list[str]:
    """Return the words of a report's trigger, as far as they stand in its sentence."""
    start = report.sentence[0]
    first, end = (at - start for at in report.trigger)
    return fold(report.quote[max(0, first) : max(0, end)]).split()


@lru_cache(maxsize=MAX_TEXTS)
def _content_words(text: str) -> frozenset[str]:
    common, found = lists().common, list[str]()
    for word in fold(text).split():
        if len(word) >= LONG_WORD and word not in common:
            found.append(_shared(stem(word)))
    return frozenset(found)


@lru_cache(maxsize=4 * MAX_TEXTS)
def _shared(value: E) -> E:
    """Return the same object for equal values, to save memory: many articles say the same."""
    return value


def _union(a: frozenset[T], b: frozenset[T]) -> frozenset[T]:
    """Return both; the first set itself if it has all of the second."""
    return a if b <= a else a | b


def _each_once(a: tuple[Marks, ...], b: tuple[Marks, ...]) -> tuple[Marks, ...]:
    return tuple(dict.fromkeys((*a, *b)))


def _with_wordings(
    a: tuple[frozenset[str], ...], b: tuple[frozenset[str], ...]
) -> tuple[frozenset[str], ...]:
    if len(a) == MAX_WORDINGS:
        return a
    return tuple(dict.fromkeys((*a, *b)))[:MAX_WORDINGS]
