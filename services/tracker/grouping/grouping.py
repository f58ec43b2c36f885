"""Which reports tell of one event: the tellings of each article, and what excludes that two are of one.

A *telling* is what one article says of one event. Tellings join the best claim that they don't exclude. A named person is
killed once, so of that little else is asked; at a place or of a body many things happen, and there date, site, means,
and time of day must not exclude each other.
"""

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from services.messages import ClaimReport
from services.text.names import fold
from services.tracker.reports.element import LATEST, Element
from services.tracker.reports.traits import Traits, dayparts, exclude_each_other, means, sites
from services.tracker.reports.words import lists

PERSON_WITHIN = timedelta(days=30)
"""News time since a claim's last report beyond which a named person's event is another one."""

PLACE_WITHIN = timedelta(days=10)
"""The same where the claim is about a place, a body, or a state."""

DAYS_WITHIN = 1
"""Days that two firm dates of one event may lie apart: time zones, nights that span two days."""

HINT_WITHIN = timedelta(days=3)
"""News time, up to which a site or a toll in common joins two tellings."""

T = TypeVar("T")
E = TypeVar("E", bound=Hashable)

_NO_DAY: frozenset[int] = frozenset()

_WIDE = frozenset({"state", "nationality", "group", "organisation"})

ALIKE = 0.33
"""Share of the shorter telling's words that two must have in common where the principal says little."""

MAX_WORDINGS = 12
"""Wordings of a claim, the first ones, that a telling is compared with: bounds the work."""


@dataclass(frozen=True, slots=True)
class Gist:
    """What is said of one event, by one report, one article, or all of a claim so far: all that decides where it belongs."""

    kinds: frozenset[str]
    last: datetime | None
    published: datetime | None
    dates: frozenset[int]
    """Firm days, each as its ordinal number."""
    sites: Traits
    means: Traits
    dayparts: Traits
    days: frozenset[int]
    """Days that are named, firm or not."""
    tolls: frozenset[tuple[str, int]]
    wordings: tuple[frozenset[str], ...]

    def joined(self, other: "Gist") -> "Gist":
        """Return what both say; this one itself where the other adds nothing."""
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
            _reworded(self.wordings, other.wordings),
        )
        return self if both == self else both


@dataclass(frozen=True, slots=True)
class Telling:
    """What one article says of one event: its reports in the order of time and text, and their gist."""

    members: tuple[Element, ...]
    gist: Gist

    @property
    def order(self) -> tuple[datetime, str]:
        return min(m.order for m in self.members)


def tellings(said: Iterable[Element], rules: "Rules") -> list[Telling]:
    """Return the reports of one article by event."""
    found: list[Telling] = []
    for element in sorted(said, key=lambda e: (e.at or LATEST, e.report.sentence, e.report.report_id)):
        gist = gist_of(element)
        home = next((i for i in reversed(range(len(found))) if rules.can_be_one(found[i].gist, gist, of_one_article=True)), None)
        if home is None:
            found.append(Telling((element,), gist))
        else:
            found[home] = Telling((*found[home].members, element), found[home].gist.joined(gist))
    return found


def gist_of(element: Element) -> Gist:
    """Return the gist of one report."""
    report = element.report
    return Gist(
        kinds=_one(frozenset({report.event}) - lists().acts),
        last=element.at,
        published=element.at,
        dates=_firm_dates(element),
        sites=sites(report.quote),
        means=_means(report),
        dayparts=dayparts(report.quote),
        days=_named_days(report),
        tolls=_one(frozenset((c.of, c.min) for c in report.counts if c.min is not None)),
        wordings=(_own_words(report),),
    )


def marks(block: str, report: ClaimReport) -> frozenset[str]:
    """Return the roles that the block's principal plays in a report.

    A role is a mention type, "victim" (a named person who is harmed), or "scene" (the place).
    """
    principal = _principal(block)
    found: set[str] = {a.type for a in (*report.patient, *report.agent, *report.place) if a.key == principal}
    if any(a.key == principal and a.named and a.type == "person" for a in report.patient):
        found.add("victim")
    if any(a.key == principal for a in report.place):
        found.add("scene")
    return frozenset(found)


def rules_for(block: str, marked: Collection[str]) -> "Rules":
    """Return the rules of a block by the marks of all its reports; a town misread for a person is a scene elsewhere."""
    is_wide = bool(_WIDE & set(marked)) and "place" not in marked
    return Rules("victim" in marked and "scene" not in marked, _principal(block) == "?" or is_wide)


@dataclass(frozen=True)
class Rules:
    """What excludes that two tellings are of one event, in one block."""

    of_a_person: bool
    """The principal is a named person."""
    says_little: bool
    """There is no principal, or it is a state or a body, to which many things happen at one time."""

    def can_be_one(self, a: Gist, b: Gist, of_one_article: bool = False) -> bool:
        """Tell whether what is said so far, and what is said now, can be one event."""
        if a.kinds and b.kinds and not a.kinds & b.kinds:
            return False
        if self.of_a_person:
            return of_one_article or self._is_near(a, b, PERSON_WITHIN)
        if _apart(a.sites, b.sites) or _apart(a.dayparts, b.dayparts) or exclude_each_other(a.means, b.means):
            return False
        if of_one_article:
            return True
        if _dates_exclude(a, b) or not self._is_near(a, b, PLACE_WITHIN):
            return False
        return _alike(a, b, least=2) if self.says_little else self._is_hinted_at(a, b) or _alike(a, b, least=1)

    def _is_hinted_at(self, a: Gist, b: Gist) -> bool:
        """Tell whether day, site, or toll speak for one event."""
        if _same_day(a, b) or a.days & b.days:
            return True
        return self._is_near(a, b, HINT_WITHIN) and bool(a.sites & b.sites or a.tolls & b.tolls)

    def _is_near(self, a: Gist, b: Gist, within: timedelta) -> bool:
        if a.last is None or b.published is None or abs(b.published - a.last) <= within:
            return True
        return _same_day(a, b)


def affinity(claim: Gist, telling: Gist) -> tuple[int, int, int]:
    """Return how well a telling fits a claim: by firm dates, sites, kinds in common."""
    return (int(_same_day(claim, telling)), len(claim.sites & telling.sites), len(claim.kinds & telling.kinds))


def _means(report: ClaimReport) -> Traits:
    of_event = lists().means_of_events.get(report.event, "")
    return means(f"{of_event} {report.quote}")


def _apart(a: Traits, b: Traits) -> bool:
    return bool(a) and bool(b) and not a & b


def _principal(block: str) -> str:
    return block.partition(":")[2]


def _alike(a: Gist, b: Gist, least: int) -> bool:
    return any(len(x & y) >= max(least, ALIKE * min(len(x), len(y))) for x in a.wordings for y in b.wordings)


def _same_day(a: Gist, b: Gist) -> bool:
    few, many = sorted((a.dates, b.dates), key=len)
    return any(day + by in many for day in few for by in (-DAYS_WITHIN, 0, DAYS_WITHIN))


def _own_words(report: ClaimReport) -> frozenset[str]:
    """Return the words of a report that tell its event from others at the same place."""
    places = {word for place in report.place for word in fold(place.label).split()}
    found = _content(report.quote)
    return found - places if found & places else found


@lru_cache(maxsize=8192)
def _content(text: str) -> frozenset[str]:
    return frozenset(_one(word) for word in fold(text).split() if len(word) > 2 and word not in lists().common)


def _named_days(report: ClaimReport) -> frozenset[int]:
    """Return the days that a report names for its event, or for when it was said of."""
    day = report.date
    if day is None or day.basis == "publication" or not day.from_ or not day.to:
        return _NO_DAY
    first, last = date.fromisoformat(day.from_).toordinal(), date.fromisoformat(day.to).toordinal()
    return _one(frozenset((first, last))) if last - first <= DAYS_WITHIN else _NO_DAY


def _firm_dates(element: Element) -> frozenset[int]:
    """Return the days that a report gives its event, unless it is the day of publication: that may be when it was *said*."""
    days = _named_days(element.report)
    return days if element.at is None or (days and max(days) < element.at.toordinal()) else _NO_DAY


def _dates_exclude(a: Gist, b: Gist) -> bool:
    """Tell whether firm dates differ, or one told of its event before the day that the other gives."""
    if a.dates and b.dates:
        return not _same_day(a, b)
    return _told_before(a, b.dates) or _told_before(b, a.dates)


def _told_before(gist: Gist, days: frozenset[int]) -> bool:
    return bool(days) and gist.published is not None and gist.published.toordinal() < min(days)


@lru_cache(maxsize=32_768)
def _one(found: E) -> E:
    """Return the same object for equal ones: many articles say the same few things."""
    return found


def _union(a: frozenset[T], b: frozenset[T]) -> frozenset[T]:
    """Return both; the first itself where that is all."""
    return a if b <= a else a | b


def _reworded(a: tuple[frozenset[str], ...], b: tuple[frozenset[str], ...]) -> tuple[frozenset[str], ...]:
    return a if len(a) == MAX_WORDINGS else tuple(dict.fromkeys((*a, *b)))[:MAX_WORDINGS]
