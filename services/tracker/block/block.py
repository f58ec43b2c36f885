"""The articles of one block. The work of a report grows with what is new, not with copies.

    articles ─► piles of the same content ─┬─► the first KEPT of each ─► fold ─► claims ─┬─► claims
                                           └─► the others are only counted ──────────────┘

A pile has the articles of one origin with the same content on one day, or those of one text. Its
first articles in canonical order are folded; the others are counted. Up to MAX_ARTICLES a block all
are kept; beyond, only their number is known. All of this is a function of the set of articles, so
neither order nor repetition matters.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import repeat, starmap

import msgspec

from services.messages import Archived, BlockArticle, Claim, Counted
from services.tracker.block.archive import Archive
from services.tracker.block.closing import Checks, Closed, Holding, closed, may_be_old
from services.tracker.block.counting import Counts, Further, with_further
from services.tracker.block.piles import (
    Order,
    Piles,
    ids_of,
    latest_of,
    pile_of,
)
from services.tracker.claims.fold import Folder
from services.tracker.claims.rules import archive
from services.tracker.grouping.gist import Gist
from services.tracker.grouping.rules import Rules
from services.tracker.reports.element import Element

OVERFLOW_PILE = "rest"
"""The pile of the articles beyond MAX_PILES: they are counted, not folded."""

_ABOVE_ANY_VERSION = 2**42
"""The number that a counted article adds to the version of its block.

It is more than any version that its row took away: the highest are those of judgements, which are
milliseconds since 1970 and reach this number in 2109. So the version rises.
"""


@dataclass(frozen=True)
class Change:
    """The effect of an article on its block.

    `dropped` are articles no longer kept, `counted` counts that rose, `uncounted` counts removed,
    and `archived` stubs that changed.
    """

    dropped: tuple[str, ...] = ()
    counted: tuple[Counted, ...] = ()
    uncounted: tuple[Counted, ...] = ()
    archived: tuple[Archived, ...] = ()


class Block:
    """All that is known of one block.

    `n_folded` counts the reports that claims were made of: the cost, free of clocks.
    """

    KEPT = 20
    """Articles of a pile that are folded, the first in canonical order, and that are always kept.

    A guess: what the first twenty copies say, the next ones say too.
    """

    FEWER = (5, 2)
    """Smaller numbers, tried in turn if a block would fold more than MAX_FOLDED; then 1."""

    MAX_FOLDED = 1000
    """Articles of a block that are folded. It bounds the work; bench/fold.py measures it."""

    MAX_PILES = 5000
    """Piles of a block that are folded. It bounds memory.

    Beyond, the oldest days are closed: their claims stay as they were published.
    """

    MAX_ARTICLES = 5000
    """Articles of a block up to which all are kept and counts are exact. It bounds memory."""

    CLOSING_CHECK_EVERY = 500
    """Articles between two checks, in one month, for closed claims. It bounds the work."""

    ARCHIVE: Sequence[tuple[int, timedelta]] = archive()
    """The limits above which stubs take the place of closed claims."""

    def __init__(self, name: str, limits: Sequence[tuple[int, timedelta]] | None = None) -> None:
        """`limits` replace ARCHIVE."""
        limits = self.ARCHIVE if limits is None else limits
        self._checks = Checks(limits, self.CLOSING_CHECK_EVERY)
        self.articles: dict[str, BlockArticle] = {}
        self.archive = Archive()
        self.counts = Counts()
        self.shown: Callable[[Claim], Claim] = _as_it_is
        self._folder = Folder(name)
        self._piles = Piles(self.articles, (self.KEPT, *self.FEWER))
        self._judged: frozenset[str] = frozenset()
        self._number = self.KEPT
        self._in_fold: dict[str, dict[str, BlockArticle]] = {}
        self._folded: list[Claim] = []
        self._versions = 0
        self._newest: datetime | None = None

    @property
    def n_folded(self) -> int:
        return self._folder.n_folded

    @property
    def members(self) -> Mapping[str, tuple[Element, ...]]:
        """The folded reports of each claim, by its id, as of the last call of `claims`."""
        return self._folder.members

    @property
    def gists(self) -> Mapping[str, Gist | None]:
        """The gist of each claim, by its id, as of the last call of `claims`."""
        return self._folder.gists

    @property
    def version(self) -> int:
        """The version of the block's claims.

        It rises with every article and edit, and is the same for the same set.
        """
        return self.archive.version + self._versions + _ABOVE_ANY_VERSION * self.counts.n

    def put(self, entry: BlockArticle) -> Change:
        """Add an article, in place of what was known of it. Late reports may go to a stub."""
        article_id = entry.versions[0].article_id
        held = self.articles.get(article_id)
        rest, stubs = self.archive.take(entry, held, self._folder.rules)
        for row in stubs:
            self.shelve(row)
        if rest is None:
            self.remove(article_id)
            return Change(dropped=(article_id,), archived=tuple(stubs))
        self.place(rest)
        bounded, gone = self._enforce_bounds(article_id), self._archive_closed()
        removed = set(gone.uncounted)
        return Change(
            dropped=(*bounded.dropped, *gone.dropped),
            counted=tuple(c for c in bounded.counted if c not in removed),
            uncounted=gone.uncounted,
            archived=(*stubs, *gone.archived),
        )

    def shelve(self, row: Archived) -> None:
        """Put a stub in the archive, in place of an older one of its claim."""
        self.archive.put(row)
        self._folder.remember(row)

    def place(self, entry: BlockArticle) -> None:
        """Add an article without enforcing the bounds, as when state is restored."""
        article_id = entry.versions[0].article_id
        self.remove(article_id)
        self.articles[article_id] = entry
        self._versions += latest_of(entry).version
        self._newest = max(filter(None, (self._newest, news_time(entry))), default=None)
        if latest_of(entry).is_decision:
            self._separate_judged()
        self._add_to_pile(article_id)

    def restored(self) -> None:
        """Note that all rows are placed."""
        self._checks.resume(len(self.articles), self._newest)

    def remove(self, article_id: str) -> None:
        """Remove an article, if it is kept."""
        entry = self.articles.pop(article_id, None)
        if entry is not None:
            self._versions -= latest_of(entry).version
            self._piles.take(entry)

    def first_of_pile(self, article_id: str) -> str:
        """Return the first article of an article's pile; itself if it is not kept."""
        pile = self._piles.name_of(article_id)
        return self._piles[pile][0][1] if pile else article_id

    def claims(self) -> dict[str, Claim]:
        """Return the claims by id, in canonical order, all of version 0.

        An unchanged claim is the same object as before, unless it counts further articles.
        """
        if self._update_folder():
            self._folded = self._folder.fold()
        further = self.further()
        found: dict[str, Claim] = {}
        for claim in self._folded:
            found[claim.claim_id] = self.counted(claim, further)
        return found

    def further(self) -> dict[str, Further]:
        """Return by the first article of each pile those that are not folded."""
        return self._further(self._number)

    def counted(self, claim: Claim, further: Mapping[str, Further]) -> Claim:
        """Return a claim that also counts these articles."""
        claim = with_further(claim, further)
        if OVERFLOW_PILE in self.counts:
            claim = msgspec.structs.replace(claim, counts_approximate=True)
        return claim

    @property
    def rules(self) -> Rules:
        """The rules of grouping in this block."""
        return self._folder.rules

    def _update_folder(self) -> bool:
        """Give the folder the first articles of each pile. Return whether one changed."""
        number = self._piles.sizes.number(self.MAX_FOLDED)
        names, self._piles.touched = self._piles.touched, set()
        if number != self._number:
            names |= self._piles.by_name.keys()
        self._number = number
        old, new = dict[str, BlockArticle](), dict[str, BlockArticle]()
        for name in names:
            old |= self._in_fold.pop(name, {})
            now = {i: self.articles[i] for i in ids_of(self._piles[name][:number])}
            if now:
                self._in_fold[name] = now
                new |= now
        gone = old.keys() - new.keys()
        for article_id in gone:
            self._folder.remove(article_id)
        changed = [entry for i, entry in new.items() if old.get(i) != entry]
        for entry in changed:
            self._folder.put(entry)
        return bool(changed) or bool(gone)

    def _further(self, number: int) -> dict[str, Further]:
        if len(self.articles) == len(self._piles) and not self.counts:
            return {}
        found: dict[str, Further] = {}
        for name, pile in self._piles.by_name.items():
            counted = self.counts.of(name)
            if len(pile) > number or counted:
                found[pile[0][1]] = Further(pile[number:], counted)
        return found

    def _separate_judged(self) -> None:
        """Give each article that a decision names a pile of its own, so that it is folded."""
        judged = frozenset(self._judged_ids())
        if judged != self._judged:
            self._judged = judged
            for article_id, entry in self.articles.items():
                self._piles.take(entry)
                self._add_to_pile(article_id)

    def _judged_ids(self) -> Iterator[str]:
        """Yield the ids of articles and reports that judgements and verdicts name."""
        for entry in self.articles.values():
            for version in entry.versions:
                if version.judgement:
                    yield from version.judgement.articles
                    yield from version.judgement.reports
                    yield from version.judgement.other_reports
                if version.verdict:
                    yield from version.verdict.reports

    def _is_judged(self, article_id: str, entry: BlockArticle) -> bool:
        """True if an article is a decision, or a decision names it or one of its reports."""
        if article_id in self._judged or latest_of(entry).is_decision:
            return True
        if not self._judged:
            return False
        for version in entry.versions:
            if any(report.report_id in self._judged for report in version.reports):
                return True
        return False

    def _add_to_pile(self, article_id: str) -> None:
        entry = self.articles[article_id]
        self._piles.add(article_id if self._is_judged(article_id, entry) else pile_of(entry), entry)

    def _enforce_bounds(self, article_id: str) -> Change:
        """Only count what is beyond KEPT in its pile, if the block is beyond its bounds."""
        has_room = len(self.articles) <= self.MAX_ARTICLES and len(self._piles) <= self.MAX_PILES
        if has_room and not self.counts:
            return Change()
        # Once something is only counted, all piles but that of the new article are bounded.
        own = self._piles.name_of(article_id)
        names = [own] if self.counts and own else list(self._piles.by_name)
        excess = self._piles.excess(self.MAX_PILES)
        beyond: list[tuple[str, Order]] = []
        for name in names:
            if name not in excess:
                beyond += zip(repeat(name), self._piles[name][self.KEPT :])
        for name in excess:
            beyond += zip(repeat(OVERFLOW_PILE), self._piles[name])
        changed = list(starmap(self.counts.add, beyond))
        dropped = tuple(gone for _, (_, gone) in beyond)
        for gone in dropped:
            self.remove(gone)
        return Change(dropped, tuple(dict.fromkeys(filter(None, changed))))

    def archive_before(self, newest: datetime) -> Change:
        """Put stubs in place of claims that are old at a time of news, as if an article came."""
        self._newest = max(filter(None, (self._newest, newest)))
        self._checks.ask()
        return self._archive_closed()

    def _archive_closed(self) -> Change:
        """Put stubs in place of claims that closed long ago. The rest is then grouped anew."""
        before = self._checks.before(len(self.articles), self._newest)
        if before is None:
            return Change()
        change = self._archive(closed(self._holding(before), before))
        self._checks.done(len(self.articles))
        return change

    def _archive(self, gone: Closed) -> Change:
        """Remove closed piles and their counts, and put the stubs in the archive."""
        dropped, uncounted = list[str](), list[Counted]()
        for name in gone.piles:
            dropped += ids_of(self._piles[name])
            uncounted += self.counts.of(name).values()
        for article_id in dropped:
            self.remove(article_id)
        for part in uncounted:
            self.counts.forget(part.pile, part.part)
        rows = (*gone.stubs, self.archive.forgotten(gone.rest)) if gone.rest else gone.stubs
        for row in rows:
            self.shelve(row)
        return Change(dropped=tuple(dropped), uncounted=tuple(uncounted), archived=rows)

    def _holding(self, before: datetime) -> Holding:
        claims = [
            (self.shown(claim) if may_be_old(claim, before) else claim, self.members[i])
            for i, claim in self.claims().items()
        ]
        return Holding(
            piles=self._piles.by_name,
            versions={i: latest_of(entry).version for i, entry in self.articles.items()},
            counted=self.counts.weights(_ABOVE_ANY_VERSION),
            claims=claims,
        )


def _as_it_is(claim: Claim) -> Claim:
    return claim


def news_time(entry: BlockArticle) -> datetime | None:
    """Return when an article was published, or first seen if that is earlier."""
    return min(entry.versions, key=lambda v: v.version).dated_at
