"""Articles of a block that are counted, not folded: those kept, and those known only by number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from services.messages import Claim, Counted, OriginGroup
from services.tracker.block.distinct import hashed, size, with_member
from services.tracker.block.piles import Order, ids_of
from services.tracker.claims.rules import closes_at
from services.tracker.reports.element import LATEST

MAX_LISTED = 500
"""Ids of counted articles that a claim lists: the first ones. It bounds the message."""


class Counts:
    """The articles of each pile that are known only by number. `n` is the number in all piles."""

    def __init__(self) -> None:
        self.n = 0
        self._parts: dict[str, dict[int, Counted]] = {}

    def __bool__(self) -> bool:
        return bool(self._parts)

    def __contains__(self, pile: str) -> bool:
        return pile in self._parts

    def of(self, pile: str) -> Mapping[int, Counted]:
        """Return the counts of a pile by part."""
        return self._parts.get(pile, {})

    def weights(self, each: int) -> dict[str, int]:
        """Return the weight of each pile, if each article weighs so much."""
        return {pile: each * _total(parts) for pile, parts in self._parts.items()}

    def restore(self, counted: Counted) -> None:
        """Set the count of a part of a pile."""
        parts = self._parts.setdefault(counted.pile, {})
        before = parts.get(counted.part)
        self.n += size(counted.smallest) - (size(before.smallest) if before else 0)
        parts[counted.part] = counted

    def forget(self, pile: str, part: int) -> None:
        """Remove the count of a part of a pile, if there is one."""
        parts = self._parts.get(pile, {})
        known = parts.pop(part, None)
        self.n -= size(known.smallest) if known else 0
        if not parts:
            self._parts.pop(pile, None)

    def add(self, pile: str, article: Order) -> Counted | None:
        """Count an article of a pile. Return the count that changed; None if it was counted."""
        at, article_id = article
        part, hashed_id = hashed(article_id)
        old = self.of(pile).get(part) or Counted(pile=pile, part=part)
        last = max(filter(None, (old.last_at, None if at == LATEST else at)), default=None)
        smallest = with_member(old.smallest, hashed_id)
        new = Counted(pile=pile, part=part, smallest=smallest, last_at=last)
        self.restore(new)
        return None if new == old else new


def _total(parts: Mapping[int, Counted]) -> int:
    return sum(size(part.smallest) for part in parts.values())


@dataclass(frozen=True)
class Further:
    """Articles of a pile that are not folded: those kept, in order, and those only counted."""

    kept: list[Order]
    counted: Mapping[int, Counted]

    @property
    def n(self) -> int:
        return len(self.kept) + _total(self.counted)

    @property
    def last_at(self) -> datetime | None:
        """The news time of the last article."""
        times = [part.last_at for part in self.counted.values() if part.last_at]
        if self.kept and self.kept[-1][0] != LATEST:
            times.append(self.kept[-1][0])
        return max(times, default=None)

    @property
    def ids(self) -> list[str]:
        return ids_of(self.kept[:MAX_LISTED])


def with_further(claim: Claim, further: Mapping[str, Further]) -> Claim:
    """Return a claim that also counts the articles of its piles that are not folded.

    `further` has them by the id of the first article of their pile.
    """
    led = [i for i in claim.article_ids if i in further] if further else []
    if not led:
        return claim
    more = [further[i] for i in led]
    speaking: set[str] = set()
    for origin in claim.origins:
        speaking.update(origin.members)
    last = max(filter(None, (claim.updated_at, *(f.last_at for f in more))), default=None)
    return msgspec.structs.replace(
        claim,
        n_reports=claim.n_reports + sum(further[i].n for i in led if i in speaking),
        origins=tuple(_origin_with_further(origin, further) for origin in claim.origins),
        article_ids=(*claim.article_ids, *_listed(more)),
        updated_at=last,
        closes_at=closes_at(last),
        counts_approximate=any(f.counted for f in more),
    )


def _origin_with_further(origin: OriginGroup, further: Mapping[str, Further]) -> OriginGroup:
    more = [further[i] for i in origin.members if i in further]
    if not more:
        return origin
    members = tuple(dict.fromkeys((*origin.members, *_listed(more))))
    return msgspec.structs.replace(origin, members=members, n=origin.n + sum(f.n for f in more))


def _listed(more: Iterable[Further]) -> list[str]:
    ids: list[str] = []
    for one in more:
        ids += one.ids
    return ids[:MAX_LISTED]
