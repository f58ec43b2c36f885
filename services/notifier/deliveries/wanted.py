"""Which revisions of an alert a destination is still to be told."""

from collections.abc import Collection
from datetime import datetime, timedelta

from services.messages import ChangeKind, DeliveryState, Revision

OLD_AFTER = timedelta(days=7)
"""News time after which a revision is told to nobody any more: it is no news.

Longer than all tries of a delivery together (75.7 hours).
"""

OLD_CORRECTION_AFTER = timedelta(days=30)
"""The same for a correction of something that the recipient may have seen.

A claim closes 30 days after its last report; a wrong alert that stands costs more than a late word.
"""

Kinds = Collection[ChangeKind]
"""The kinds of change that a recipient wants."""


def pending(state: DeliveryState, kinds: Kinds, now: datetime) -> tuple[Revision, ...]:
    """Return the revisions beyond `settled` that the destination is to be told, the oldest first.

    A correction follows everything that the recipient may have seen, whether or not it wants
    corrections. `now` is news time.
    """
    found: list[Revision] = []
    for revision in unsettled(state):
        may_have_seen = bool(found) or state.shown > 0 or state.tried
        is_correction = revision.corrects and may_have_seen
        bound = OLD_CORRECTION_AFTER if is_correction else OLD_AFTER
        if (is_correction or revision.kind in kinds) and _is_fresh(revision, state, now, bound):
            found.append(revision)
    return tuple(found)


def too_old(state: DeliveryState, kinds: Kinds, now: datetime) -> tuple[Revision, ...]:
    """Return the revisions that the destination would have got, but for their age."""
    due = {revision.number for revision in pending(state, kinds, now)}
    return tuple(r for r in unsettled(state) if r.kind in kinds and r.number not in due)


def came_and_went(state: DeliveryState, kinds: Kinds, last: Revision) -> bool:
    """Return True if the alert was taken back (`last`) before anything could be seen of it.

    Who wants nothing but retractions gets it nevertheless.
    """
    if state.alert is None or state.shown or state.tried or "first" not in kinds:
        return False
    is_back = last.kind == "retracted" and last.about == ""
    others = (also.told for also in state.alert.also)
    return is_back and all(told is None or told.status == "retracted" for told in others)


def unsettled(state: DeliveryState) -> tuple[Revision, ...]:
    """Return the revisions beyond `settled`, wanted or not, the oldest first."""
    if state.alert is None:
        return ()
    least = max(state.settled, state.since)
    return tuple(r for r in state.alert.revisions if r.number > least)


def fresh_until(state: DeliveryState) -> datetime | None:
    """Return until when something unsettled is news (news time); None if nothing has a time."""
    times = (r.at for r in unsettled(state) if r.at is not None)
    return max((max(at, state.fresh_from or at) + OLD_AFTER for at in times), default=None)


def _is_fresh(revision: Revision, state: DeliveryState, now: datetime, bound: timedelta) -> bool:
    """Return True if a revision is not too old. What waited by order counts from the end of it."""
    if revision.at is None:
        return True
    return now - max(revision.at, state.fresh_from or revision.at) <= bound
