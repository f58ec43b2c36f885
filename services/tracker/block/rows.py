"""The rows of a block's state in `tracker-state`: one an article, count, stub, or moved claim.

A key is `block|id`. The id is that of the article, or begins with the mark of another kind of row.
"""

from collections.abc import Iterable

from services.messages import (
    Archived,
    BlockArticle,
    BlockReports,
    Counted,
    Parted,
    Party,
    encode,
)
from services.ports import Outgoing
from services.tracker.block.block import Block, Change
from services.tracker.block.moves import Known
from services.tracker.reports.families import family_of

PARTED = "^"
"""Mark of rows with `split_from` of a claim."""

PARTY = "@"
"""Mark of rows with a claim as it meets those of other blocks."""

_COUNT, _STUB = "~", "!"
"""Marks of rows with the count of a part of a pile, and with a stub."""


def change_rows(
    said: BlockReports, held: Block, change: Change, *, is_known: bool
) -> list[Outgoing]:
    """Return the rows that a message changes: articles, counts, and stubs.

    `is_known`: the block had a row of the message's article before.
    """
    own, block = said.article_id, said.block
    rows: dict[str, BlockArticle | None] = {own: None, **_changed(block, change)}
    rows[own] = held.articles.get(own)
    if rows[own] is None and not is_known:
        del rows[own]
    return [_row(block, row_id, row) for row_id, row in rows.items()]


def archive_rows(block: str, change: Change) -> list[Outgoing]:
    """Return the rows of a block whose old claims gave way to stubs, without a message."""
    return [_row(block, row_id, row) for row_id, row in _changed(block, change).items()]


def _changed(block: str, change: Change) -> dict[str, BlockArticle | None]:
    rows: dict[str, BlockArticle | None] = dict.fromkeys(change.dropped)
    for counted in change.uncounted:
        rows[_count_id(counted)] = None
    for counted in change.counted:
        rows[_count_id(counted)] = BlockArticle(block=block, versions=(), counted=counted)
    for stub in change.archived:
        rows[_stub_id(stub)] = BlockArticle(block=block, versions=(), archived=stub)
    return rows


def parted_rows(block: str, before: Known, after: Known) -> list[Outgoing]:
    """Return the rows of the claims whose `split_from` changed."""
    rows: list[Outgoing] = []
    for claim_id in {**before.split_from, **after.split_from}:
        now = after.split_from.get(claim_id)
        if before.split_from.get(claim_id) != now:
            part = Parted(claim_id=claim_id, split_from=now) if now else None
            row = BlockArticle(block=block, versions=(), parted=part) if part else None
            rows.append(_row(block, f"{PARTED}{claim_id}", row))
    return rows


def party_rows(before: Iterable[Party], after: Iterable[Party]) -> list[Outgoing]:
    """Return the rows of parties that came, changed, or went."""
    rows: dict[str, Outgoing] = {}
    for gone in before:
        rows[gone.claim_id] = _row(gone.block, f"{PARTY}{gone.claim_id}", None)
    for party in after:
        row = BlockArticle(block=party.block, versions=(), party=party)
        rows[party.claim_id] = _row(party.block, f"{PARTY}{party.claim_id}", row)
    return list(rows.values())


def _row(block: str, row_id: str, row: BlockArticle | None) -> Outgoing:
    value = encode(row) if row else None
    return Outgoing("tracker-state", f"{block}|{row_id}", value, partition_key=family_of(block))


def _count_id(counted: Counted) -> str:
    return f"{_COUNT}{counted.pile}.{counted.part}"


def _stub_id(stub: Archived) -> str:
    return f"{_STUB}{stub.claim.claim_id if stub.claim else ''}"
