"""A watch's condition on claims: whether a claim meets it, and if not, why."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from services.messages import LEVELS, Claim, ClaimCondition, Level, SlotAnswer
from services.messages.watch import DEFAULT_CONFIDENCE
from services.text.names import name_key

_COUNT = "count."
"""The beginning of the names of slots with numbers of people."""


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
    is_shown = claim.status == "confirmed" and bool(claim.shown_by)
    return 0.0 if is_shown and condition.confidence <= DEFAULT_CONFIDENCE else condition.confidence


def events_of(claim: Claim) -> set[str]:
    """Return the types of the claim's events, and those that it has a number of people of."""
    counted = (name.removeprefix(_COUNT) for name in claim.slots if name.startswith(_COUNT))
    return {claim.event, *claim.events, *(event for event in counted if toll(claim, event))}


def toll(claim: Claim, event: str) -> int:
    """Return the highest number of people that a report gives for an event; 0 if none gives one."""
    return max((answer.min or 0 for answer in _answers(claim, f"{_COUNT}{event}")), default=0)


def _unmet_names(condition: ClaimCondition, claim: Claim) -> Iterator[str]:
    asked = (
        ("is about", condition.actor, ("patient", "target", "agent")),
        ("befell", condition.patient, ("patient", "target")),
        ("was done by", condition.agent, ("agent",)),
        ("was in", condition.place, ("place",)),
    )
    for verb, names, roles in asked:
        if names:
            answers = [answer for role in roles for answer in _answers(claim, role)]
            if _keys(names).isdisjoint(key for answer in answers for key in _names_of(answer)):
                known = ", ".join(sorted({answer.label for answer in answers}))
                yield f"it {verb} {known or 'nobody known'}, not {_any(names)}"


def _answers(claim: Claim, role: str) -> Sequence[SlotAnswer]:
    return claim.slots[role].answers if role in claim.slots else ()


def _names_of(answer: SlotAnswer) -> Iterator[str]:
    """Yield what an answer may be asked for by: its id or key, its label, and where it lies."""
    yield answer.key
    yield name_key(answer.label)
    yield from answer.within


def _has_level(claim: Claim, least: Level) -> bool:
    return claim.level is not None and LEVELS.index(claim.level) >= LEVELS.index(least)


def _any(names: Sequence[str]) -> str:
    return " or ".join(names)


@lru_cache(maxsize=100_000)
def _keys(names: tuple[str, ...]) -> frozenset[str]:
    """Return the ids, and the keys of the same names as the tagger makes them ("jana-wirth").

    Cached, because each claim update reads this for each watch, and name keys are slow to make.
    """
    return (frozenset(names) | {name_key(name.replace("-", " ")) for name in names}) - {""}
