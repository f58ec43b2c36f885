"""Fold as a state machine over one partition: reports in, changed claims and state out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from services.errors import InvalidMessage
from services.messages import (
    Archived,
    BlockArticle,
    BlockReports,
    Claim,
    ClaimCause,
    Judgement,
    Party,
    Verdict,
    decode,
    encode,
    provenance,
)
from services.ports import Outgoing, Record
from services.rows import MemoryRows, Rows
from services.tracker.block.block import Block
from services.tracker.block.blocks import Blocks, Live, Own, Room
from services.tracker.block.gathering import Gathering
from services.tracker.block.moves import Known
from services.tracker.block.parties import gone, parties, shelved
from services.tracker.block.rows import PARTY, change_rows, parted_rows, party_rows
from services.tracker.block.stubs import told
from services.tracker.claims.rules import STAY
from services.tracker.grouping.meeting import Meeting, lead_of
from services.tracker.reports.evidence import evidence, is_counted
from services.tracker.reports.families import family_of
from services.tracker.reports.versions import with_version

MAX_CAUSES = 20
"""Messages that an update names as its causes: the last ones. It bounds the message."""


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A message whose claims are not published yet, its article, and the stubs that it changed."""

    said: BlockReports
    entry: BlockArticle
    archived: tuple[Archived, ...]


class FoldMachine:
    """The blocks of one partition. The state is the set of reports; claims follow from it.

    `n_folded` counts the reports that claims were made of, which measures the work.
    """

    def __init__(
        self,
        make: Callable[[str], Block] = Block,
        put_off_from: int | None = None,
        rows: Rows | None = None,
        room: Room | None = None,
        stay: timedelta = STAY,
    ) -> None:
        """Blocks of more than `put_off_from` articles publish once a batch, by `settle`.

        None: every block publishes with each report. `make` makes the block of a name. `rows` hold
        the state, by default in memory. `room`, `stay`: see `Blocks`.
        """
        self._put_off_from = put_off_from
        self._waiting: dict[str, list[_Arrival]] = {}
        rows = MemoryRows() if rows is None else rows
        self._blocks, self._meeting = Blocks(rows, make, room, stay), Meeting(rows)
        self._gathering = Gathering(self._blocks, self._meeting)

    @property
    def n_folded(self) -> int:
        return self._blocks.n_folded + self._gathering.n_folded

    @property
    def n_kept(self) -> int:
        """The number of articles kept."""
        return sum(len(self._blocks[name].block.articles) for name in self._blocks.names())

    def restore(self, key: str, value: bytes | None) -> None:
        row_id = key.rpartition("|")[2]
        if not row_id.startswith(PARTY):
            self._blocks.restore(key, value)
        elif value is None:
            self._meeting.remove(row_id.removeprefix(PARTY))
        else:
            party = decode(BlockArticle, value).party
            if party is None:
                raise InvalidMessage("wrong-schema", "BlockArticle: a row without its party")
            self._meeting.put(party)

    def step(self, record: Record) -> list[Outgoing]:
        """Return the state and the claims that these reports change or belong to.

        A repeated message publishes its claims again, in case the first time was cut short.
        """
        said = decode(BlockReports, record.value)
        block = self._blocks[said.block].block
        old = block.articles.get(said.article_id)
        entry = with_version(old, said)
        change = block.put(entry)
        state = change_rows(said, block, change, is_known=old is not None)
        self._blocks.keep(state)
        self._waiting.setdefault(said.block, []).append(_Arrival(said, entry, change.archived))
        if self._put_off_from is not None and len(block.articles) > self._put_off_from:
            return state
        published = self._publish(said.block)
        name, quiet = self._blocks.quiet(said.first_seen_at, self._waiting)
        if name:
            quiet += self._without_archived(self._blocks[name])
        self._blocks.rest(self._waiting)
        return [*state, *published, *quiet]

    def settle(self) -> list[Outgoing]:
        """Return what blocks put off to the end of a batch."""
        out: list[Outgoing] = []
        for name in list(self._waiting):
            out += self._publish(name)
            self._blocks.rest(self._waiting)
        return out

    def claims(self) -> list[Claim]:
        """Return all claims of this partition by id, as of the last time that each block published.

        They are a function of the set of reports, so they are without `split_from`.
        """
        found: list[Claim] = []
        for name in self._blocks.names():
            block = self._blocks[name].block
            for claim in _all_claims(block):
                found += self._as_published(claim)
        return sorted(found, key=lambda c: c.claim_id)

    def _as_published(self, claim: Claim) -> Iterator[Claim]:
        """Yield a claim of a block with those that it meets, unless another stands for it."""
        group = self._meeting.group(claim.claim_id)
        blocks = {claim.block, *(party.block for party in group)}
        version = sum(self._blocks[name].block.version for name in blocks)
        if len(group) < 2:
            yield _with_version(claim, version)
        elif lead_of(group).claim_id == claim.claim_id:
            yield _with_version(self._gathering.shown(claim), version)

    def _own(self, name: str) -> Own:
        return self._blocks[name].own

    def _without_archived(self, live: Live) -> list[Outgoing]:
        """Note that claims of a block are archived, and return the rows of their parties."""
        now = Own.of(live.block)
        left = self._meeting.update((), gone(live, now, self._meeting))
        kept = list(shelved(live, now, self._meeting))
        for party in kept:
            self._meeting.put(party)
        live.goes_on(now)
        return party_rows(filter(None, left.values()), kept)

    def _publish(self, name: str) -> list[Outgoing]:
        """Return the claims that changed with a block, or that the waiting messages belong to."""
        live, arrivals = self._blocks[name], self._waiting.pop(name)
        now = Own.of(live.block)
        moved = self._meeting.update(parties(live, now), gone(live, now, self._meeting))
        ids = {*moved, *_touched(live, now, arrivals)}
        were, are = self._gathering.concerned(ids, moved)
        for party in list(shelved(live, now, self._meeting)):
            moved.setdefault(party.claim_id, self._meeting.get(party.claim_id))
            self._meeting.put(party)
        then = self._gathering.view(were, moved, name, self._own)
        live.goes_on(now)
        here = self._gathering.view(are, None, name, self._own)
        before = Known(then.claims, then.members, self._split_from(then, here))
        after = before.followed_by(here.claims, here.members)
        return self._told(live.block, before, after, arrivals, moved)

    def _split_from(self, *seen: Own) -> dict[str, tuple[str, ...]]:
        """Return what each of these claims was split from."""
        found: dict[str, tuple[str, ...]] = {}
        for own in seen:
            for claim_id, claim in own.claims.items():
                sources = self._blocks[claim.block].split_from.get(claim_id)
                if sources:
                    found[claim_id] = sources
        return found

    def _told(
        self,
        block: Block,
        before: Known,
        after: Known,
        arrivals: Sequence[_Arrival],
        moved: Mapping[str, Party | None],
    ) -> list[Outgoing]:
        """Return the rows and claims of a change.

        Claims that have ended come first, so that whoever was told of one knows the claim that it
        is merged into when that one is told. The rest come by id: each process tells the same.
        """
        found = [
            _with_causes(_with_split(claim, after), arrivals)
            for claim in _concerned(block, before, after, arrivals)
        ]
        for claim, arrival in _late(arrivals):
            is_changed = before.claims.get(claim.claim_id) != claim
            if is_changed and self._meeting.is_lead(claim.claim_id):
                found.append(_with_causes(_with_split(claim, before), [arrival]))
        found.sort(key=_id)
        ended = sorted((_with_split(claim, before) for claim in before.merged(after)), key=_id)
        out = [_outgoing(claim, self._version(claim)) for claim in (*ended, *found)]
        rows = self._rows(before, after)
        told = {claim.claim_id for claim in (*found, *ended)}
        those = filter(None, map(self._meeting.get, sorted({*moved, *told})))
        came = [party for party in those if party.published or party.claim_id in moved]
        left = [party for party in moved.values() if party is not None]
        return [*party_rows(left, came), *rows, *out]

    def _rows(self, before: Known, after: Known) -> list[Outgoing]:
        """Keep what claims were split from, and return the rows of it that changed."""
        rows: list[Outgoing] = []
        blocks = {
            claim.claim_id: claim.block for k in (before, after) for claim in k.claims.values()
        }
        for name in dict.fromkeys(blocks.values()):
            rows += parted_rows(
                name, *(_of_block(known, name, blocks) for known in (before, after))
            )
        for claim_id, name in blocks.items():
            live = self._blocks[name]
            live.split_from.pop(claim_id, None)
            if claim_id in after.split_from:
                live.split_from[claim_id] = after.split_from[claim_id]
        self._blocks.keep(rows)
        return rows

    def _version(self, claim: Claim) -> int:
        """Return the version of an update of a claim.

        It is the sum of those of the blocks whose claims meet in it. A block may leave, and then
        the sum falls: so the highest version of a claim that ever met another is kept.
        """
        party = self._meeting.get(claim.claim_id)
        group = self._meeting.led_by(party.leader) if party else []
        blocks = {claim.block, *(member.block for member in group)}
        version = sum(self._blocks[name].block.version for name in blocks)
        if party is None or (len(blocks) == 1 and not party.published):
            return version
        version = max(version, party.published + 1)
        self._meeting.put(msgspec.structs.replace(party, published=version))
        return version


def _id(claim: Claim) -> str:
    return claim.claim_id


def _of_block(known: Known, name: str, blocks: Mapping[str, str]) -> Known:
    split_from = {i: found for i, found in known.split_from.items() if blocks.get(i) == name}
    return Known(known.claims, known.members, split_from)


def _touched(live: Live, now: Own, arrivals: Sequence[_Arrival]) -> Iterator[str]:
    """Yield the claims of a block that changed, or have an article or decision of the arrivals."""
    firsts = {live.block.first_of_pile(arrival.said.article_id) for arrival in arrivals}
    decisions = _decisions(arrivals)
    for claim_id in {*live.own.claims, *now.claims}:
        claim = now.claims.get(claim_id)
        is_told = claim is not None and not (
            firsts.isdisjoint(claim.article_ids) and decisions.isdisjoint(_decided(claim))
        )
        if is_told or live.own.claims.get(claim_id) is not claim:
            yield claim_id


def _decisions(arrivals: Sequence[_Arrival]) -> set[Judgement | Verdict]:
    """Return the judgements and verdicts among the arrivals."""
    found = ((arrival.said.judgement, arrival.said.verdict) for arrival in arrivals)
    return {decision for both in found for decision in both if decision is not None}


def _decided(claim: Claim) -> tuple[Judgement | Verdict, ...]:
    return (*claim.judgements, *claim.verdicts)


def _concerned(
    block: Block, before: Known, after: Known, arrivals: Sequence[_Arrival]
) -> Iterator[Claim]:
    """Yield the claims that changed, or have an article or a decision among the arrivals."""
    firsts = {block.first_of_pile(arrival.said.article_id) for arrival in arrivals}
    decisions = _decisions(arrivals)
    for claim_id, claim in after.claims.items():
        if (
            before.claims.get(claim_id) != claim
            or before.split_from.get(claim_id) != after.split_from.get(claim_id)
            or not firsts.isdisjoint(claim.article_ids)
            or not decisions.isdisjoint(_decided(claim))
        ):
            yield claim


def _late(arrivals: Sequence[_Arrival]) -> list[tuple[Claim, _Arrival]]:
    """Return the archived claims that changed, each with the last message that changed it."""
    found: dict[str, tuple[Claim, _Arrival]] = {}
    for arrival in arrivals:
        for row in arrival.archived:
            if row.claim:
                found[row.claim.claim_id] = (told(row), arrival)
    return list(found.values())


def _all_claims(block: Block) -> Iterator[Claim]:
    yield from block.claims().values()
    yield from block.archive.claims()


def _with_split(claim: Claim, known: Known) -> Claim:
    found = known.split_from.get(claim.claim_id)
    return msgspec.structs.replace(claim, split_from=found) if found else claim


def _outgoing(claim: Claim, version: int) -> Outgoing:
    value = encode(_with_version(claim, version))
    return Outgoing("claims", claim.claim_id, value, partition_key=family_of(claim.block))


def _with_version(claim: Claim, version: int) -> Claim:
    return msgspec.structs.replace(claim, version=version)


def _with_causes(claim: Claim, arrivals: Sequence[_Arrival]) -> Claim:
    """Return a claim with the messages that caused this update: those of its articles, else all."""
    own = [one for one in arrivals if one.said.article_id in claim.article_ids]
    last = (own or arrivals)[-MAX_CAUSES:]
    causes = [_cause(claim, one) for one in last if not one.said.is_decision]
    return msgspec.structs.replace(claim, cause=tuple(causes))


def _cause(claim: Claim, arrival: _Arrival) -> ClaimCause:
    fields = provenance(arrival.said, ClaimCause)
    said = _version_behind(claim, arrival.entry)
    if said is None:
        return ClaimCause(**fields)
    counted = [report for report in said.reports if is_counted(report)]
    end = len(said.title)
    # The title is told apart, so a sentence of the body says more.
    best = min(counted, key=lambda r: (r.event != claim.event, r.sentence[1] <= end))
    in_title = {report.event for report in counted if report.sentence[1] <= end}
    return ClaimCause(
        **fields,
        evidence=evidence(said, best),
        title=said.title,
        headline=tuple(sorted(in_title)),
    )


def _version_behind(claim: Claim, entry: BlockArticle) -> BlockReports | None:
    """Return the latest version of an article that a claim rests on, or that was withdrawn."""
    for version in sorted(entry.versions, key=lambda v: v.version, reverse=True):
        if version.article_id in claim.article_ids and any(map(is_counted, version.reports)):
            return version
    return None
