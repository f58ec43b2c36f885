"""Closed claims that stubs take the place of, and the articles that go with them.

A pile is archived if all claims of its articles are old. A claim is archived if all its piles are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.messages import Archived, Claim
from services.tracker.block.piles import Order, ids_of
from services.tracker.block.stubs import stub
from services.tracker.claims.rules import QUIET
from services.tracker.reports.element import Element, article_ids

MONTH_DAYS = 30
"""Days of news between two checks for closed claims at most."""


def days_between(stay: timedelta) -> int:
    """Return the days of news between two checks: a month, or less if claims leave sooner."""
    return max(1, min(MONTH_DAYS, stay.days // 2))


class Checks:
    """When the closed claims of a block are looked for: the rest is then grouped anew.

    It is done once in some days of news, or after many articles.
    """

    def __init__(self, limits: Sequence[tuple[int, timedelta]], every: int) -> None:
        """`limits`: see `archive` of claims/rules.py. `every`: articles between two checks."""
        self._limits, self._every = limits, every
        stay = min((age for _, age in limits), default=timedelta(0)) + QUIET
        self._days = days_between(stay)
        self._period = self._from = 0

    def ask(self) -> None:
        """Let a check be due, whatever was checked before."""
        self._from = 0

    def resume(self, n_articles: int, newest: datetime | None) -> None:
        """Go on where the rows of the block were written: each was followed by its check."""
        if newest is not None:
            self._period = newest.toordinal() // self._days
            self._from = (n_articles // self._every + 1) * self._every

    def before(self, n_articles: int, newest: datetime | None) -> datetime | None:
        """Return before when the claims closed that leave now; None if no check is due.

        `newest`: the news time of the latest article of the block.
        """
        ages = [age for most, age in self._limits if n_articles > most]
        if not ages or newest is None:
            return None
        period = newest.toordinal() // self._days
        if period == self._period and n_articles < self._from:
            return None
        self._period = period
        return newest - min(ages)

    def done(self, n_articles: int) -> None:
        """Note that a check left so many articles."""
        self._from = n_articles + self._every


@dataclass(frozen=True)
class Holding:
    """The contents of a block.

    `piles` are the articles kept of each pile. `versions` and `counted` are what each article, and
    the only counted articles of each pile, add to the block's version. `claims` come with their
    folded reports; those that may be old are as they are published.
    """

    piles: Mapping[str, Sequence[Order]]
    versions: Mapping[str, int]
    counted: Mapping[str, int]
    claims: Sequence[tuple[Claim, Sequence[Element]]]


@dataclass(frozen=True)
class Closed:
    """Piles to archive, the stubs of their claims, and the versions of articles in no claim."""

    piles: tuple[str, ...]
    stubs: tuple[Archived, ...]
    rest: int


def closed(held: Holding, before: datetime) -> Closed:
    """Return what closed before a time in news time. Judged claims stay."""
    pile_of = _piles_by_article(held)
    claims_of: dict[str, set[str]] = {name: set() for name in held.piles}
    old: set[str] = set()
    for claim, members in held.claims:
        for member in members:
            claims_of[pile_of[member.article.article_id]].add(claim.claim_id)
        if _is_old(claim, before):
            old.add(claim.claim_id)
    _keep_linked(old, claims_of)
    gone: list[str] = []
    rest = 0
    for name, claims in claims_of.items():
        if claims:
            if claims <= old:
                gone.append(name)
        elif held.piles[name][-1][0] < before - QUIET:
            gone.append(name)
            rest += _versions(held, name)
    return Closed(tuple(gone), tuple(_stubs(held, pile_of, old)), rest)


def _piles_by_article(held: Holding) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, pile in held.piles.items():
        found.update(dict.fromkeys(ids_of(pile), name))
    return found


def _versions(held: Holding, pile: str) -> int:
    """Return what a pile adds to the version of its block."""
    articles = sum(map(held.versions.__getitem__, ids_of(held.piles[pile])))
    return articles + held.counted.get(pile, 0)


def may_be_old(claim: Claim, before: datetime) -> bool:
    """Return False if a claim of a block closes later, whatever it meets in others.

    Together with others it was last spoken of no earlier, and keeps its judgements.
    """
    return claim.closes_at is None or _is_old(claim, before)


def _is_old(claim: Claim, before: datetime) -> bool:
    return (
        claim.closes_at is not None
        and claim.closes_at < before
        and not (claim.judgements or claim.verdicts)
    )


def _keep_linked(old: set[str], claims_of: Mapping[str, set[str]]) -> None:
    """Take out the old claims that share a pile with a claim that stays, also through others."""
    while True:
        stay: set[str] = set()
        for claims in claims_of.values():
            if not claims <= old:
                stay |= old & claims
        if not stay:
            return
        old -= stay


def _stubs(held: Holding, pile_of: Mapping[str, str], old: set[str]) -> Iterator[Archived]:
    """Yield the stubs of claims.

    The first claim with an article or pile adds its versions to the block's; later ones do not.
    """
    seen: set[str] = set()
    for claim, members in held.claims:
        if claim.claim_id not in old:
            continue
        articles = article_ids(members)
        own = _led_piles(held, pile_of, articles)
        for name in own:
            articles += ids_of(held.piles[name])
        versions = {article_id: held.versions[article_id] for article_id in articles}
        again = sum(n for article_id, n in versions.items() if article_id in seen)
        counted = sum(held.counted.get(name, 0) for name in own if name not in seen)
        seen.update(versions, own)
        yield stub(claim, members, versions, counted - again)


def _led_piles(
    held: Holding, pile_of: Mapping[str, str], article_ids: Sequence[str]
) -> dict[str, None]:
    """Return the piles of which one of the articles is the first."""
    found: dict[str, None] = {}
    for article_id in article_ids:
        name = pile_of[article_id]
        if held.piles[name][0][1] == article_id:
            found[name] = None
    return found
