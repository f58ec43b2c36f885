"""Piles: articles with the same content, how many of each are folded, and which piles are."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from datetime import datetime

from services.messages import Answer, BlockArticle, BlockReports, ClaimReport
from services.text.hashes import digest
from services.tracker.reports.element import LATEST

Order = tuple[datetime, str]
"""An article's place in the canonical order."""

Group = tuple[bool, int]
"""A rank of piles: piles that a judgement names come first, then those of newer days."""


class Sizes:
    """The sizes of piles, and how many articles of each can be folded within a bound."""

    def __init__(self, numbers: Sequence[int]) -> None:
        """`numbers` are the articles of a pile that may be folded, the largest number first."""
        self._numbers = numbers
        self._folded = [0] * len(numbers)

    def change(self, before: int, now: int) -> None:
        """Note that a pile of `before` articles has `now`."""
        for i, number in enumerate(self._numbers):
            self._folded[i] += min(number, now) - min(number, before)

    def number(self, most: int) -> int:
        """Return the first number by which at most `most` articles are folded in all, else 1."""
        for number, folded in zip(self._numbers, self._folded, strict=True):
            if folded <= most:
                return number
        return 1


class Ranks:
    """Piles by importance: newest days first, and of a day each voice before any comes twice."""

    def __init__(self) -> None:
        self._groups: dict[Group, dict[str, list[tuple[Order, str]]]] = {}
        self._places: dict[str, tuple[Group, str, Order]] = {}

    def put(self, name: str, group: Group, voice: str, first: Order) -> None:
        """Add a pile, by the place of its first article and its voice."""
        self._places[name] = (group, voice, first)
        insort(self._groups.setdefault(group, {}).setdefault(voice, []), (first, name))

    def remove(self, name: str) -> None:
        """Remove a pile, if it is known."""
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
        """Remove the least important pile, and return its name."""
        voices = self._groups[max(self._groups)]
        _, (_, name) = max((len(piles), piles[-1]) for piles in voices.values())
        self.remove(name)
        return name


def pile_of(entry: BlockArticle) -> str:
    """Return the name of an article's pile: a digest of origin (or text), content, and day."""
    latest = latest_of(entry)
    voice = latest.origin.wire or latest.origin.cited or latest.sketch or voice_of(latest)
    day = order_of(entry)[0].date().isoformat()
    versions = [list(map(_content, version.reports)) for version in entry.versions]
    return digest(voice, day, repr(versions))


def _content(report: ClaimReport) -> tuple[object, ...]:
    """Return what a report says, without its place in the article."""
    roles = (report.patient, report.agent, report.target, report.instrument, report.place)
    return (
        report.event,
        report.mode,
        report.stance,
        list(map(_actors, roles)),
        [(c.of, c.min, c.max) for c in report.counts],
        (report.date.from_, report.date.to) if report.date else None,
        [(s.key, s.kind, s.affiliation) for s in report.speakers],
    )


def _actors(answers: Sequence[Answer]) -> list[tuple[str, tuple[str, ...]]]:
    return [(answer.key, answer.affiliation) for answer in answers]


def voice_of(article: BlockReports) -> str:
    """Return the origin of an article, as far as it is known without the rest of its claim."""
    origin = article.origin.wire or article.origin.cited
    return origin or article.outlet_family or article.outlet or article.article_id


def order_of(entry: BlockArticle) -> Order:
    """Return an article's place in the canonical order, which no edit changes."""
    first = min(entry.versions, key=lambda v: v.version)
    return (first.published_at or first.first_seen_at or LATEST, first.article_id)


def latest_of(entry: BlockArticle) -> BlockReports:
    """Return the latest version of an article."""
    return max(entry.versions, key=lambda v: v.version)
