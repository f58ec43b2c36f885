"""The articles of one block, held so that the work of a report depends on what is new in it, not on how often it was said.

    articles ─► piles of the same words by the same voice ─┬─► the first KEPT of each ─► fold ─► claims ─┬─► claims
                                                           └─► the others only count ────────────────────┘

A pile is what one origin says with the same content on one day, or one text whoever carries it. Its first articles in
canonical order stand for it; the others add to the counts, and are kept as they are up to MAX_ARTICLES a block; beyond that
only their number is known. All of this is a function of the set of articles, so neither order nor repetition matters.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from services.messages import Archived, BlockArticle, Claim, Counted, OriginGroup
from services.tracker.block.archive import Archive
from services.tracker.block.closing import Holding, closed
from services.tracker.block.piles import Order, Ranks, Sizes, latest_of, order_of, pile_of, voice_of
from services.tracker.block.tally import hashed, size, with_member
from services.tracker.claims.claims import Folder
from services.tracker.claims.rules import ARCHIVE, closes_at
from services.tracker.reports.element import LATEST, Element

OVERFLOW_PILE = "rest"
"""The pile of the articles beyond MAX_PILES: they are counted, not folded."""

MAX_LISTED = 500
"""Ids of further articles that a claim lists."""

CLOSING_CHECK_EVERY = 500
"""Articles between two checks, in one month, for claims that have closed."""

_ABOVE_ANY_VERSION = 2**42


@dataclass(frozen=True)
class Change:
    """What an article did to its block: articles no longer kept, counts that rose, those let go, and stubs that changed."""

    dropped: tuple[str, ...] = ()
    counted: tuple[Counted, ...] = ()
    uncounted: tuple[Counted, ...] = ()
    archived: tuple[Archived, ...] = ()


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

    ARCHIVE = ARCHIVE
    """From how many articles on which closed claims become stubs."""

    def __init__(self, name: str) -> None:
        self.articles: dict[str, BlockArticle] = {}
        self.archive = Archive()
        self._folder = Folder(name)
        self._piles: dict[str, list[Order]] = {}
        self._pile_of: dict[str, str] = {}
        self._ranks: Ranks | None = None
        self._sizes = Sizes((self.KEPT, 5, 2))
        self._counted: dict[str, dict[int, Counted]] = {}
        self._n_counted = 0
        self._named: frozenset[str] = frozenset()
        self._touched: set[str] = set()
        self._number = self.KEPT
        self._standing: dict[str, dict[str, BlockArticle]] = {}
        self._folded: list[Claim] = []
        self._versions = 0
        self._newest: datetime | None = None
        self._closed_in: date | None = None
        self._closed_from = 0

    @property
    def n_folded(self) -> int:
        return self._folder.n_folded

    @property
    def members(self) -> Mapping[str, tuple[Element, ...]]:
        """The folded reports of each claim, by its id, as of the last call of `claims`."""
        return self._folder.members

    @property
    def version(self) -> int:
        """The version of the block's claims: it rises with every article and edit, and is the same for the same set."""
        return self.archive.version + self._versions + _ABOVE_ANY_VERSION * self._n_counted

    def restore(self, counted: Counted) -> None:
        """Take up the count of a pile."""
        parts = self._counted.setdefault(counted.pile, {})
        before = parts.get(counted.part)
        self._n_counted += size(counted.smallest) - (size(before.smallest) if before else 0)
        parts[counted.part] = counted

    def forget(self, pile: str, part: int) -> None:
        """Let go of the count of a pile."""
        parts = self._counted.get(pile, {})
        known = parts.pop(part, None)
        self._n_counted -= size(known.smallest) if known else 0
        if not parts:
            self._counted.pop(pile, None)

    def put(self, entry: BlockArticle) -> Change:
        """Take what an article has said, in the place of what was known of it; what is late may be of an archived claim."""
        article_id = entry.versions[0].article_id
        rest, stubs = self.archive.take(entry, self.articles.get(article_id), self._folder.rules)
        for row in stubs:
            self.shelve(row)
        if rest is None:
            self.remove(article_id)
            return Change(dropped=(article_id,), archived=tuple(stubs))
        self.place(rest)
        bound, gone = self._bound(article_id), self._close()
        let_go = set(gone.uncounted)
        counted = tuple(c for c in bound.counted if c not in let_go)
        return Change((*bound.dropped, *gone.dropped), counted, gone.uncounted, (*stubs, *gone.archived))

    def shelve(self, row: Archived) -> None:
        """Put the stub of a claim in the archive, in the place of what was known of it."""
        self.archive.put(row)
        self._folder.remember(row)

    def place(self, entry: BlockArticle) -> None:
        """Put an article in its place, and let go of none: so state is taken up again."""
        article_id = entry.versions[0].article_id
        self.remove(article_id)
        self.articles[article_id] = entry
        self._versions += latest_of(entry).version
        self._newest = max(filter(None, (self._newest, _seen(entry))), default=None)
        if latest_of(entry).judgement:
            self._name()
        self._lay(article_id)

    def remove(self, article_id: str) -> None:
        entry = self.articles.pop(article_id, None)
        if entry is not None:
            self._versions -= latest_of(entry).version
            self._take(article_id, entry)

    def stands_for(self, article_id: str) -> str:
        """Return the article that stands for this one, in its pile the first; itself where it is not known any more."""
        pile = self._pile_of.get(article_id)
        return self._piles[pile][0][1] if pile else article_id

    def claims(self) -> dict[str, Claim]:
        """Return the claims by id, in canonical order, all of version 0; what did not change is the same object as before."""
        if self._stand():
            self._folded = self._folder.fold()
        further = self._further(self._number)
        told = (_counting(c, further) for c in self._folded)
        if OVERFLOW_PILE in self._counted:
            told = (msgspec.structs.replace(c, counts_approximate=True) for c in told)
        return {c.claim_id: c for c in told}

    def _stand(self) -> bool:
        """Let the first articles of each pile stand for it in the fold; tell whether one came, went, or changed."""
        number = self._sizes.number(self.MAX_FOLDED)
        piles = self._touched if number == self._number else {*self._touched, *self._piles}
        self._number, self._touched = number, set()
        before = {name: self._standing.pop(name, {}) for name in piles}
        now = {name: {i: self.articles[i] for _, i in self._piles[name][:number]} for name in piles if name in self._piles}
        self._standing |= now
        old = {i: entry for found in before.values() for i, entry in found.items()}
        new = {i: entry for found in now.values() for i, entry in found.items()}
        for article_id in old.keys() - new.keys():
            self._folder.remove(article_id)
        changed = [entry for i, entry in new.items() if old.get(i) != entry]
        for entry in changed:
            self._folder.put(entry)
        return bool(changed) or bool(old.keys() - new.keys())

    def _further(self, number: int) -> dict[str, "_Further"]:
        """Return by the article that stands for a pile what the pile adds to the articles that are folded."""
        if len(self.articles) == len(self._piles) and not self._counted:
            return {}
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
        is_named = article_id in self._named or any(r in self._named for r in reports) or latest_of(entry).judgement
        name = self._pile_of[article_id] = article_id if is_named else pile_of(entry)
        insort(self._piles.setdefault(name, []), order_of(entry))
        self._changed(name, 1)

    def _take(self, article_id: str, entry: BlockArticle) -> None:
        name = self._pile_of.pop(article_id, None)
        if name is None:
            return
        pile = self._piles[name]
        del pile[bisect_left(pile, order_of(entry))]
        if not pile:
            del self._piles[name]
        self._changed(name, -1)

    def _changed(self, name: str, by: int) -> None:
        """Keep true what is known of a pile that grew or shrank by one."""
        now = len(self._piles.get(name, ()))
        self._sizes.change(now - by, now)
        self._touched.add(name)
        if self._ranks is not None:
            self._ranks.remove(name)
            self._rank(self._ranks, name)

    def _rank(self, ranks: Ranks, name: str) -> None:
        for at, first in self._piles.get(name, ())[:1]:
            group = (name != first, -at.toordinal())
            ranks.put(name, group, voice_of(latest_of(self.articles[first])), (at, first))

    def _bound(self, article_id: str) -> Change:
        """Let go of what is beyond KEPT in its pile, once there are more articles than are kept whole."""
        is_within = len(self.articles) <= self.MAX_ARTICLES and len(self._piles) <= self.MAX_PILES
        if is_within and not self._counted:
            return Change()
        # Once something is only counted, every pile but the one just laid on is within bounds already.
        names = [self._pile_of[article_id]] if self._counted else list(self._piles)
        unheard = self._unheard()
        beyond = [(name, i) for name in names if name not in unheard for _, i in self._piles[name][self.KEPT :]]
        beyond += [(OVERFLOW_PILE, i) for name in unheard for _, i in self._piles[name]]
        changed = dict.fromkeys(found for name, i in beyond if (found := self._count(name, i)))
        for _, beyond_id in beyond:
            self.remove(beyond_id)
        return Change(tuple(i for _, i in beyond), tuple(changed))

    def _close(self) -> Change:
        """Let stubs take the place of claims that closed long ago, where more is held than ARCHIVE allows.

        What stays is grouped anew then, so it is done once in a month of news, or where much has come since.
        """
        quiet = [time for most, time in self.ARCHIVE if len(self.articles) > most]
        if not quiet or self._newest is None:
            return Change()
        month = self._newest.date().replace(day=1)
        if month == self._closed_in and len(self.articles) < self._closed_from:
            return Change()
        gone = closed(self._holding(), self._newest - quiet[-1])
        dropped = tuple(i for name in gone.piles for _, i in self._piles[name])
        uncounted = tuple(part for name in gone.piles for part in self._counted.get(name, {}).values())
        for article_id in dropped:
            self.remove(article_id)
        for part in uncounted:
            self.forget(part.pile, part.part)
        rows = (*gone.stubs, self.archive.forgotten(gone.rest)) if gone.rest else gone.stubs
        for row in rows:
            self.shelve(row)
        self._closed_in, self._closed_from = month, len(self.articles) + CLOSING_CHECK_EVERY
        return Change(dropped=dropped, uncounted=uncounted, archived=rows)

    def _holding(self) -> Holding:
        told = self.claims()
        return Holding(
            piles=self._piles,
            versions={i: latest_of(entry).version for i, entry in self.articles.items()},
            counted={name: _ABOVE_ANY_VERSION * _size(parts) for name, parts in self._counted.items()},
            claims=[(claim, self.members[claim_id]) for claim_id, claim in told.items()],
        )

    def _unheard(self) -> list[str]:
        """Return the piles beyond MAX_PILES: of the oldest day, what a voice says last."""
        if len(self._piles) <= self.MAX_PILES:
            return []
        if self._ranks is None:
            self._ranks = Ranks()
            for name in self._piles:
                self._rank(self._ranks, name)
        return [self._ranks.take_last() for _ in range(len(self._piles) - self.MAX_PILES)]

    def _count(self, pile: str, article_id: str) -> Counted | None:
        """Count an article of a pile; return what changed."""
        part, hash = hashed(article_id)
        old = self._counted.get(pile, {}).get(part) or Counted(pile=pile, part=part)
        at = order_of(self.articles[article_id])[0]
        last = max(filter(None, (old.last_at, None if at == LATEST else at)), default=None)
        new = Counted(pile=pile, part=part, smallest=with_member(old.smallest, hash), last_at=last)
        self.restore(new)
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
        return [i for _, i in self.kept[:MAX_LISTED]]


def _counting(claim: Claim, further: dict[str, _Further]) -> Claim:
    """Return a claim that counts the articles which those in it stand for."""
    stood_for = [i for i in claim.article_ids if i in further] if further else []
    if not stood_for:
        return claim
    speaking = {i for origin in claim.origins for i in origin.members}
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
    return [i for f in more for i in f.ids][:MAX_LISTED]


def _seen(entry: BlockArticle) -> datetime | None:
    """Return when an article was news: when it was first seen, unless it is older; a date ahead of its time is a mistake."""
    first = min(entry.versions, key=lambda v: v.version)
    return min(filter(None, (first.published_at, first.first_seen_at)), default=None)


def _size(counted: Mapping[int, Counted]) -> int:
    return sum(size(part.smallest) for part in counted.values())
