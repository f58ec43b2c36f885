"""A watch's condition on claims: whether a claim meets it, and why not."""

from collections.abc import Iterator
from functools import lru_cache

from services.messages import LEVELS, Claim, ClaimCondition
from services.text.names import name_key


def holds(condition: ClaimCondition, claim: Claim) -> bool:
    """True if a claim has the event and actor, and at least the level and independent origins."""
    return next(unmet(condition, claim), None) is None


def unmet(condition: ClaimCondition, claim: Claim) -> Iterator[str]:
    """Yield each part of the condition that a claim does not meet, in words."""
    if condition.event and claim.event not in condition.event:
        yield f"its event is {claim.event}, not {' or '.join(condition.event)}"
    if condition.actor:
        actors = {a.key for name in ("patient", "agent") if name in claim.slots for a in claim.slots[name].answers}
        if not actors & _keys(condition.actor):
            yield f"it is about {', '.join(sorted(actors)) or 'nobody known'}, not {' or '.join(condition.actor)}"
    if condition.status and (claim.level is None or LEVELS.index(claim.level) < LEVELS.index(condition.status)):
        yield f"its level is {claim.level or 'none'}, not yet {condition.status}"
    if claim.n_independent < condition.independent:
        yield f"it has {claim.n_independent} independent voices, not {condition.independent}"


@lru_cache(maxsize=100_000)
def _keys(actors: tuple[str, ...]) -> frozenset[str]:
    """Return the ids, and the name keys that they would have in no dictionary ("jana-wirth").

    Cached: every claim update asks every watch, and a name key is slow to make.
    """
    return frozenset(actors) | {name_key(actor.replace("-", " ")) for actor in actors}
