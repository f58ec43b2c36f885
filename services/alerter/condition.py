"""A watch's condition on claims: whether a claim meets it."""

from functools import lru_cache

from services.messages import LEVELS, Claim, ClaimCondition, Level
from services.text.names import name_key


def holds(condition: ClaimCondition, claim: Claim) -> bool:
    """Tell whether a claim meets a condition: event and actor as given, level and independent origins at least so."""
    actors = {a.key for name in ("patient", "agent") if name in claim.slots for a in claim.slots[name].answers}
    return (
        (not condition.event or claim.event in condition.event)
        and (not condition.actor or bool(actors & _keys(condition.actor)))
        and _at_least(claim.level, condition.status)
        and claim.n_independent >= condition.independent
    )


@lru_cache(maxsize=100_000)
def _keys(actors: tuple[str, ...]) -> frozenset[str]:
    """Return actor ids, and the keys that their names have where no dictionary knows them ("jana-wirth" is "Jana Wirth").

    Kept: every claim update asks it of every watch, and a key takes work.
    """
    return frozenset(actors) | {name_key(actor.replace("-", " ")) for actor in actors}


def _at_least(level: Level | None, wanted: Level | None) -> bool:
    return wanted is None or (level is not None and LEVELS.index(level) >= LEVELS.index(wanted))
