"""Piles: which one an article is in, how many of a block are folded, and by how many articles each, kept up to date."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from datetime import datetime

from services.messages import BlockArticle, BlockReports, ClaimReport
from services.text.hashes import digest
from services.tracker.reports.element import LATEST

Order = tuple[datetime, str]
"""An article's place in the canonical order."""

Group = tuple[bool, int]
"""Piles that are heard before others: those that a judgement speaks of, then those of newer days."""


class Sizes:
    """The sizes of piles, and how many articles stand for each so that all of them are not too many."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = numbers
        self._standing = [0] * len(numbers)

    def change(self, before: int, now: int) -> None:
        """Take note that a pile of so many articles has so many now."""
        for i, number in enumerate(self._numbers):
            self._standing[i] += min(number, now) - min(number, before)

    def number(self, most: int) -> int:
        """Return the first of the numbers by which at most so many articles stand for their piles, else 1."""
        return next((n for n, standing in zip(self._numbers, self._standing, strict=True) if standing <= most), 1)


class Ranks:
    """Piles in the order in which they are heard: newest days first, and of a day every voice before any is heard twice."""

    def __init__(self) -> None:
        self._groups: dict[Group, dict[str, list[tuple[Order, str]]]] = {}
        self._places: dict[str, tuple[Group, str, Order]] = {}

    def put(self, name: str, group: Group, voice: str, first: Order) -> None:
        """Take a pile, by its first article and who says it."""
        self._places[name] = (group, voice, first)
        insort(self._groups.setdefault(group, {}).setdefault(voice, []), (first, name))

    def remove(self, name: str) -> None:
        """Forget a pile, if it is known."""
        if name not in self._places:
            return
        group, voice, first = self._places.pop(name)
        piles = self._groups[group][voice]
        del piles[bisect_left(piles, (first, name))]
        if not piles:
            del self._groups[group][voice]
        if not self._groups[group]:
            del self._groups[group]

    def take_last(self) -> str:
        """Remove the pile that is heard last, and return its name."""
        voices = self._groups[max(self._groups)]
        _, (_, name) = max((len(piles), piles[-1]) for piles in voices.values())
        self.remove(name)
        return name


def pile_of(entry: BlockArticle) -> str:
    """Return the name of an article's pile: who says what on which day, or which text says it."""
    latest = latest_of(entry)
    voice = latest.origin.wire or latest.origin.cited or latest.sketch or voice_of(latest)
    day = order_of(entry)[0].date().isoformat()
    return digest(voice, day, repr([[_content(r) for r in v.reports] for v in entry.versions]))


def _content(report: ClaimReport) -> tuple[object, ...]:
    """Return what a report says, without where it stands in its article."""
    roles = (report.patient, report.agent, report.target, report.instrument, report.place)
    return (
        report.event,
        report.mode,
        report.stance,
        [[(a.key, a.affiliation) for a in role] for role in roles],
        [(c.of, c.min, c.max) for c in report.counts],
        (report.date.from_, report.date.to) if report.date else None,
        [(s.key, s.kind, s.affiliation) for s in report.speakers],
    )


def voice_of(article: BlockReports) -> str:
    """Return who an article is laid to before anything else of its claim is known."""
    return article.origin.wire or article.origin.cited or article.outlet_family or article.outlet or article.article_id


def order_of(entry: BlockArticle) -> Order:
    """Return an article's place in the canonical order: when it first came, which no edit changes."""
    first = min(entry.versions, key=lambda v: v.version)
    return (first.published_at or first.first_seen_at or LATEST, first.article_id)


def latest_of(entry: BlockArticle) -> BlockReports:
    """Return the version of an article that is in force."""
    return max(entry.versions, key=lambda v: v.version)
