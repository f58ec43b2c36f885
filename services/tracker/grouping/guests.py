"""Guests: claims as they are compared with those of other blocks, and what makes two one event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import count, product

import msgspec

from services.messages import Party
from services.tracker.grouping.exclusion import any_excluded, are_one_name
from services.tracker.grouping.gist import Gist
from services.tracker.grouping.known import gist_from
from services.tracker.grouping.rules import (
    ALIKE,
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
"""Pairs of claims whose closer comparison is remembered.

It bounds memory: claims that are remembered stay in it. A guess: a claim is compared again while
reports of it come.
"""

MET = 65_536
"""Pairs of claims of which it is remembered whether they can meet: some 14 MB.

In the news of a day a claim has eighty others near it, which are asked about at each report.
"""

Order = tuple[datetime, str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Guest:
    """A party as it is compared. It equals itself alone, so that comparisons are cached.

    `number`: of what is compared. A party that only changes its group keeps it.
    """

    number: int
    party: Party
    gist: Gist
    names: Mapping[str, frozenset[str]]
    """The words of each name."""
    naming: Mapping[str, tuple[str, ...]]
    """The names that have a word."""
    speaking: frozenset[str]
    own_words: frozenset[str]
    """The words of all wordings."""

    @classmethod
    def of(cls, party: Party) -> "Guest":
        names = {name: frozenset(name.split("-")) for name in party.names}
        naming: dict[str, tuple[str, ...]] = {}
        for name, words in names.items():
            for word in words:
                naming[word] = (*naming.get(word, ()), name)
        return cls(
            next(_numbers),
            party,
            gist_from(party.known),
            names,
            naming,
            frozenset(party.speaking),
            frozenset[str]().union(*party.known.wordings),
        )

    def in_place(self, party: Party) -> "Guest | None":
        """Return this guest as a party of another group; None if more than that differs."""
        moved = msgspec.structs.replace(self.party, leader=party.leader, published=party.published)
        return replace(self, party=party) if moved == party else None

    @property
    def order(self) -> Order:
        return order_of(self.party)


_numbers = count()


def _remembered(compare: Callable[[Guest, Guest], bool]) -> Callable[[Guest, Guest], bool]:
    """Remember the answers for up to `MET` pairs, by number: no guest is kept for them."""
    known: dict[tuple[int, int], bool] = {}

    def asked(a: Guest, b: Guest) -> bool:
        pair = (a.number, b.number)
        found = known.get(pair)
        if found is None:
            if len(known) >= MET:
                known.clear()
            found = known[pair] = compare(a, b)
        return found

    return asked


def order_of(party: Party) -> Order:
    """Return the place of a party in the canonical order: that of its first report."""
    return (party.at or LATEST, party.first, party.block)


@_remembered
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
        return _are_alike(a, b, MANY_WORDS, HALF)
    if n < COMMON_NAMES:
        return _are_alike(a, b, COMMON_WORDS_ALONE, HALF)
    return bool(a.gist.tolls & b.gist.tolls) or _are_alike(a, b, COMMON_WORDS)


def _are_alike(a: Guest, b: Guest, least: int, share: float = ALIKE) -> bool:
    """Return what `are_alike` does. Most pairs have too few words in common, whoever wrote them."""
    return len(a.own_words & b.own_words) >= least and are_alike(a.gist, b.gist, least, share)


@lru_cache(maxsize=PAIRS)
def common_names(a: Guest, b: Guest) -> int:
    """Return how many names of one name somebody or something that a name of the other means.

    Whoever only speaks in both is none: one source tells of many events. Two names may mean one
    thing as in `are_one_name`, which would split each of them for each pair.
    """
    both = {
        (x, y)
        for word in a.naming.keys() & b.naming.keys()
        for x, y in product(a.naming[word], b.naming[word])
        if (a.names[x] <= b.names[y] or b.names[y] <= a.names[x])
        and not (x in a.speaking and y in b.speaking)
    }
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
