"""Which claims of a block closed so long ago that a stub is enough, and what is let go with them.

A pile goes when all claims that its articles speak of are old; a claim goes when all its piles do.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.messages import Archived, Claim
from services.tracker.block.piles import Order
from services.tracker.block.stubs import stub
from services.tracker.claims.rules import QUIET
from services.tracker.reports.element import Element


@dataclass(frozen=True)
class Holding:
    """What a block holds: its piles with the articles kept of each, what each article and what is only counted adds to the
    block's version, and the claims with the reports that each was folded of."""

    piles: Mapping[str, Sequence[Order]]
    versions: Mapping[str, int]
    counted: Mapping[str, int]
    claims: Sequence[tuple[Claim, Sequence[Element]]]


@dataclass(frozen=True)
class Closed:
    """Piles that are let go, the stubs of their claims, and the versions of the articles that were in none."""

    piles: tuple[str, ...]
    stubs: tuple[Archived, ...]
    rest: int


def closed(held: Holding, before: datetime) -> Closed:
    """Return what closed before a moment of news time; what an analyst has judged stays."""
    pile_of = {article_id: name for name, pile in held.piles.items() for _, article_id in pile}
    spoken_of: dict[str, set[str]] = {name: set() for name in held.piles}
    for claim, members in held.claims:
        for member in members:
            spoken_of[pile_of[member.article.article_id]].add(claim.claim_id)
    old = _alone({c.claim_id for c, _ in held.claims if _is_old(c, before)}, spoken_of.values())
    gone = tuple(n for n, claims in spoken_of.items() if (claims <= old if claims else held.piles[n][-1][0] < before - QUIET))
    of_none = [n for n in gone if not spoken_of[n]]
    rest = sum(held.versions[i] for n in of_none for _, i in held.piles[n]) + sum(held.counted.get(n, 0) for n in of_none)
    return Closed(gone, tuple(_stubs(held, pile_of, old)), rest)


def _is_old(claim: Claim, before: datetime) -> bool:
    return claim.closes_at is not None and claim.closes_at < before and not claim.judgements


def _alone(old: set[str], spoken_of: Iterable[set[str]]) -> set[str]:
    """Return the old claims that share no pile with one that stays, be it through others."""
    piles = list(spoken_of)
    while stay := old & {c for claims in piles if not claims <= old for c in claims}:
        old = old - stay
    return old


def _stubs(held: Holding, pile_of: Mapping[str, str], old: set[str]) -> Iterator[Archived]:
    """Yield the stubs of claims; an article that is in two adds to the block's version by the first of them."""
    seen: set[str] = set()
    for claim, members in held.claims:
        if claim.claim_id not in old:
            continue
        folded = dict.fromkeys(m.article.article_id for m in members)
        firsts = {pile_of[i]: None for i in folded if held.piles[pile_of[i]][0][1] == i}
        articles = {i: held.versions[i] for i in (*folded, *(i for name in firsts for _, i in held.piles[name]))}
        again = sum(n for i, n in articles.items() if i in seen)
        counted = sum(held.counted.get(name, 0) for name in firsts if name not in seen)
        seen |= {*articles, *firsts}
        yield stub(claim, members, articles, counted - again)
