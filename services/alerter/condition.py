"""A watch's condition on claims: whether a claim meets it, and if not, why."""

from collections.abc import Iterator, Sequence

from services.messages import LEVELS, Claim, ClaimCondition, Level, SlotAnswer
from services.messages.watch import DEFAULT_CONFIDENCE
from services.query.claims import answers_to, events_of, is_shown, keys_of, names_of, toll
from services.text.happening import befell


def holds(condition: ClaimCondition, claim: Claim) -> bool:
    """True if a claim has what the condition asks for, and at least its lower bounds."""
    return next(unmet(condition, claim), None) is None


def unmet(condition: ClaimCondition, claim: Claim) -> Iterator[str]:
    """Yield each part of the condition that a claim does not meet, in words."""
    if condition.event and events_of(claim).isdisjoint(condition.event):
        yield f"its event is {claim.event}, not {_any(condition.event)}"
    yield from _unmet_names(condition, claim)
    if condition.status and not _has_level(claim, condition.status):
        yield f"its level is {claim.level or 'none'}, not yet {condition.status}"
    if claim.n_independent < condition.independent:
        yield f"it has {claim.n_independent} independent voices, not {condition.independent}"
    if (killed := toll(claim, "killed")) < condition.killed:
        yield f"it has {killed} dead, not {condition.killed}"
    if claim.confidence is not None and claim.confidence < _bar(condition, claim):
        yield f"its confidence is {claim.confidence:.2f}, not {condition.confidence:.2f}"


def _bar(condition: ClaimCondition, claim: Claim) -> float:
    """Return the lowest confidence that a claim may have.

    A confirmation with its sentence passes the default bar: the affected side or an authority says
    it plainly, and a reader sees the words. A watch that asks for more has its way.
    """
    is_default = condition.confidence <= DEFAULT_CONFIDENCE
    return 0.0 if is_shown(claim) and is_default else condition.confidence


def _unmet_names(condition: ClaimCondition, claim: Claim) -> Iterator[str]:
    asked = (
        ("is about", condition.actor, "actor"),
        ("befell", condition.patient, "patient"),
        ("was done by", condition.agent, "agent"),
        ("was in", condition.place, "place"),
    )
    for verb, names, role in asked:
        if names:
            answers = answers_to(claim, role)
            if role == "patient" and condition.event:
                answers = [a for a in answers if _befell_any(condition.event, a)]
            if keys_of(names).isdisjoint(key for answer in answers for key in names_of(answer)):
                known = ", ".join(sorted({answer.label for answer in answers}))
                yield f"it {verb} {known or 'nobody known'}, not {_any(names)}"


def _befell_any(events: Sequence[str], answer: SlotAnswer) -> bool:
    """True if one of the events may be said of a patient."""
    return any(befell(event, answer.events) for event in events)


def _has_level(claim: Claim, least: Level) -> bool:
    return claim.level is not None and LEVELS.index(claim.level) >= LEVELS.index(least)


def _any(names: Sequence[str]) -> str:
    return " or ".join(names)
