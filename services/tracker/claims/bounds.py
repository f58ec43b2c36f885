"""A claim that would be too large for a message: of what it lists the middle is left out, and it says so."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from services.messages import Claim, OriginGroup, Slot
from services.messages.limits import ARTICLE_IDS_BYTES, CLAIM_BYTES, HISTORY_BYTES, ORIGINS_BYTES, SLOTS_BYTES, ends_within

T = TypeVar("T")


def bounded_claim(claim: Claim) -> Claim:
    """Return a claim of at most `CLAIM_BYTES`, the claim itself where it is: a function of the claim alone."""
    if len(msgspec.json.encode(claim)) <= CLAIM_BYTES:
        return claim
    notes: list[str] = []
    a_slot = SLOTS_BYTES // max(1, len(claim.slots))
    slots = {
        name: Slot(answers=answers, disputed=slot.disputed)
        for name, slot in claim.slots.items()
        if (answers := _kept(f"slots.{name}", slot.answers, a_slot, notes))
    }
    a_group = ORIGINS_BYTES // 2 // max(1, len(claim.origins))
    origins = [_group(group, a_group) for group in claim.origins]
    return msgspec.structs.replace(
        claim,
        slots=slots,
        origins=_kept("origins", origins, ORIGINS_BYTES, notes),
        history=_kept("history", claim.history, HISTORY_BYTES, notes),
        article_ids=_kept("article_ids", claim.article_ids, ARTICLE_IDS_BYTES, notes),
        cut="; ".join(notes) or None,
    )


def _kept(name: str, items: Sequence[T], most_bytes: int, notes: list[str]) -> tuple[T, ...]:
    kept = ends_within(items, most_bytes)
    if len(kept) < len(items):
        notes.append(f"{name}: {len(items) - len(kept):,} of {len(items):,}")
    return tuple(kept)


def _group(group: OriginGroup, most_bytes: int) -> OriginGroup:
    """Return a group that names as many of its articles as fit; `n` is of all."""
    return msgspec.structs.replace(group, members=tuple(ends_within(group.members, most_bytes)))
