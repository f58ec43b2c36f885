"""A watch's condition on claims: whether a claim meets it, and if not, why."""

from collections.abc import Iterator
from functools import lru_cache

from services.messages import LEVELS, Claim, ClaimCondition, Level
from services.text.names import name_key


def holds(condition: ClaimCondition, claim: Claim) -> bool:
    """True if a claim has the event and actor, and at least the level and independent origins."""
    return next(unmet(condition, claim), None) is None


def unmet(condition: ClaimCondition, claim: Claim) -> Iterator[str]:
    """Yield each part of the condition that a claim does not meet, in words."""
    if condition.event and claim.event not in condition.event:
        yield f"its event is {claim.event}, not {' or '.join(condition.event)}"
    if condition.actor:
        actors = _actors(claim)
        if _keys(condition.actor).isdisjoint(actors):
            known = ", ".join(sorted(set(actors.values()))) or "nobody known"
            yield f"it is about {known}, not {' or '.join(condition.actor)}"
    if condition.status and not _has_level(claim, condition.status):
        yield f"its level is {claim.level or 'none'}, not yet {condition.status}"
    if claim.n_independent < condition.independent:
        yield f"it has {claim.n_independent} independent voices, not {condition.independent}"


def _actors(claim: Claim) -> dict[str, str]:
    """Return key to label of the claim's patients and agents."""
    actors: dict[str, str] = {}
    for name in ("patient", "agent"):
        if name in claim.slots:
            actors |= {answer.key: answer.label for answer in claim.slots[name].answers}
    return actors


def _has_level(claim: Claim, least: Level) -> bool:
    return claim.level is not None and LEVELS.index(claim.level) >= LEVELS.index(least)


@lru_cache(maxsize=100_000)
def _keys(actors: tuple[str, ...]) -> frozenset[str]:
    """Return the ids, and the keys of the same names outside of dictionaries ("jana-wirth").

    Cached, because each claim update reads this for each watch, and name keys are slow to make.
    """
    return frozenset(actors) | {name_key(actor.replace("-", " ")) for actor in actors}
