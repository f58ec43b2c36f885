"""Meeting: the claims of a family's blocks that are one event, though their principals differ.

    party: a claim of one block ─► earlier parties that it can be one with ─► the best of their
                                   groups that excludes none of it ─► none: it leads a group

A block is a partition of the work. A claim on a named victim, and one on the place alone, meet here
and become one. The groups are a function of the set of parties: a party looks only at those before
it in the canonical order. When one changes, only later parties near it are looked at again.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from heapq import heappop, heappush

import msgspec

from services.messages import Party, decode, encode
from services.rows import Rows
from services.tracker.grouping.finding import found_under, looks_under, words_under
from services.tracker.grouping.guests import (
    Guest,
    Order,
    can_meet,
    can_share,
    fit_of,
    has_principal,
    order_of,
)
from services.tracker.grouping.rules import MANY_WORDS

_PARTY = "@"
"""Mark of the key of a party. The rows may hold others."""

KNOWN = 4_096
"""Parties that a partition keeps in memory beside their rows, those used last.

They are 12 kB each of real news, so 600 MB of twelve partitions. Those near a claim are compared
with it at each report, and what is compared anew is not remembered: where half of them had room,
1,200 articles took three times the CPU time, and more memory.
"""

_BLOCK, _LEADER = "@b:", "@l:"
"""Marks of references to the parties of a block, and to those of a group."""


def lead_of(group: Iterable[Party]) -> Party:
    """Return the claim that stands for a group: the one that names most, then the first."""
    return min(group, key=lambda party: (party.rank, order_of(party)))


class Meeting:
    """The parties of a partition, each with its group. `rows` hold them, and may hold others."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._known: dict[str, Guest] = {}

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
        key = f"{_PARTY}{party.claim_id}"
        refs = {f"{_BLOCK}{party.block}", f"{_LEADER}{party.leader}", *found_under(party)}
        self._rows.put(key, encode(party), refs)
        known = self._known.pop(key, None)
        moved = known.in_place(party) if known else None
        if moved is not None:
            self._known[key] = moved

    def remove(self, claim_id: str) -> None:
        """Remove a party, if it is there. Others stay where they are."""
        key = f"{_PARTY}{claim_id}"
        self._rows.delete(key)
        self._known.pop(key, None)

    def update(self, new: Iterable[Party], gone: Iterable[str]) -> dict[str, Party | None]:
        """Add or change parties and remove others, and group anew whom this concerns.

        Return by claim what was there before, for all that came, went, or changed.
        """
        before: dict[str, Party | None] = {}
        due = _Due()
        for claim_id in gone:
            old = self._guest(f"{_PARTY}{claim_id}")
            if old is not None:
                before[claim_id] = old.party
                due.add(self._behind(old))
                self._let_go(old.party)
        for party in new:
            was = self._guest(f"{_PARTY}{party.claim_id}")
            now = _in_place_of(was.party if was else None, party)
            if was is None or now != was.party:
                before[party.claim_id] = was.party if was else None
                due.add(self._put_and_list(was, now))
        for claim_id in due:
            self._seat(claim_id, before, due)
        return before

    def _put_and_list(self, was: Guest | None, party: Party) -> list[Guest]:
        """Put a party, and return it with the later ones whose group this concerns."""
        behind = self._behind(was) if was else []
        now = self._placed(party)
        behind += self._behind(now)
        return [now, *(_concerned(behind, was, now) if was else behind)]

    def _placed(self, party: Party) -> Guest:
        """Put a party, and return it as a guest."""
        self.put(party)
        found = self._guest(f"{_PARTY}{party.claim_id}")
        assert found is not None
        return found

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
        due.add(self._behind(guest))
        moved = self._placed(msgspec.structs.replace(guest.party, leader=leader))
        due.add(self._behind(moved))

    def _leader(self, guest: Guest) -> str:
        """Return the leader of the group of earlier parties that a party fits best, else itself."""
        best: dict[str, tuple[int, ...]] = {}
        for other in self._earlier(guest):
            fit = fit_of(other, guest)
            leader = other.party.leader
            best[leader] = max(best.get(leader, fit), fit)
        for leader in sorted(best, key=lambda found: (best[found], found), reverse=True):
            members = self._guests(f"{_LEADER}{leader}")
            if all(can_share(m, guest) for m in members if m.order < guest.order):
                return leader
        return guest.party.claim_id

    def _behind(self, guest: Guest) -> list[Guest]:
        """Return the later parties near one of a party's group: their groups depend on it."""
        group = self._guests(f"{_LEADER}{guest.party.leader}")
        near = filter(None, map(self._guest, self._keys_near(*group)))
        later = [other for other in near if other.order > guest.order]
        return [g for g in later if any(can_meet(g, member) for member in group)]

    def _earlier(self, guest: Guest) -> list[Guest]:
        """Return the earlier parties that can be one with a party, judged by these two alone."""
        others = filter(None, map(self._guest, self._keys_near(guest)))
        return [other for other in others if other.order < guest.order and can_meet(guest, other)]

    def _keys_near(self, *guests: Guest) -> set[str]:
        """Return the keys of parties with a name, many words, or an incident that one of these has.

        Those of the block of a single one are left out, unless its claims have no principal.
        Parties of a group are found under much the same references, so each is read once.
        """
        near = set(self._rows.keys_of(set[str]().union(*map(_looked_up, guests)), 1))
        for words in words_under(guest.party for guest in guests):
            near.update(self._rows.keys_of(words, MANY_WORDS))
        if len(guests) == 1 and has_principal(guests[0].party):
            near.difference_update(self._rows.keys(f"{_BLOCK}{guests[0].party.block}"))
        return near

    def _guests(self, ref: str) -> list[Guest]:
        return list(filter(None, map(self._guest, list(self._rows.keys(ref)))))

    def _guest(self, key: str) -> Guest | None:
        known = self._known.pop(key, None)
        if known is None:
            row = self._rows.get(key)
            if row is None:
                return None
            if len(self._known) >= KNOWN:
                del self._known[next(iter(self._known))]
            known = Guest.of(decode(Party, row))
        self._known[key] = known  # the last one is the one used last
        return known


def _concerned(behind: Iterable[Guest], was: Guest, now: Guest) -> Iterator[Guest]:
    """Yield the later parties whose group may depend on what changed in a party of theirs."""
    for later in behind:
        if was.order != now.order or _bearing(was, later) != _bearing(now, later):
            yield later


def _bearing(earlier: Guest, later: Guest) -> tuple[object, ...]:
    """Return all that the group of a later party depends on, of an earlier one in its group."""
    if not can_share(earlier, later):
        return (False,)
    is_met = can_meet(later, earlier)
    return (True, is_met, fit_of(earlier, later) if is_met else ())


@lru_cache(maxsize=1024)
def _looked_up(guest: Guest) -> frozenset[str]:
    return frozenset(looks_under(guest.party))


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

    def add(self, guests: Iterable[Guest]) -> None:
        for guest in guests:
            claim_id = guest.party.claim_id
            if claim_id not in self._waiting:
                self._waiting.add(claim_id)
                heappush(self._heap, (guest.order, claim_id))

    def __iter__(self) -> Iterator[str]:
        while self._heap:
            claim_id = heappop(self._heap)[1]
            self._waiting.discard(claim_id)
            yield claim_id
