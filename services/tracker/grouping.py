"""Which reports tell of one event: the tellings of each article, joined in canonical order by what they say of it.

A *telling* is what one article says of one event. Tellings join the best claim that they don't exclude. A named person is
killed once, so of that little else is asked; at a place or of a body many things happen, and there date, site, means,
and time of day must not exclude each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from services.messages import ClaimReport
from services.text.names import fold
from services.tracker.element import LATEST, Element
from services.tracker.sides import ACTS
from services.tracker.traits import Traits, dayparts, exclude_each_other, means, sites
from services.tracker.words import lists

PERSON_WITHIN = timedelta(days=30)
"""News time since a claim's last report from which a named person's event counts as another one."""

PLACE_WITHIN = timedelta(days=10)
"""The same where the claim is about a place, a body, or a state."""

DATES_WITHIN = timedelta(days=1)
"""How far two firm dates of one event may lie apart: time zones, and nights that span two days."""

HINT_WITHIN = timedelta(days=3)
"""News time within which a site or a number in common speaks for one event."""

MAX_OPEN = 64
"""Claims of a block that a telling is compared with: the ones last spoken of. It bounds the work."""

_WIDE = frozenset({"state", "nationality", "group", "organisation"})

ALIKE = 0.33
"""Share of the shorter telling's words that two must have in common where the principal says little."""

MAX_WORDINGS = 12
"""Wordings of a claim that a telling is compared with: the first ones."""


@dataclass
class Telling:
    """What is said of one event: by one article, or by all of a claim so far."""

    members: list[Element] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    last: datetime | None = None
    published: datetime | None = None
    dates: set[date] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)
    means: set[str] = field(default_factory=set)
    dayparts: set[str] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    """Days that are named, firm or not."""
    tolls: set[tuple[str, int]] = field(default_factory=set)
    wordings: list[frozenset[str]] = field(default_factory=list)

    def add(self, element: Element) -> None:
        report = element.report
        self.members.append(element)
        self.kinds |= {report.event} - ACTS
        self.sites |= sites(report.quote)
        self.means |= _means(report)
        self.dayparts |= dayparts(report.quote)
        self.days |= _named_days(element.report)
        self.dates |= _firm_dates(element)
        self._time(element.at)
        self.tolls |= {(c.of, c.min) for c in report.counts if c.min is not None}
        self._reword([_own_words(report)])

    def join(self, other: "Telling") -> None:
        self.members += other.members
        self.kinds |= other.kinds
        self.sites |= other.sites
        self.means |= other.means
        self.dayparts |= other.dayparts
        self.days |= other.days
        self.dates |= other.dates
        self.tolls |= other.tolls
        self._time(other.last)
        self._time(other.published)
        self._reword(other.wordings)

    def _reword(self, wordings: Iterable[frozenset[str]]) -> None:
        self.wordings = list(dict.fromkeys((*self.wordings, *wordings)))[:MAX_WORDINGS]

    def _time(self, at: datetime | None) -> None:
        if at:
            self.last = max(self.last or at, at)
            self.published = min(self.published or at, at)

    @property
    def order(self) -> tuple[datetime, str]:
        return min(m.order for m in self.members)


def group(block: str, elements: Sequence[Element]) -> list[list[Element]]:
    """Return the reports of a block, given in canonical order, by event; each group in canonical order."""
    reports = [e.report for e in elements]
    rules = _Rules(is_of_a_person(block, reports), _says_little(block, reports))
    found = _Open(rules)
    for telling in sorted(_tellings(elements, rules), key=lambda t: t.order):
        found.put(telling)
    return [sorted(t.members, key=lambda m: m.order) for t in sorted(found.claims, key=lambda t: t.order)]


def is_of_a_person(block: str, reports: Sequence[ClaimReport]) -> bool:
    """Tell whether a block's principal is a named person; a town misread for one is a place elsewhere in the block."""
    principal = _principal(block)
    is_victim = any(a.key == principal and a.named and a.type == "person" for r in reports for a in r.patient)
    return is_victim and not any(a.key == principal for r in reports for a in r.place)


def _tellings(elements: Iterable[Element], rules: "_Rules") -> Iterator[Telling]:
    by_article: dict[str, list[Element]] = defaultdict(list)
    for element in elements:
        by_article[element.article.article_id].append(element)
    for said in by_article.values():
        found: list[Telling] = []
        for element in sorted(said, key=lambda e: (e.at or LATEST, e.report.sentence, e.report.report_id)):
            one = Telling()
            one.add(element)
            home = next((t for t in reversed(found) if rules.can_be_one(t, one, of_one_article=True)), None)
            if home:
                home.add(element)
            else:
                found.append(one)
        yield from found


@dataclass(frozen=True)
class _Rules:
    """What excludes that two tellings are of one event, in one block."""

    of_a_person: bool
    says_little: bool
    """There is no principal, or it is a state or a body, to which many things happen at one time."""

    def can_be_one(self, a: Telling, b: Telling, of_one_article: bool = False) -> bool:
        if a.kinds and b.kinds and not a.kinds & b.kinds:
            return False
        if self.of_a_person:
            return of_one_article or self._is_near(a, b, PERSON_WITHIN)
        if (
            exclude_each_other(frozenset(a.means), frozenset(b.means))
            or _apart(a.sites, b.sites)
            or _apart(a.dayparts, b.dayparts)
        ):
            return False
        if of_one_article:
            return True
        if _dates_exclude(a, b) or not self._is_near(a, b, PLACE_WITHIN):
            return False
        return _alike(a, b, least=2) if self.says_little else self._is_hinted_at(a, b) or _alike(a, b, least=1)

    def _is_hinted_at(self, a: Telling, b: Telling) -> bool:
        """Tell whether day, site, or toll speak for one event."""
        if _same_day(a, b) or a.days & b.days:
            return True
        return self._is_near(a, b, HINT_WITHIN) and bool(a.sites & b.sites or a.tolls & b.tolls)

    def _is_near(self, a: Telling, b: Telling, within: timedelta) -> bool:
        if a.last is None or b.published is None or abs(b.published - a.last) <= within:
            return True
        return _same_day(a, b)


class _Open:
    """The claims of a block, and which of them a telling is compared with."""

    def __init__(self, rules: _Rules) -> None:
        self.claims: list[Telling] = []
        self._rules = rules
        self._open: list[Telling] = []
        self._copies: dict[tuple[str, frozenset[str]], Telling] = {}

    def put(self, telling: Telling) -> None:
        """Join a telling to the claim that it fits best, else open one. A copy goes where its original went."""
        name = (telling.members[0].article.sketch, frozenset(telling.kinds))
        original = self._copies.get(name) if name[0] else None
        fitting = [c for c in self._open if self._rules.can_be_one(c, telling)] if original is None else [original]
        if fitting and not (original is not None and not self._rules.can_be_one(original, telling)):
            home = max(fitting, key=lambda c: _affinity(c, telling))
            home.join(telling)
        else:
            home = telling
            self.claims.append(home)
        self._open = [home, *(c for c in self._open if c is not home)][:MAX_OPEN]
        self._copies.setdefault(name, home)


def _affinity(claim: Telling, telling: Telling) -> tuple[int, int, int]:
    """Return how well a telling fits a claim: by firm dates, sites, kinds in common."""
    return (int(_same_day(claim, telling)), len(claim.sites & telling.sites), len(claim.kinds & telling.kinds))


def _means(report: ClaimReport) -> Traits:
    of_event = "airstrike" if report.event == "airstrike" else ""
    return means(f"{of_event} {report.quote}")


def _apart(a: set[str], b: set[str]) -> bool:
    return bool(a) and bool(b) and not a & b


def _says_little(block: str, reports: Iterable[ClaimReport]) -> bool:
    principal = _principal(block)
    types = {a.type for r in reports for a in (*r.patient, *r.agent, *r.place) if a.key == principal}
    return principal == "?" or bool(types & _WIDE and "place" not in types)


def _principal(block: str) -> str:
    return block.partition(":")[2]


def _alike(a: Telling, b: Telling, least: int) -> bool:
    return any(len(x & y) >= max(least, ALIKE * min(len(x), len(y))) for x in a.wordings for y in b.wordings)


def _same_day(a: Telling, b: Telling) -> bool:
    return any(abs(x - y) <= DATES_WITHIN for x in a.dates for y in b.dates)


def _own_words(report: ClaimReport) -> frozenset[str]:
    """Return the words of a report that tell its event from others at the same place."""
    return _content(report.quote).difference(*(fold(place.label).split() for place in report.place))


@lru_cache(maxsize=8192)
def _content(text: str) -> frozenset[str]:
    return frozenset(word for word in fold(text).split() if len(word) > 2 and word not in lists().common)


def _named_days(report: ClaimReport) -> set[date]:
    """Return the days that a report names for its event, or for when it was said of."""
    day = report.date
    if day is None or day.basis == "publication" or not day.from_ or not day.to:
        return set()
    first, last = date.fromisoformat(day.from_), date.fromisoformat(day.to)
    return {first, last} if last - first <= DATES_WITHIN else set()


def _firm_dates(element: Element) -> set[date]:
    """Return the days that a report gives its event, unless it is the day of publication: that may be when it was *said*."""
    days = _named_days(element.report)
    return days if element.at is None or (days and max(days) < element.at.date()) else set()


def _dates_exclude(a: Telling, b: Telling) -> bool:
    """Tell whether firm dates differ, or one told of its event before the day that the other gives."""
    if a.dates and b.dates:
        return all(abs(x - y) > DATES_WITHIN for x in a.dates for y in b.dates)
    return _told_before(a, b.dates) or _told_before(b, a.dates)


def _told_before(telling: Telling, days: set[date]) -> bool:
    return bool(days) and telling.published is not None and telling.published.date() < min(days)
