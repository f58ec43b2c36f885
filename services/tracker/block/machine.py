"""Fold as a state machine over one partition: reports in, changed claims and state out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import repeat

import msgspec

from services.messages import (
    Archived,
    BlockArticle,
    BlockReports,
    Claim,
    ClaimCause,
    Evidence,
    decode,
    encode,
    provenance,
)
from services.ports import Outgoing, Record
from services.rows import MemoryRows, Rows
from services.tracker.block.block import Block
from services.tracker.block.blocks import MOST_LIVE, Blocks
from services.tracker.block.moves import Known
from services.tracker.block.rows import change_rows, parted_rows
from services.tracker.block.stubs import told
from services.tracker.claims.rules import STAY
from services.tracker.reports.evidence import evidence, is_counted
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
        most_live: int = MOST_LIVE,
        stay: timedelta = STAY,
    ) -> None:
        """Blocks of more than `put_off_from` articles publish once a batch, by `settle`.

        None: every block publishes with each report. `make` makes the block of a name. `rows` hold
        the state, by default in memory. `most_live`, `stay`: see `Blocks`.
        """
        self._put_off_from = put_off_from
        self._waiting: dict[str, list[_Arrival]] = {}
        self._blocks = Blocks(MemoryRows() if rows is None else rows, make, most_live, stay)

    @property
    def n_folded(self) -> int:
        return self._blocks.n_folded

    @property
    def n_kept(self) -> int:
        """The number of articles kept."""
        return sum(len(self._blocks[name].block.articles) for name in self._blocks.names())

    def restore(self, key: str, value: bytes | None) -> None:
        self._blocks.restore(key, value)

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
        quiet = self._blocks.quiet(said.first_seen_at, self._waiting)
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
        """Return all claims of this partition by id: a function of the set of reports.

        So they are without `split_from`.
        """
        found: list[Claim] = []
        for name in self._blocks.names():
            block = self._blocks[name].block
            found += map(_with_version, _all_claims(block), repeat(block.version))
        return sorted(found, key=lambda c: c.claim_id)

    def _publish(self, name: str) -> list[Outgoing]:
        """Return the claims of a block that changed, or that the waiting messages belong to."""
        live, arrivals = self._blocks[name], self._waiting.pop(name)
        block, before = live.block, live.known
        after = live.known = before.followed_by(block.claims(), block.members)
        found = [
            _with_causes(_with_split(claim, after), arrivals)
            for claim in _concerned(block, before, after, arrivals)
        ]
        for claim, arrival in _late(arrivals):
            if before.claims.get(claim.claim_id) != claim:
                found.append(_with_causes(_with_split(claim, before), [arrival]))
        found += map(_with_split, before.merged(after), repeat(before))
        rows = parted_rows(name, before, after)
        self._blocks.keep(rows)
        return [*rows, *(_outgoing(claim, block.version) for claim in found)]


def _concerned(
    block: Block, before: Known, after: Known, arrivals: Sequence[_Arrival]
) -> Iterator[Claim]:
    """Yield the claims that changed, or have an article or judgement among the arrivals."""
    firsts = {block.first_of_pile(arrival.said.article_id) for arrival in arrivals}
    judgements = {arrival.said.judgement for arrival in arrivals if arrival.said.judgement}
    for claim_id, claim in after.claims.items():
        if (
            before.claims.get(claim_id) != claim
            or before.split_from.get(claim_id) != after.split_from.get(claim_id)
            or not firsts.isdisjoint(claim.article_ids)
            or not judgements.isdisjoint(claim.judgements)
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
    return Outgoing("claims", claim.claim_id, value, partition_key=claim.block)


def _with_version(claim: Claim, version: int) -> Claim:
    return msgspec.structs.replace(claim, version=version)


def _with_causes(claim: Claim, arrivals: Sequence[_Arrival]) -> Claim:
    """Return a claim with the messages that caused this update: those of its articles, else all."""
    own = [one for one in arrivals if one.said.article_id in claim.article_ids]
    last = (own or arrivals)[-MAX_CAUSES:]
    causes = [_cause(claim, one) for one in last if not one.said.judgement]
    return msgspec.structs.replace(claim, cause=tuple(causes))


def _cause(claim: Claim, arrival: _Arrival) -> ClaimCause:
    fields = provenance(arrival.said, ClaimCause)
    return ClaimCause(**fields, evidence=_sentence(claim, arrival.entry))


def _sentence(claim: Claim, entry: BlockArticle) -> Evidence | None:
    """Return the sentence of an article that the claim rests on, or the one that was withdrawn."""
    for version in sorted(entry.versions, key=lambda v: v.version, reverse=True):
        counted = [r for r in version.reports if is_counted(r)]
        if counted and version.article_id in claim.article_ids:
            of_event = (r for r in counted if r.event == claim.event)
            return evidence(version, next(of_event, counted[0]))
    return None
