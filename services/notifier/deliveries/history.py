"""The history of deliveries: one record a revision and destination, once its outcome is known."""

from collections.abc import Iterable
from typing import Literal

from services.messages import Delivery, DeliveryState, Revision
from services.notifier.deliveries.steps import Now, delivery_id
from services.notifier.deliveries.wanted import Kinds, pending

LONGEST_DETAIL = 300
"""Characters of a detail that are kept."""


def told(before: DeliveryState, after: DeliveryState, kinds: Kinds, now: Now) -> list[Delivery]:
    """Return the records of what an effect settled. What it tells includes what is before it."""
    settled = [r for r in pending(before, kinds, now.news) if r.number <= after.settled]
    if not settled:
        return []
    *earlier, last = settled
    why = f"told with revision {last.number}"
    return [
        *skipped(before, earlier, why, now),
        _record(before, last, now, "delivered", tries=_tries(before) + 1),
    ]


def failed(
    state: DeliveryState,
    revisions: Iterable[Revision],
    reason: str,
    now: Now,
    tries: int = 0,
) -> list[Delivery]:
    """Return the records of what was given up after so many tries."""
    return [_record(state, r, now, "failed", reason, tries=tries) for r in revisions]


def skipped(
    state: DeliveryState, revisions: Iterable[Revision], reason: str, now: Now
) -> list[Delivery]:
    """Return the records of what is not told, for a reason."""
    tries = _tries(state)
    return [_record(state, r, now, "skipped", reason, tries=tries) for r in revisions]


def _tries(state: DeliveryState) -> int:
    """Return all tries of what is not settled."""
    return state.earlier_attempts + state.attempts


def _record(
    state: DeliveryState,
    revision: Revision,
    now: Now,
    outcome: Literal["delivered", "failed", "skipped"],
    detail: str = "",
    *,
    tries: int = 0,
) -> Delivery:
    is_prompt = outcome == "delivered" and tries == 1 and not state.held
    return Delivery(
        delivery_id=delivery_id(revision.id, state.to),
        alert_id=state.alert_id,
        revision_id=revision.id,
        watch_id=state.watch_id,
        channel=state.to,
        kind=revision.kind,
        attempt=tries,
        outcome=outcome,
        detail=detail[:LONGEST_DETAIL],
        at=now.news,
        seen_at=revision.stamps.first_seen_at if is_prompt else None,
        article_id=revision.evidence[-1].article_id if revision.evidence else "",
    )
