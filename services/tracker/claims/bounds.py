"""The largest claim that fits a message. Of what a larger claim lists, the middle is left out."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from services.messages import Claim, OriginGroup, Slot
from services.messages.limits import (
    ARTICLE_IDS_BYTES,
    CLAIM_BYTES,
    HISTORY_BYTES,
    ORIGINS_BYTES,
    SLOTS_BYTES,
    ends_within,
)

T = TypeVar("T")


def bounded_claim(claim: Claim) -> Claim:
    """Return a claim of at most `CLAIM_BYTES`; its field `cut` says what is left out.

    The result depends on the claim alone. A claim that fits is returned as it is.
    """
    if len(msgspec.json.encode(claim)) <= CLAIM_BYTES:
        return claim
    notes: list[str] = []
    a_group = ORIGINS_BYTES // 2 // max(1, len(claim.origins))
    origins = [_bounded_group(group, a_group) for group in claim.origins]
    return msgspec.structs.replace(
        claim,
        slots=_bounded_slots(claim.slots, notes),
        origins=_kept("origins", origins, ORIGINS_BYTES, notes),
        history=_kept("history", claim.history, HISTORY_BYTES, notes),
        article_ids=_kept("article_ids", claim.article_ids, ARTICLE_IDS_BYTES, notes),
        incident_ids=_kept("incident_ids", claim.incident_ids, ARTICLE_IDS_BYTES, notes),
        cut="; ".join(notes) or None,
    )


def _bounded_slots(slots: Mapping[str, Slot], notes: list[str]) -> dict[str, Slot]:
    a_slot = SLOTS_BYTES // max(1, len(slots))
    bounded: dict[str, Slot] = {}
    for name, slot in slots.items():
        answers = _kept(f"slots.{name}", slot.answers, a_slot, notes)
        if answers:
            bounded[name] = Slot(answers=answers, disputed=slot.disputed)
    return bounded


def _kept(name: str, items: Sequence[T], most_bytes: int, notes: list[str]) -> tuple[T, ...]:
    """Return the first and last items within a size; note how many are left out."""
    kept = ends_within(items, most_bytes)
    if len(kept) < len(items):
        notes.append(f"{name}: {len(items) - len(kept):,} of {len(items):,}")
    return tuple(kept)


def _bounded_group(group: OriginGroup, most_bytes: int) -> OriginGroup:
    """Return a group that lists as many of its articles as fit. Its `n` still counts all."""
    return msgspec.structs.replace(group, members=tuple(ends_within(group.members, most_bytes)))
