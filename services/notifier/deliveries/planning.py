"""What is to be done for a row now: an effect, a wait by order, or nothing any more."""

from dataclasses import dataclass
from datetime import datetime

from services.messages import DeliveryOutcome, DeliveryState, Revision
from services.notifier.deliveries.steps import (
    Abilities,
    Effect,
    Now,
    is_in_digests,
    next_effect,
    unnoted,
)
from services.notifier.deliveries.wanted import came_and_went, pending, too_old
from services.notifier.policies.decide import Asked, Drop, Hold, Verdict, decide
from services.notifier.policies.orders import Orders
from services.notifier.policies.recipients import Recipient


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row delivers to. `last_digest`: when it last got a digest of the watch."""

    recipient: Recipient
    target: Abilities
    orders: Orders
    last_digest: datetime | None = None

    @property
    def in_digests(self) -> bool:
        """True if its messages are collected."""
        return is_in_digests(self.recipient, self.target)


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing goes before `until` (news time).

    `is_ordered`: by a rule or a reader; else there is no place for it now, and there may be again.
    """

    until: datetime
    reason: str
    is_ordered: bool = True


@dataclass(frozen=True, slots=True)
class Settle:
    """Nothing is to be done any more.

    - `skipped`: the revisions that are not told for a reason. `is_failure`: they can't be told.
    - `is_nowhere`: the channel has no place; the alert's present channels take over.
    """

    reason: str = ""
    outcome: DeliveryOutcome = "settled"
    skipped: tuple[Revision, ...] = ()
    is_failure: bool = False
    is_nowhere: bool = False


Plan = Effect | Wait | Settle


def plan(state: DeliveryState, place: Place, now: Now) -> Plan:
    """Return what is to be done for a row."""
    kinds = place.recipient.when
    wanted = pending(state, kinds, now.news)
    if not wanted:
        return Settle("it is too old", skipped=too_old(state, kinds, now.news))
    if came_and_went(state, kinds, wanted[-1]):
        return Settle("came and went while it waited", skipped=wanted)
    effect = next_effect(state, wanted, place.recipient, place.target)
    if effect.is_silent:
        verdict = _verdict(state, effect.revision, place, now, is_silent=True)
        return Settle(verdict.reason, skipped=wanted) if isinstance(verdict, Drop) else effect
    return _in_time(state, wanted, place, now)


def _in_time(state: DeliveryState, wanted: tuple[Revision, ...], place: Place, now: Now) -> Plan:
    """Return the effect that disturbs, if one of the wanted revisions may go; else why not."""
    asked = wanted if wanted[-1].number > state.shown else unnoted(state, wanted) or wanted
    verdicts = [(revision, _verdict(state, revision, place, now)) for revision in asked]
    going = tuple(revision for revision, verdict in verdicts if not isinstance(verdict, Drop))
    if not going:
        reasons = [verdict.reason for _, verdict in verdicts if isinstance(verdict, Drop)]
        return Settle(reasons[-1], skipped=wanted)
    # A later revision that may go now includes what the waiting ones say.
    holds = [verdict for _, verdict in verdicts if isinstance(verdict, Hold)]
    if len(holds) == len(going):
        first = min(holds, key=lambda hold: hold.until)
        return Wait(first.until, first.reason)
    return next_effect(state, going, place.recipient, place.target)


def _verdict(
    state: DeliveryState, revision: Revision, place: Place, now: Now, *, is_silent: bool = False
) -> Verdict:
    assert state.alert is not None
    asked = Asked(
        alert=state.alert,
        revision=revision,
        recipient=place.recipient,
        shown=state.shown,
        since=state.since,
        may_have_seen=state.tried,
        is_silent=is_silent,
        last_sent=state.sent_at,
        # What was in a digest that failed is still due, also if another part of it went out.
        last_digest=None if state.began_at else place.last_digest,
    )
    return decide(asked, place.orders, now.news)
