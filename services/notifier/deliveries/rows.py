"""The row of a destination of an alert after each outcome."""

from datetime import datetime

from msgspec.structs import replace

from services.messages import DeliveryOutcome, DeliveryState, Revision
from services.notifier.deliveries.schedule import LONGEST, asked_pause, next_try
from services.notifier.deliveries.steps import Effect, Now
from services.notifier.deliveries.wanted import Kinds, pending, unsettled
from services.notifier.targets.target import Later


def stub(key: str) -> DeliveryState | None:
    """Return a row in place of one that can't be read; None for a key of another kind of row.

    Its recipient may have seen anything, so it is told what comes next, corrections too.
    """
    alert_id, _, to = key.partition("|")
    if not to or alert_id == "destination":
        return None
    return DeliveryState(alert_id=alert_id, watch_id="", to=to, tried=True, outcome="settled")


def done(
    state: DeliveryState, effect: Effect, handle: str, kinds: Kinds, now: Now
) -> DeliveryState:
    """Return a row after an effect that its service took.

    `state` is the row as it is by now: the alert in it may be newer than that of the effect.
    """
    number = effect.revision.number
    is_noted = effect.verb != "edit" or not effect.is_silent
    after = replace(
        rested(state),
        shown=max(state.shown, number),
        settled=max(state.settled, effect.settles),
        noted=max(state.noted, number) if is_noted else state.noted,
        handle="" if effect.in_digest else handle or state.handle,
        tried=True,
        earlier_attempts=0,
        sent_at=state.sent_at if effect.is_silent else now.news,
        digest_at=now.news if effect.in_digest else state.digest_at,
        given_up_after=None,
        asked_until=None,
    )
    return after if pending(after, kinds, now.news) else closed(after, "settled")


def closed(state: DeliveryState, outcome: DeliveryOutcome, reason: str = "") -> DeliveryState:
    """Return the row with everything settled."""
    numbers = (r.number for r in state.alert.revisions) if state.alert is not None else ()
    settled = max((state.settled, *numbers))
    return replace(
        rested(state),
        settled=settled,
        given_up_after=None,
        outcome=outcome,
        reason=reason,
        asked_until=None,
        alert=None,
    )


def left(state: DeliveryState, reason: str) -> DeliveryState:
    """Return the row of a channel that an alert has no more. What was not told stays unsettled:
    if the channel comes back, it is told there."""
    untold = reopened(state).settled
    return replace(closed(state, "settled", reason), settled=untold)


def failed(
    state: DeliveryState, answer: Later, kinds: Kinds, now: Now, chance: float
) -> DeliveryState:
    """Return the row after an effect that may pass later: it waits, or is given up.

    A receiver that asks for less (`is_busy`) and names a time uses up no try, for as long as all
    tries take together. So a message is tried a bounded number of times.
    """
    began_at = state.began_at or now.machine
    is_asked = answer.is_busy and answer.wait_seconds is not None
    is_free = is_asked and now.machine - began_at <= LONGEST
    attempts = state.attempts + (0 if is_free else 1)
    due_at = next_try(attempts, now.machine, chance, answer.wait_seconds)
    tried = asking(replace(state, attempts=attempts, began_at=began_at), answer, now)
    if due_at is None:
        return given_up(tried, answer.reason, kinds, now)
    return replace(tried, outcome="waiting", due_at=due_at)


def asking(state: DeliveryState, answer: Later, now: Now) -> DeliveryState:
    """Return the row with what its destination answered, and the pause that it asked for.

    The pause outlives the series: it is the destination's, and a restart has it from here alone.
    """
    if answer.wait_seconds is None:
        return replace(state, reason=answer.reason)
    until = now.machine + asked_pause(answer.wait_seconds)
    return replace(state, reason=answer.reason, asked_until=until)


def given_up(state: DeliveryState, reason: str, kinds: Kinds, now: Now) -> DeliveryState:
    """Return the row of a delivery that is not tried any more. It keeps its alert."""
    return _ended(state, pending(state, kinds, now.news), reason, now)


def broken(state: DeliveryState, reason: str, now: Now) -> DeliveryState:
    """Return the row of a delivery that a fault of ours ended, whatever its recipient wants."""
    return _ended(state, unsettled(state), reason, now)


def _ended(
    state: DeliveryState, missed: tuple[Revision, ...], reason: str, now: Now
) -> DeliveryState:
    return replace(
        rested(state),
        settled=missed[-1].number if missed else state.settled,
        outcome="given-up",
        reason=reason,
        earlier_attempts=state.earlier_attempts + max(state.attempts, 1),
        ended_at=now.news,
        given_up_after=state.settled,
    )


def reopened(state: DeliveryState, asked_at: datetime | None = None) -> DeliveryState:
    """Return a row that was given up, to be tried again. What is asked for counts as fresh."""
    if state.given_up_after is None:
        return state
    before = state.given_up_after
    return replace(rested(state), settled=before, given_up_after=None, fresh_from=asked_at)


def lost(state: DeliveryState) -> DeliveryState:
    """Return the row of a message that is not there any more: a new one is posted."""
    return replace(state, handle="", shown=0, noted=0)


def begun_anew(state: DeliveryState) -> DeliveryState:
    """Return the row with a new series of tries, due at once; what waits by order still waits."""
    tries = state.earlier_attempts + state.attempts
    held, fresh_from = state.held, state.fresh_from
    return replace(rested(state), earlier_attempts=tries, held=held, fresh_from=fresh_from)


def rested(state: DeliveryState) -> DeliveryState:
    """Return the row without the present series of tries."""
    return replace(
        state,
        outcome="waiting",
        reason="",
        attempts=0,
        began_at=None,
        due_at=None,
        held=False,
        fresh_from=None,
    )
