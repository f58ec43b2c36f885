"""The articles of one block, held so that the work of a report depends on what is new in it, not on how often it was said.

    articles ─► piles of the same words by the same voice ─┬─► the first KEPT of each ─► fold ─► claims ─┬─► claims
                                                           └─► the others only count ────────────────────┘

A pile is what one origin says with the same content on one day, or one text whoever carries it. Its first articles in
canonical order stand for it; the others add to the counts, and are kept as they are up to MAX_ARTICLES a block; beyond that
only their number is known. All of this is a function of the set of articles, so neither order nor repetition matters.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from services.messages import BlockArticle, BlockReports, Claim, ClaimReport, Counted, OriginGroup
from services.text.hashes import digest
from services.tracker.claims import Folder
from services.tracker.element import LATEST
from services.tracker.rules import closes_at
from services.tracker.tally import hashed, size, with_member

REST = "rest"
"""The name under which articles are counted whose piles are too many to be folded."""

LISTED = 500
"""Ids of further articles that a claim lists."""

_ABOVE_ANY_VERSION = 2**42

Order = tuple[datetime, str]


@dataclass(frozen=True)
class Change:
    """What an article did to its block: articles that are no longer kept, and the piles whose count rose."""

    dropped: tuple[str, ...] = ()
    counted: tuple[Counted, ...] = ()


class Block:
    """All that is known of one block. `n_folded` counts the reports worked through: the cost, free of clocks."""

    KEPT = 20
    """Articles of a pile that are folded, in canonical order, and that are kept whatever comes."""

    MAX_FOLDED = 1000
    """Articles of a block that are folded; where piles are so many that there would be more, fewer stand for each."""

    MAX_PILES = 5000
    """Piles of a block that are folded. Beyond, its oldest days are closed: their claims stay as they were last told."""

    MAX_ARTICLES = 5000
    """Articles of a block up to which every one is kept and counts are exact."""

    def __init__(self, name: str) -> None:
        self.articles: dict[str, BlockArticle] = {}
        self._folder = Folder(name)
        self._piles: dict[str, list[Order]] = {}
        self._pile_of: dict[str, str] = {}
        self._counted: dict[str, dict[int, Counted]] = {}
        self._named: frozenset[str] = frozenset()
        self._standing: dict[str, BlockArticle] | None = None
        self._folded: list[Claim] = []
        self._versions = 0

    @property
    def n_folded(self) -> int:
        return self._folder.n_folded

    def restore(self, counted: Counted) -> None:
        """Take up the count of a pile."""
        self._counted.setdefault(counted.pile, {})[counted.part] = counted

    def put(self, entry: BlockArticle) -> Change:
        """Take what an article has said, in the place of what was known of it."""
        self.place(entry)
        return self._bound(entry.versions[0].article_id)

    def place(self, entry: BlockArticle) -> None:
        """Put an article in its place, and let go of none: so state is taken up again."""
        article_id = entry.versions[0].article_id
        self.remove(article_id)
        self.articles[article_id] = entry
        self._versions += _latest(entry).version
        if _latest(entry).judgement:
            self._name()
        self._lay(article_id)

    def remove(self, article_id: str) -> None:
        entry = self.articles.pop(article_id, None)
        if entry is not None:
            self._versions -= _latest(entry).version
            self._take(article_id, entry)

    def stands_for(self, article_id: str) -> str:
        """Return the article that stands for this one, in its pile the first; itself where it is not known any more."""
        pile = self._pile_of.get(article_id)
        return self._piles[pile][0][1] if pile else article_id

    def claims(self) -> dict[str, Claim]:
        """Return the claims by id, in canonical order. Nothing is folded anew unless an article that is folded changed."""
        piles, number = self._heard(), self._number()
        standing = {i: self.articles[i] for pile in piles.values() for _, i in pile[:number]}
        if standing != self._standing:
            self._folded = self._folder.fold(standing)
            self._standing = standing
        further, is_part = self._further(number), len(piles) < len(self._piles) or REST in self._counted
        version = self._versions + _ABOVE_ANY_VERSION * sum(_size(parts) for parts in self._counted.values())
        told = (_counting(c, further) for c in self._folded)
        return {
            c.claim_id: msgspec.structs.replace(c, version=version, counts_approximate=c.counts_approximate or is_part)
            for c in told
        }

    def _heard(self) -> dict[str, list[Order]]:
        """Return the piles that are folded: all, or MAX_PILES of them, the newest days and every voice's first of a day first."""
        if len(self._piles) <= self.MAX_PILES:
            return self._piles
        by_voice: dict[tuple[date, str], list[tuple[Order, str]]] = defaultdict(list)
        for name, pile in self._piles.items():
            at, first = pile[0]
            by_voice[at.date(), _voice(_latest(self.articles[first]))].append((pile[0], name))
        ranked = sorted(
            (name not in self.articles, -day.toordinal(), rank, first, name)
            for (day, _), piles in by_voice.items()
            for rank, (first, name) in enumerate(sorted(piles))
        )
        return {name: self._piles[name] for *_, name in ranked[: self.MAX_PILES]}

    def _number(self) -> int:
        """Return how many articles stand for each pile."""
        sizes = [len(pile) for pile in self._piles.values()]
        fewer = (self.KEPT, 5, 2)
        return next((n for n in fewer if sum(min(n, s) for s in sizes) <= self.MAX_FOLDED), 1)

    def _further(self, number: int) -> dict[str, "_Further"]:
        """Return by the article that stands for a pile what the pile adds to the articles that are folded."""
        found = {}
        for name, pile in self._piles.items():
            counted = self._counted.get(name, {})
            if len(pile) > number or counted:
                found[pile[0][1]] = _Further(pile[number:], counted)
        return found

    def _name(self) -> None:
        """Take out of their piles the articles that a judgement speaks of: they are folded each for itself."""
        made = [v.judgement for entry in self.articles.values() for v in entry.versions if v.judgement]
        named = frozenset(name for j in made for name in (*j.articles, *j.reports, *j.other_reports))
        if named != self._named:
            self._named = named
            for article_id, entry in self.articles.items():
                self._take(article_id, entry)
                self._lay(article_id)

    def _lay(self, article_id: str) -> None:
        entry = self.articles[article_id]
        reports = (r.report_id for v in entry.versions for r in v.reports)
        is_named = article_id in self._named or any(r in self._named for r in reports) or _latest(entry).judgement
        pile = article_id if is_named else pile_of(entry)
        self._pile_of[article_id] = pile
        insort(self._piles.setdefault(pile, []), _order(entry))

    def _take(self, article_id: str, entry: BlockArticle) -> None:
        name = self._pile_of.pop(article_id, None)
        if name is None:
            return
        pile = self._piles[name]
        del pile[bisect_left(pile, _order(entry))]
        if not pile:
            del self._piles[name]

    def _bound(self, article_id: str) -> Change:
        """Let go of what is beyond KEPT in its pile, once there are more articles than are kept whole."""
        if len(self.articles) <= self.MAX_ARTICLES and not self._counted:
            return Change()
        # Once something is only counted, every pile but the one just laid on is within bounds already.
        names = [self._pile_of[article_id]] if self._counted else list(self._piles)
        heard = self._heard()
        beyond = [(name, i) for name in names if name in heard for _, i in self._piles[name][self.KEPT :]]
        if len(heard) < len(self._piles):
            beyond += [(REST, i) for name, pile in self._piles.items() if name not in heard for _, i in pile]
        changed = dict.fromkeys(found for name, i in beyond if (found := self._count(name, i)))
        for _, beyond_id in beyond:
            self.remove(beyond_id)
        return Change(tuple(i for _, i in beyond), tuple(changed))

    def _count(self, pile: str, article_id: str) -> Counted | None:
        """Count an article of a pile; return what changed."""
        part, hash = hashed(article_id)
        parts = self._counted.setdefault(pile, {})
        old = parts.get(part) or Counted(pile=pile, part=part)
        at = _order(self.articles[article_id])[0]
        last = max(filter(None, (old.last_at, None if at == LATEST else at)), default=None)
        new = parts[part] = Counted(pile=pile, part=part, smallest=with_member(old.smallest, hash), last_at=last)
        return None if new == old else new


@dataclass(frozen=True)
class _Further:
    """Articles of a pile that are not folded: those kept, in order, and those only counted."""

    kept: list[Order]
    counted: Mapping[int, Counted]

    @property
    def n(self) -> int:
        return len(self.kept) + _size(self.counted)

    @property
    def last_at(self) -> datetime | None:
        times = [at for at, _ in self.kept[-1:] if at != LATEST]
        return max((*times, *(c.last_at for c in self.counted.values() if c.last_at)), default=None)

    @property
    def ids(self) -> list[str]:
        return [i for _, i in self.kept[:LISTED]]


def _voice(article: BlockReports) -> str:
    """Return who an article is laid to before anything else of its claim is known."""
    return article.origin.wire or article.origin.cited or article.outlet_family or article.outlet or article.article_id


def pile_of(entry: BlockArticle) -> str:
    """Return the name of an article's pile: who says what on which day, or which text says it."""
    latest = _latest(entry)
    voice = latest.origin.wire or latest.origin.cited or latest.sketch or _voice(latest)
    day = _order(entry)[0].date().isoformat()
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


def _counting(claim: Claim, further: dict[str, _Further]) -> Claim:
    """Return a claim that counts the articles which those in it stand for."""
    stood_for = [i for i in claim.article_ids if i in further] if further else []
    speaking = {i for origin in claim.origins for i in origin.members}
    if not stood_for:
        return claim
    more = [further[i] for i in stood_for]
    times = [t for t in (claim.updated_at, *(f.last_at for f in more)) if t]
    return msgspec.structs.replace(
        claim,
        n_reports=claim.n_reports + sum(further[i].n for i in stood_for if i in speaking),
        origins=tuple(_with(origin, further) for origin in claim.origins),
        article_ids=(*claim.article_ids, *_first(more)),
        updated_at=max(times, default=None),
        closes_at=closes_at(max(times, default=None)),
        counts_approximate=any(f.counted for f in more),
    )


def _with(origin: OriginGroup, further: dict[str, _Further]) -> OriginGroup:
    more = [further[i] for i in origin.members if i in further]
    if not more:
        return origin
    members = tuple(dict.fromkeys((*origin.members, *_first(more))))
    return msgspec.structs.replace(origin, members=members, n=origin.n + sum(f.n for f in more))


def _first(more: Iterable[_Further]) -> list[str]:
    return [i for f in more for i in f.ids][:LISTED]


def _order(entry: BlockArticle) -> Order:
    """Return an article's place in the canonical order: when it first came, which no edit changes."""
    first = min(entry.versions, key=lambda v: v.version)
    return (first.published_at or first.first_seen_at or LATEST, first.article_id)


def _size(counted: Mapping[int, Counted]) -> int:
    return sum(size(part.smallest) for part in counted.values())


def _latest(entry: BlockArticle) -> BlockReports:
    return max(entry.versions, key=lambda v: v.version)
