"""Piles: articles with the same content, how many of each are folded, and which piles are."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from services.messages import Answer, BlockArticle, BlockReports, ClaimReport
from services.text.hashes import digest
from services.tracker.reports.element import LATEST

Order = tuple[datetime, str]
"""An article's place in the canonical order."""


def ids_of(pile: Iterable[Order]) -> list[str]:
    """Return the ids of the articles of a pile."""
    return [article_id for _, article_id in pile]


Group = tuple[bool, int]
"""A rank of piles: piles that a judgement names come first, then those of newer days."""


class Piles:
    """The piles of a block, `by_name`, with their sizes and ranks.

    `touched` are the names of piles that changed since it was last cleared.
    """

    def __init__(self, articles: Mapping[str, BlockArticle], numbers: Sequence[int]) -> None:
        """`articles` are those of the block by id; for `numbers` see `Sizes`."""
        self.touched: set[str] = set()
        self.sizes = Sizes(numbers)
        self._articles = articles
        self.by_name: dict[str, list[Order]] = {}
        self._name_of: dict[str, str] = {}
        self._ranks: Ranks | None = None

    def __len__(self) -> int:
        return len(self.by_name)

    def __getitem__(self, name: str) -> list[Order]:
        """Return the articles of a pile in canonical order; none if there is no such pile."""
        return self.by_name.get(name, [])

    def name_of(self, article_id: str) -> str | None:
        """Return the name of an article's pile; None if the article is in none."""
        return self._name_of.get(article_id)

    def add(self, name: str, entry: BlockArticle) -> None:
        """Add an article to the pile of a name."""
        order = order_of(entry)
        self._name_of[order[1]] = name
        insort(self.by_name.setdefault(name, []), order)
        self._changed(name, 1)

    def take(self, entry: BlockArticle) -> None:
        """Take an article out of its pile, if it is in one."""
        order = order_of(entry)
        name = self._name_of.pop(order[1], None)
        if name is None:
            return
        pile = self.by_name[name]
        del pile[bisect_left(pile, order)]
        if not pile:
            del self.by_name[name]
        self._changed(name, -1)

    def excess(self, most: int) -> list[str]:
        """Return the piles beyond `most`: the least important ones, which lose their rank."""
        if len(self.by_name) <= most:
            return []
        if self._ranks is None:
            self._ranks = Ranks()
            for name in self.by_name:
                self._rank(self._ranks, name)
        return [self._ranks.take_last() for _ in range(len(self.by_name) - most)]

    def _changed(self, name: str, by: int) -> None:
        """Update sizes and ranks for a pile that grew or shrank by one."""
        now = len(self[name])
        self.sizes.change(now - by, now)
        self.touched.add(name)
        if self._ranks is not None:
            self._ranks.remove(name)
            self._rank(self._ranks, name)

    def _rank(self, ranks: "Ranks", name: str) -> None:
        for at, first in self[name][:1]:
            # An article that a judgement names has a pile of its own, named after it.
            group = (name != first, -at.toordinal())
            ranks.put(name, group, voice_of(latest_of(self._articles[first])), (at, first))


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
    return (first.dated_at or LATEST, first.article_id)


def latest_of(entry: BlockArticle) -> BlockReports:
    """Return the latest version of an article."""
    return max(entry.versions, key=lambda v: v.version)
