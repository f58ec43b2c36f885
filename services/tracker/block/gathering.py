"""What is published of the claims of a partition: those of several blocks that meet are one.

claims of a block ─► parties ─► groups (meeting.py) ─► one claim a group, of the one that names most
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from services.messages import Claim, Judgement, Party, Verdict
from services.tracker.block.blocks import Blocks, Own
from services.tracker.block.counting import Further
from services.tracker.claims.claim import claim_of
from services.tracker.claims.fold import is_same
from services.tracker.grouping.judgements import Judged, by_time
from services.tracker.grouping.meeting import Meeting, lead_of
from services.tracker.grouping.verdicts import MAX_VERDICTS
from services.tracker.grouping.verdicts import by_time as verdicts_by_time
from services.tracker.reports.element import Element

Before = Mapping[str, Party | None]
"""By claim the party as it was, of those that came, went, or changed."""

_Part = tuple[Claim, tuple[Element, ...]]
"""A claim and its reports."""


class Gathering:
    """The claims that blocks share. `n_folded` counts the reports that they were made of."""

    def __init__(self, blocks: Blocks, meeting: Meeting) -> None:
        self.n_folded = 0
        self._blocks, self._meeting = blocks, meeting
        blocks.shown = self.shown

    def concerned(self, ids: Iterable[str], before: Before) -> tuple[set[str], set[str]]:
        """Return the leaders before and after of all groups that claims are or were in.

        A claim that meets nobody is its own leader.
        """
        due, seen = set(ids), set[str]()
        were, are = set[str](), set[str]()
        while due:
            claim_id = due.pop()
            seen.add(claim_id)
            then, now = self._leader_before(claim_id, before), self._meeting.leader(claim_id)
            were.add(then)
            are.add(now)
            met = (*self.group_before(then, before), *self._meeting.group(now))
            due |= {party.claim_id for party in met} - seen
        return were, are

    def group_before(self, leader: str, before: Before) -> list[Party]:
        """Return the parties that were led by a claim."""
        stayed = [p for p in self._meeting.led_by(leader) if p.claim_id not in before]
        changed = [p for p in before.values() if p is not None and p.leader == leader]
        return stayed + changed

    def view(
        self, leaders: Iterable[str], before: Before | None, name: str, own: Callable[[str], Own]
    ) -> Own:
        """Return what is published of groups, by the claim that stands for each.

        `before` are the groups as they were; None: as they are. A claim of the block `name` may
        meet nobody. `own` are the claims of a block.
        """
        claims, members = dict[str, Claim](), dict[str, tuple[Element, ...]]()
        for leader in sorted(leaders):
            group = self.group(leader) if before is None else self.group_before(leader, before)
            if not group and leader in own(name).claims:
                claims[leader], members[leader] = _part(own(name), leader)
            found = self._claim(group, own) if group else None
            if found:
                claims[found[0].claim_id], members[found[0].claim_id] = found
        return Own(claims, members)

    def shown(self, claim: Claim) -> Claim:
        """Return a claim of a block as it is published: with those that it stands for.

        One that another stands for closes with that one: its reports would be missing there.
        """
        group = self._meeting.group(claim.claim_id)
        if len(group) < 2:
            return claim
        lead = lead_of(group).claim_id
        whole = self.view([group[0].leader], None, claim.block, self._own).claims.get(lead, claim)
        if lead == claim.claim_id or whole is claim:
            return whole
        return msgspec.structs.replace(claim, closes_at=None)

    def _own(self, name: str) -> Own:
        return self._blocks[name].own

    def group(self, leader: str) -> list[Party]:
        """Return the parties that are led by a claim."""
        return self._meeting.led_by(leader)

    def _claim(self, group: Sequence[Party], own: Callable[[str], Own]) -> _Part | None:
        """Return the claim of a group, and its reports; None if an archived claim leads it."""
        lead = lead_of(group)
        if lead.claim_id not in own(lead.block).claims:
            return None
        parts = [
            _part(own(party.block), party.claim_id)
            for party in sorted(group, key=lambda party: party is not lead)
            if party.claim_id in own(party.block).claims
        ]
        return parts[0] if len(parts) == 1 else self._gathered(lead, parts)

    def _gathered(self, lead: Party, parts: Sequence[_Part]) -> _Part:
        """Return the claim of all reports of some claims, with the id of the first one."""
        members, judgements, verdicts = list[Element](), list[Judgement](), list[Verdict]()
        for claim, reports in parts:
            members += reports
            judgements += claim.judgements
            verdicts += claim.verdicts
        members.sort(key=lambda member: member.order)
        group = Judged(
            tuple(members),
            tuple(by_time(judgements)),
            tuple(verdicts_by_time(verdicts)[:MAX_VERDICTS]),
        )
        live = self._blocks[lead.block]
        known = live.gathered.get(lead.claim_id)
        if known is None or not is_same(known[0], group):
            self.n_folded += len(members)
            known = group, claim_of(lead.block, group, lead.claim_id)
            live.gathered[lead.claim_id] = known
        further: dict[str, Further] = {}
        for claim, _ in parts:
            further |= self._blocks[claim.block].block.further()
        claim = live.block.counted(known[1], further)
        if any(part.counts_approximate for part, _ in parts):
            claim = msgspec.structs.replace(claim, counts_approximate=True)
        return claim, known[0].members

    def _leader_before(self, claim_id: str, before: Before) -> str:
        if claim_id not in before:
            return self._meeting.leader(claim_id)
        was = before[claim_id]
        return was.leader if was else claim_id


def _part(own: Own, claim_id: str) -> _Part:
    return own.claims[claim_id], own.members[claim_id]
