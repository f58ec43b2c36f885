"""Meeting: the claims of a family's blocks that are one event, though their principals differ.

    party: a claim of one block ─► earlier parties that it can be one with ─► the best of their
                                   groups that excludes none of it ─► none: it leads a group

A block is a partition of the work. A claim on a named victim, and one on the place alone, meet here
and become one. The groups are a function of the set of parties: a party looks only at those before
it in the canonical order. When one changes, only later parties near it are looked at again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from heapq import heappop, heappush
from itertools import combinations, product

import msgspec

from services.messages import Known, Party, decode, encode
from services.rows import Rows
from services.tracker.grouping.exclusion import any_excluded, are_one_name
from services.tracker.grouping.gist import Gist
from services.tracker.grouping.known import gist_from
from services.tracker.grouping.rules import (
    COMMON_WORDS,
    COMMON_WORDS_ALONE,
    affinity,
    are_alike,
    is_before_its_day,
    principal_of,
)
from services.tracker.reports.element import LATEST

MEET_WITHIN = timedelta(days=3)
"""News time between two claims of different blocks within which they may be one. A guess."""

COMMON_NAMES = 2
"""Common names beside which one common word is enough. The place is mostly one of them."""

Order = tuple[datetime, str, str]

_PARTY = "@"
"""Mark of the key of a party. The rows may hold others."""

_BLOCK, _LEADER = "@b:", "@l:"
"""Marks of references to the parties of a block, and to those of a group."""

_PERIOD = 6
"""Days of a period under which a name is looked up; any number gives the same groups.

A claim of a day looks into two of twice MEET_WITHIN. A longer one finds more in vain.
"""


@dataclass(frozen=True, slots=True, eq=False)
class _Guest:
    """A party as it is compared. It equals itself alone, so that comparisons are cached."""

    party: Party
    gist: Gist
    names: frozenset[str]

    @classmethod
    def of(cls, party: Party) -> "_Guest":
        return cls(party, gist_from(party.known), frozenset(party.names))

    @property
    def order(self) -> Order:
        return order_of(self.party)


def order_of(party: Party) -> Order:
    """Return the place of a party in the canonical order: that of its first report."""
    return (party.at or LATEST, party.first, party.block)


def lead_of(group: Iterable[Party]) -> Party:
    """Return the claim that stands for a group: the one that names most, then the first."""
    return min(group, key=lambda party: (party.rank, order_of(party)))


class Meeting:
    """The parties of a partition, each with its group. `rows` hold them, and may hold others."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def get(self, claim_id: str) -> Party | None:
        found = self._guest(f"{_PARTY}{claim_id}")
        return found.party if found else None

    def of_block(self, block: str) -> dict[str, Party]:
        """Return the parties of a block by claim."""
        return {guest.party.claim_id: guest.party for guest in self._guests(f"{_BLOCK}{block}")}

    def group(self, claim_id: str) -> list[Party]:
        """Return all that meet in the group of a claim, in canonical order; none if unknown."""
        return self.led_by(self.leader(claim_id))

    def leader(self, claim_id: str) -> str:
        """Return the leader of a claim's group; itself if it meets nobody."""
        party = self.get(claim_id)
        return party.leader if party else claim_id

    def is_lead(self, claim_id: str) -> bool:
        """True if a claim stands for its group."""
        group = self.group(claim_id)
        return not group or lead_of(group).claim_id == claim_id

    def led_by(self, leader: str) -> list[Party]:
        """Return all of the group of a leader, in canonical order."""
        return sorted((g.party for g in self._guests(f"{_LEADER}{leader}")), key=order_of)

    def put(self, party: Party) -> None:
        """Add a party, or one of another group, as it is."""
        refs = {f"{_BLOCK}{party.block}", f"{_LEADER}{party.leader}", *_found_under(party)}
        self._rows.put(f"{_PARTY}{party.claim_id}", encode(party), refs)

    def remove(self, claim_id: str) -> None:
        """Remove a party, if it is there. Others stay where they are."""
        self._rows.delete(f"{_PARTY}{claim_id}")

    def update(self, new: Iterable[Party], gone: Iterable[str]) -> dict[str, Party | None]:
        """Add or change parties and remove others, and group anew whom this concerns.

        Return by claim what was there before, for all that came, went, or changed.
        """
        before: dict[str, Party | None] = {}
        due = _Due()
        for claim_id in gone:
            old = self.get(claim_id)
            if old is not None:
                before[claim_id] = old
                due.add(self._behind(old))
                self._let_go(old)
        for party in new:
            old = self.get(party.claim_id)
            now = _in_place_of(old, party)
            if now != old:
                before[party.claim_id] = old
                due.add(self._behind(old) if old else ())
                self.put(now)
                due.add([now, *self._behind(now)])
        for claim_id in due:
            self._seat(claim_id, before, due)
        return before

    def _let_go(self, party: Party) -> None:
        """Remove a party. Only its version is kept: the claim may come back, and must not fall."""
        if party.published:
            self.put(
                Party(
                    claim_id=party.claim_id,
                    block=party.block,
                    leader=party.claim_id,
                    published=party.published,
                )
            )
        else:
            self.remove(party.claim_id)

    def _seat(self, claim_id: str, before: dict[str, Party | None], due: "_Due") -> None:
        """Put a party into the group that it fits best, else into one of its own."""
        guest = self._guest(f"{_PARTY}{claim_id}")
        leader = self._leader(guest) if guest else ""
        if guest is None or leader == guest.party.leader:
            return
        before.setdefault(claim_id, guest.party)
        due.add(self._behind(guest.party))
        moved = msgspec.structs.replace(guest.party, leader=leader)
        self.put(moved)
        due.add(self._behind(moved))

    def _leader(self, guest: _Guest) -> str:
        """Return the leader of the group of earlier parties that a party fits best, else itself."""
        best: dict[str, tuple[int, ...]] = {}
        for other in self._earlier(guest):
            fit = (_common_names(guest, other), *affinity(other.gist, guest.gist))
            leader = other.party.leader
            best[leader] = max(best.get(leader, fit), fit)
        for leader in sorted(best, key=lambda found: (best[found], found), reverse=True):
            members = self._guests(f"{_LEADER}{leader}")
            if all(can_share(m, guest) for m in members if m.order < guest.order):
                return leader
        return guest.party.claim_id

    def _behind(self, party: Party) -> list[Party]:
        """Return the later parties near one of a party's group: their groups depend on it."""
        group = {guest.party.claim_id: guest for guest in self._guests(f"{_LEADER}{party.leader}")}
        if party.claim_id not in group or group[party.claim_id].party != party:
            group[party.claim_id] = _Guest.of(party)
        keys: dict[str, None] = {}
        for member in group.values():
            keys |= self._keys_near(member)
        later = (g for g in filter(None, map(self._guest, keys)) if g.order > order_of(party))
        return [g.party for g in later if any(can_meet(g, member) for member in group.values())]

    def _earlier(self, guest: _Guest) -> list[_Guest]:
        """Return the earlier parties that can be one with a party, judged by these two alone."""
        others = filter(None, map(self._guest, self._keys_near(guest)))
        return [other for other in others if other.order < guest.order and can_meet(guest, other)]

    def _keys_near(self, guest: _Guest) -> dict[str, None]:
        """Return the keys of parties of other blocks that have a name or an incident in common."""
        own = set(self._rows.keys(f"{_BLOCK}{guest.party.block}"))
        keys: dict[str, None] = {}
        for ref in _looks_under(guest.party):
            keys |= dict.fromkeys(key for key in self._rows.keys(ref) if key not in own)
        return keys

    def _guests(self, ref: str) -> list[_Guest]:
        return list(filter(None, map(self._guest, list(self._rows.keys(ref)))))

    def _guest(self, key: str) -> _Guest | None:
        found = self._rows.get(key)
        return _decoded(found) if found is not None else None


@lru_cache(maxsize=4096)
def _decoded(row: bytes) -> _Guest:
    return _Guest.of(decode(Party, row))


def _in_place_of(old: Party | None, party: Party) -> Party:
    """Return a party in the group where it was before; a new one is in a group of its own."""
    if old is None:
        return msgspec.structs.replace(party, leader=party.claim_id)
    return msgspec.structs.replace(party, leader=old.leader, published=old.published)


class _Due:
    """The parties to look at, the first in canonical order first; each once."""

    def __init__(self) -> None:
        self._heap: list[tuple[Order, str]] = []
        self._waiting: set[str] = set()

    def add(self, parties: Iterable[Party]) -> None:
        for party in parties:
            if party.claim_id not in self._waiting:
                self._waiting.add(party.claim_id)
                heappush(self._heap, (order_of(party), party.claim_id))

    def __iter__(self) -> Iterator[str]:
        while self._heap:
            claim_id = heappop(self._heap)[1]
            self._waiting.discard(claim_id)
            yield claim_id


@lru_cache(maxsize=65_536)
def can_meet(a: _Guest, b: _Guest) -> bool:
    """True if something speaks for one event, and nothing against it. The cheap is asked first."""
    if a.party.block == b.party.block or not _are_near(a.gist, b.gist):
        return False
    if not _has_evidence(a, b) or is_before_its_day(a.gist, b.gist):
        return False
    return can_share(a, b)


def _has_evidence(a: _Guest, b: _Guest) -> bool:
    """True if an incident is common, or names with words are, or two names with a toll.

    In a war the same names stand in the news of every day: they alone join nothing.
    """
    if not set(a.party.incidents).isdisjoint(b.party.incidents):
        return True
    n = _common_names(a, b)
    if n < COMMON_NAMES:
        return n > 0 and are_alike(a.gist, b.gist, COMMON_WORDS_ALONE)
    return bool(a.gist.tolls & b.gist.tolls) or are_alike(a.gist, b.gist, COMMON_WORDS)


@lru_cache(maxsize=65_536)
def _common_names(a: _Guest, b: _Guest) -> int:
    """Return how many names of one name somebody or something that a name of the other means."""
    both = [(x, y) for x, y in product(a.names, b.names) if are_one_name(x, y)]
    return min(len({x for x, _ in both}), len({y for _, y in both}))


@lru_cache(maxsize=65_536)
def can_share(a: _Guest, b: _Guest) -> bool:
    """True if nothing speaks against one event.

    What one block keeps apart stays apart, and so do two named victims with no name in common.
    """
    if a.party.block == b.party.block:
        return False
    if a.party.rank == b.party.rank == 0 and not are_one_name(
        *map(principal_of, (a.party.block, b.party.block))
    ):
        return False
    kinds, others = a.gist.kinds, b.gist.kinds
    if kinds and others and kinds.isdisjoint(others):
        return False
    return not any_excluded(a.gist.marks, b.gist.marks)


def _are_near(a: Gist, b: Gist) -> bool:
    if not a.published or not a.last or not b.published or not b.last:
        return True
    return max(a.published, b.published) - min(a.last, b.last) <= MEET_WITHIN


def _found_under(party: Party) -> set[str]:
    """Return the references under which a party is found."""
    found = set[str]()
    for name in party.names:
        words = _words(name)
        found |= {f"all:{words[0]}"} if len(words) == 1 else _pairs(words)
        found |= {f"has:{word}" for word in words}
    return _references(party, found, timedelta(0))


def _looks_under(party: Party) -> set[str]:
    """Return the references of all parties with a name, near in time, or an incident in common.

    Two names are one if all words of one are in the other (`are_one_name`). So both have two words
    in common, or one of them has a single word. A word alone ("al", "city") finds no longer names.
    """
    found = set[str]()
    for name in party.names:
        words = _words(name)
        found |= {f"has:{words[0]}"} if len(words) == 1 else _pairs(words)
        found |= {f"all:{word}" for word in words}
    return _references(party, found, MEET_WITHIN)


def _words(name: str) -> list[str]:
    return sorted(set(name.split("-")))


def _pairs(words: Iterable[str]) -> set[str]:
    return {f"both:{a}-{b}" for a, b in combinations(words, 2)}


def _references(party: Party, marked: Iterable[str], around: timedelta) -> set[str]:
    """Return marked words by period, and incidents, as references in the family of a party."""
    family, periods = party.block.partition(":")[0], _periods(party.known, around)
    found = {f"{family}|{mark}|{period}" for mark, period in product(marked, periods)}
    return found | {f"{family}|{incident}" for incident in party.incidents}


def _periods(known: Known, around: timedelta) -> range:
    """Return the numbers of the periods from a time before a claim's first report to its last."""
    if known.first_at is None or known.last_at is None:
        return range(1)
    first, last = known.first_at - around, known.last_at + around
    return range(first.toordinal() // _PERIOD, last.toordinal() // _PERIOD + 1)
