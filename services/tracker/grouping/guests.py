"""Guests: claims as they are compared with those of other blocks, and what makes two one event."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import product

from services.messages import Party
from services.tracker.grouping.exclusion import any_excluded, are_one_name
from services.tracker.grouping.gist import Gist
from services.tracker.grouping.known import gist_from
from services.tracker.grouping.rules import (
    COMMON_WORDS,
    COMMON_WORDS_ALONE,
    HALF,
    HINT_WITHIN,
    MANY_WORDS,
    NO_PRINCIPAL,
    affinity,
    are_alike,
    is_before_its_day,
    principal_of,
)
from services.tracker.reports.element import LATEST

MEET_WITHIN = HINT_WITHIN
"""News time between two claims of different blocks within which they may be one.

The limit of hints within a block. With the ten days of PLACE_WITHIN the gold stories have more
alerts where silence is due, and statuses that are wrong.
"""

COMMON_NAMES = 2
"""Common names beside which one common word is enough. The place is mostly one of them."""

PAIRS = 2_048
"""Pairs of claims whose comparison is remembered.

It bounds memory: claims that are remembered stay in it. A guess: a claim is compared again while
reports of it come.
"""

Order = tuple[datetime, str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Guest:
    """A party as it is compared. It equals itself alone, so that comparisons are cached."""

    party: Party
    gist: Gist
    names: frozenset[str]
    speaking: frozenset[str]

    @classmethod
    def of(cls, party: Party) -> "Guest":
        return cls(party, gist_from(party.known), frozenset(party.names), frozenset(party.speaking))

    @property
    def order(self) -> Order:
        return order_of(self.party)


def order_of(party: Party) -> Order:
    """Return the place of a party in the canonical order: that of its first report."""
    return (party.at or LATEST, party.first, party.block)


@lru_cache(maxsize=PAIRS)
def can_meet(a: Guest, b: Guest) -> bool:
    """True if something speaks for one event, and nothing against it. The cheap is asked first."""
    if _are_of_one_block(a, b) or not _are_near(a.gist, b.gist):
        return False
    if not _has_evidence(a, b) or is_before_its_day(a.gist, b.gist):
        return False
    return can_share(a, b)


def _has_evidence(a: Guest, b: Guest) -> bool:
    """True if an incident is common, or names with words are, or two names with a toll.

    In a war the same names stand in the news of every day: they alone join nothing. Two texts with
    one common name are on one event if they use half of the shorter one's words; without a common
    name, they must be many.
    """
    if not set(a.party.incidents).isdisjoint(b.party.incidents):
        return True
    n = common_names(a, b)
    if not n:
        return are_alike(a.gist, b.gist, MANY_WORDS, HALF)
    if n < COMMON_NAMES:
        return are_alike(a.gist, b.gist, COMMON_WORDS_ALONE, HALF)
    return bool(a.gist.tolls & b.gist.tolls) or are_alike(a.gist, b.gist, COMMON_WORDS)


@lru_cache(maxsize=PAIRS)
def common_names(a: Guest, b: Guest) -> int:
    """Return how many names of one name somebody or something that a name of the other means.

    Whoever only speaks in both is none: one source tells of many events.
    """
    both = [
        (x, y)
        for x, y in product(a.names, b.names)
        if are_one_name(x, y) and not (x in a.speaking and y in b.speaking)
    ]
    return min(len({x for x, _ in both}), len({y for _, y in both}))


@lru_cache(maxsize=PAIRS)
def fit_of(earlier: Guest, later: Guest) -> tuple[int, ...]:
    """Return how well a claim fits an earlier one: by names, affinity, and words in common."""
    pairs = product(earlier.gist.wordings, later.gist.wordings)
    n_words = max((len(some & others) for some, others in pairs), default=0)
    return (common_names(earlier, later), *affinity(earlier.gist, later.gist), n_words)


@lru_cache(maxsize=PAIRS)
def can_share(a: Guest, b: Guest) -> bool:
    """True if nothing speaks against one event.

    What a block of somebody keeps apart stays apart, and so do two named victims with no name in
    common.
    """
    if _are_of_one_block(a, b):
        return False
    if a.party.rank == b.party.rank == 0 and not are_one_name(
        *map(principal_of, (a.party.block, b.party.block))
    ):
        return False
    kinds, others = a.gist.kinds, b.gist.kinds
    if kinds and others and kinds.isdisjoint(others):
        return False
    return not any_excluded(a.gist.marks, b.gist.marks)


def _are_of_one_block(a: Guest, b: Guest) -> bool:
    """True if both have one principal. Who names nobody has none."""
    return a.party.block == b.party.block and has_principal(a.party)


def has_principal(party: Party) -> bool:
    return principal_of(party.block) != NO_PRINCIPAL


def _are_near(a: Gist, b: Gist) -> bool:
    if not a.published or not a.last or not b.published or not b.last:
        return True
    return max(a.published, b.published) - min(a.last, b.last) <= MEET_WITHIN
