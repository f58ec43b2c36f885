"""Fold as a state machine over one partition: reports in, changed claims and state out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from services.messages import (
    Archived,
    BlockArticle,
    BlockReports,
    Claim,
    ClaimCause,
    Counted,
    Evidence,
    Parted,
    decode,
    encode,
    provenance,
)
from services.ports import Outgoing, Record
from services.tracker.block.block import Block, Change
from services.tracker.block.moves import Known
from services.tracker.block.stubs import told as told_of
from services.tracker.reports.evidence import counts, evidence
from services.tracker.reports.versions import slim, with_version

MAX_CAUSES = 20
"""Messages named that made an update, where many came together: the last ones."""

_COUNT, _STUB, _PARTED = "~", "!", "^"
"""What marks the rows of state that are of no article: counts, stubs of claims, where a claim's reports stood before."""


@dataclass(frozen=True, slots=True)
class _Came:
    """A message whose claims are still to be told, all that its article said, and the stubs that it changed."""

    said: BlockReports
    entry: BlockArticle
    archived: tuple[Archived, ...]


class FoldMachine:
    """The blocks of one partition. State is the set of what articles said; claims are worked out from it."""

    def __init__(self, make: Callable[[str], Block] = Block, put_off_from: int | None = None) -> None:
        """In blocks of more than `put_off_from` articles claims are told once a batch, by `settle`; None: with each report.

        `make` opens the block of a name: one with other bounds, perhaps.
        """
        self._put_off_from, self._make = put_off_from, make
        self._waiting: dict[str, list[_Came]] = {}
        self._blocks: dict[str, Block] = {}
        self._told: dict[str, Known] = {}
        self._parted: dict[str, dict[str, tuple[str, ...]]] = {}

    @property
    def n_folded(self) -> int:
        """Reports that claims were made of so far: what the work is measured by."""
        return sum(block.n_folded for block in self._blocks.values())

    @property
    def n_kept(self) -> int:
        """Articles held."""
        return sum(len(block.articles) for block in self._blocks.values())

    def restore(self, key: str, value: bytes | None) -> None:
        name, _, row_id = key.rpartition("|")
        row = decode(BlockArticle, value) if value is not None else None
        block, parted = self._block(name), self._parted.setdefault(name, {})
        if row is None:
            parted.pop(row_id.removeprefix(_PARTED), None)
            _forget(block, row_id)
            return
        if row.counted:
            block.restore(row.counted)
        elif row.parted:
            parted[row.parted.claim_id] = row.parted.split_from
        elif row.archived:
            block.shelve(row.archived)
        else:
            # Rows of an earlier version of the program hold every version whole.
            block.place(msgspec.structs.replace(row, versions=tuple(slim(row.versions))))

    def step(self, record: Record) -> list[Outgoing]:
        """Return the state and the claims that these reports change or are in (repeated, too: so a torn write heals)."""
        said = decode(BlockReports, record.value)
        block = self._block(said.block)
        self._known(said.block)
        old = block.articles.get(said.article_id)
        entry = with_version(old, said)
        change = block.put(entry)
        state = _state(said, block, change, is_known=old is not None)
        self._waiting.setdefault(said.block, []).append(_Came(said, entry, change.archived))
        if self._put_off_from is not None and len(block.articles) > self._put_off_from:
            return state
        return [*state, *self._tell(said.block)]

    def settle(self) -> list[Outgoing]:
        """Return what blocks have to tell that put it off to the end of a batch."""
        return [out for name in list(self._waiting) for out in self._tell(name)]

    def _tell(self, name: str) -> list[Outgoing]:
        """Return the claims of a block that what came since they were last told changed or is in."""
        block, before, came = self._block(name), self._known(name), self._waiting.pop(name)
        claims = block.claims()
        after = self._told[name] = before.followed_by(claims, block.members)
        homes = {block.stands_for(one.said.article_id) for one in came}
        judgements = {one.said.judgement for one in came if one.said.judgement}
        told = [
            _caused(_split(c, after), came)
            for c in claims.values()
            if before.claims.get(c.claim_id) != c
            or before.split_from.get(c.claim_id) != after.split_from.get(c.claim_id)
            or not homes.isdisjoint(c.article_ids)
            or not judgements.isdisjoint(c.judgements)
        ]
        archived = {row.claim.claim_id: (told_of(row), one) for one in came for row in one.archived if row.claim}
        told += [_caused(_split(c, before), [one]) for i, (c, one) in archived.items() if before.claims.get(i) != c]
        gone = [_split(c, before) for c in before.gone(after)]
        return [*_parted_rows(name, before, after), *(_telling(c, block.version) for c in (*told, *gone))]

    def claims(self) -> list[Claim]:
        """Return all claims of this partition, by id: a function of the set of reports, so without `split_from`."""
        found = [_of_version(c, block.version) for block in self._blocks.values() for c in _all(block)]
        return sorted(found, key=lambda c: c.claim_id)

    def _block(self, name: str) -> Block:
        if name not in self._blocks:
            self._blocks[name] = self._make(name)
        return self._blocks[name]

    def _known(self, name: str) -> Known:
        if name not in self._told:
            block = self._block(name)
            self._told[name] = Known(block.claims(), block.members, self._parted.pop(name, {}))
        return self._told[name]


def _forget(block: Block, row: str) -> None:
    """Take out of a block what a row of its state held, by the row's name: the count of a pile, or an article."""
    if row.startswith(_COUNT):
        pile, _, part = row.removeprefix(_COUNT).rpartition(".")
        block.forget(pile, int(part))
    else:
        block.remove(row)


def _count_row(counted: Counted) -> str:
    return f"{_COUNT}{counted.pile}.{counted.part}"


def _all(block: Block) -> Iterator[Claim]:
    yield from block.claims().values()
    yield from block.archive.claims()


def _state(said: BlockReports, held: Block, change: Change, *, is_known: bool) -> list[Outgoing]:
    """Return the rows of state that change: this article's, those of articles let go, counts, and stubs."""
    own, block = said.article_id, said.block
    rows: dict[str, BlockArticle | None] = {own: None, **dict.fromkeys(change.dropped)}
    rows[own] = held.articles.get(own)
    rows |= dict.fromkeys(map(_count_row, change.uncounted))
    rows |= {_count_row(c): BlockArticle(block=block, versions=(), counted=c) for c in change.counted}
    rows |= {f"{_STUB}{_named(row)}": BlockArticle(block=block, versions=(), archived=row) for row in change.archived}
    if rows[own] is None and not is_known:
        del rows[own]
    return [
        Outgoing("tracker-state", f"{block}|{name}", encode(row) if row else None, partition_key=block)
        for name, row in rows.items()
    ]


def _named(row: Archived) -> str:
    return row.claim.claim_id if row.claim else ""


def _parted_rows(block: str, before: Known, after: Known) -> list[Outgoing]:
    """Return the rows of state of the claims whose `split_from` changed."""
    changed = [i for i in {**before.split_from, **after.split_from} if before.split_from.get(i) != after.split_from.get(i)]
    parts = {i: Parted(claim_id=i, split_from=after.split_from[i]) if i in after.split_from else None for i in changed}
    rows = {i: BlockArticle(block=block, versions=(), parted=part) if part else None for i, part in parts.items()}
    return [
        Outgoing("tracker-state", f"{block}|{_PARTED}{i}", encode(row) if row else None, partition_key=block)
        for i, row in rows.items()
    ]


def _split(claim: Claim, known: Known) -> Claim:
    found = known.split_from.get(claim.claim_id)
    return msgspec.structs.replace(claim, split_from=found) if found else claim


def _telling(claim: Claim, version: int) -> Outgoing:
    return Outgoing("claims", claim.claim_id, encode(_of_version(claim, version)), partition_key=claim.block)


def _of_version(claim: Claim, version: int) -> Claim:
    return msgspec.structs.replace(claim, version=version)


def _caused(claim: Claim, came: Sequence[_Came]) -> Claim:
    """Return a claim with the messages that made this update: those of its own articles, else all."""
    own = [one for one in came if one.said.article_id in claim.article_ids]
    causes = [_cause(claim, one.said, one.entry) for one in (own or came)[-MAX_CAUSES:] if not one.said.judgement]
    return msgspec.structs.replace(claim, cause=tuple(causes))


def _cause(claim: Claim, said: BlockReports, entry: BlockArticle) -> ClaimCause:
    return ClaimCause(
        **provenance(said, ClaimCause),
        evidence=_sentence(claim, entry),
    )


def _sentence(claim: Claim, entry: BlockArticle) -> Evidence | None:
    """Return the sentence of this article that the claim rests on, or the one that it took back."""
    for version in sorted(entry.versions, key=lambda v: v.version, reverse=True):
        counted = [r for r in version.reports if counts(r)]
        if counted and version.article_id in claim.article_ids:
            return evidence(version, next((r for r in counted if r.event == claim.event), counted[0]))
    return None
