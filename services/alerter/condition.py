"""A watch's condition on claims: whether a claim meets it, and what it lacks."""

from collections.abc import Iterator
from functools import lru_cache

from services.messages import LEVELS, Claim, ClaimCondition
from services.text.names import name_key


def holds(condition: ClaimCondition, claim: Claim) -> bool:
    """Tell whether a claim meets a condition: event and actor as given, level and independent origins at least so."""
    return next(unmet(condition, claim), None) is None


def unmet(condition: ClaimCondition, claim: Claim) -> Iterator[str]:
    """Yield what a claim lacks, in words."""
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
    """Return actor ids, and the keys that their names have where no dictionary knows them ("jana-wirth" is "Jana Wirth").

    Kept: every claim update asks it of every watch, and a key takes work.
    """
    return frozenset(actors) | {name_key(actor.replace("-", " ")) for actor in actors}
