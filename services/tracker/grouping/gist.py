"""The gist of reports: all that decides which event they are about."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TypeVar

from services.messages import ClaimReport
from services.text.names import fold
from services.tracker.reports.element import Element
from services.tracker.reports.traits import Traits, dayparts, means, sites
from services.tracker.reports.words import lists

DAYS_WITHIN = 1
"""Days that two firm dates of one event may lie apart: time zones, nights that span two days."""

MAX_WORDINGS = 12
"""Wordings kept of a claim, the first ones, to compare an incident with.

It bounds the work. A guess: later wordings repeat the first ones.
"""

LONG_WORD = 3
"""Letters from which a word counts as one of a report's own words."""

T = TypeVar("T")
E = TypeVar("E", bound=Hashable)

_NO_DAY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Gist:
    """The content of one report, one article, or a claim so far, about one event.

    `published` is the news time of the first report, `last` that of the last. `dates` are the firm
    days of the event and `days` all days named for it, each as its ordinal number. `tolls` are
    pairs of an event and a lowest number. `wordings` are the own words of each report.
    """

    kinds: frozenset[str]
    last: datetime | None
    published: datetime | None
    dates: frozenset[int]
    sites: Traits
    means: Traits
    dayparts: Traits
    days: frozenset[int]
    tolls: frozenset[tuple[str, int]]
    wordings: tuple[frozenset[str], ...]

    def joined(self, other: "Gist") -> "Gist":
        """Return the gist of both; this very object if the other adds nothing."""
        both = Gist(
            _union(self.kinds, other.kinds),
            max(filter(None, (self.last, other.last)), default=None),
            min(filter(None, (self.published, other.published)), default=None),
            _union(self.dates, other.dates),
            _union(self.sites, other.sites),
            _union(self.means, other.means),
            _union(self.dayparts, other.dayparts),
            _union(self.days, other.days),
            _union(self.tolls, other.tolls),
            _with_wordings(self.wordings, other.wordings),
        )
        return self if both == self else both


def gist_of(element: Element) -> Gist:
    """Return the gist of one report."""
    report = element.report
    tolls = frozenset((c.of, c.min) for c in report.counts if c.min is not None)
    return Gist(
        kinds=_shared(frozenset({report.event}) - lists().acts),
        last=element.at,
        published=element.at,
        dates=_firm_days(element),
        sites=sites(report.quote),
        means=_means(report),
        dayparts=dayparts(report.quote),
        days=_named_days(report),
        tolls=_shared(tolls),
        wordings=(_own_words(report),),
    )


def _means(report: ClaimReport) -> Traits:
    of_event = lists().means_of_events.get(report.event, "")
    return means(f"{of_event} {report.quote}")


def _own_words(report: ClaimReport) -> frozenset[str]:
    """Return the words of a report that tell its event from others at the same place."""
    places: set[str] = set()
    for place in report.place:
        places.update(fold(place.label).split())
    found = _content_words(report.quote)
    return found - places if found & places else found


@lru_cache(maxsize=8192)
def _content_words(text: str) -> frozenset[str]:
    common, found = lists().common, list[str]()
    for word in fold(text).split():
        if len(word) >= LONG_WORD and word not in common:
            found.append(_shared(word))
    return frozenset(found)


def _named_days(report: ClaimReport) -> frozenset[int]:
    """Return the days that a report names for its event, or for a statement about it."""
    day = report.date
    if day is None or day.basis == "publication" or not day.from_ or not day.to:
        return _NO_DAY
    first = date.fromisoformat(day.from_).toordinal()
    last = date.fromisoformat(day.to).toordinal()
    return _shared(frozenset((first, last))) if last - first <= DAYS_WITHIN else _NO_DAY


def _firm_days(element: Element) -> frozenset[int]:
    """Return the named days if they are before the day of publication.

    The day of publication may be the day of a statement, not of the event.
    """
    days = _named_days(element.report)
    if element.at is None:
        return days
    return days if days and max(days) < element.at.toordinal() else _NO_DAY


@lru_cache(maxsize=32_768)
def _shared(value: E) -> E:
    """Return the same object for equal values, to save memory: many articles say the same."""
    return value


def _union(a: frozenset[T], b: frozenset[T]) -> frozenset[T]:
    """Return both; the first set itself if it has all of the second."""
    return a if b <= a else a | b


def _with_wordings(
    a: tuple[frozenset[str], ...], b: tuple[frozenset[str], ...]
) -> tuple[frozenset[str], ...]:
    if len(a) == MAX_WORDINGS:
        return a
    return tuple(dict.fromkeys((*a, *b)))[:MAX_WORDINGS]
