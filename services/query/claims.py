"""What a claim can be asked for by: its events, its names, and its numbers.

The condition of a watch, the index, and a search read claims by these, so all find the same.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from services.messages import Claim, SlotAnswer
from services.text.names import name_key

ROLES: dict[str, tuple[str, ...]] = {
    "actor": ("patient", "target", "agent"),
    "patient": ("patient", "target"),
    "agent": ("agent",),
    "place": ("place",),
}
"""Names of a condition to the slots whose answers they may be."""

_COUNT = "count."
"""The beginning of the names of slots with numbers of people."""


def events_of(claim: Claim) -> set[str]:
    """Return the types of the claim's events, and those that it has a number of people of."""
    counted = (name.removeprefix(_COUNT) for name in claim.slots if name.startswith(_COUNT))
    return {claim.event, *claim.events, *(event for event in counted if toll(claim, event))}


def toll(claim: Claim, event: str) -> int:
    """Return the highest number of people that a report gives for an event; 0 if none gives one."""
    return max((answer.min or 0 for answer in _answers(claim, f"{_COUNT}{event}")), default=0)


def answers_to(claim: Claim, asked: str) -> list[SlotAnswer]:
    """Return the answers that a name of a condition may be; `asked` is a key of ROLES."""
    return [answer for role in ROLES[asked] for answer in _answers(claim, role)]


def names_of(answer: SlotAnswer) -> Iterator[str]:
    """Yield what an answer may be asked for by: its id or key, its label, and where it lies."""
    yield answer.key
    yield name_key(answer.label)
    yield from answer.within


@lru_cache(maxsize=100_000)
def keys_of(names: tuple[str, ...]) -> frozenset[str]:
    """Return the ids, and the keys of the same names as the tagger makes them ("jana-wirth").

    Cached, because each claim update reads this for each watch, and name keys are slow to make.
    """
    return (frozenset(names) | {name_key(name.replace("-", " ")) for name in names}) - {""}


def is_shown(claim: Claim) -> bool:
    """True if a sentence that can be quoted confirms the claim."""
    return claim.status == "confirmed" and bool(claim.shown_by)


def claim_facets(claim: Claim) -> frozenset[str]:
    """Return `name:value` for every event, actor, patient, agent, and place of a claim."""
    named = {
        f"{asked}:{name}"
        for asked in ROLES
        for answer in answers_to(claim, asked)
        for name in names_of(answer)
        if name
    }
    return frozenset(named | {f"event:{event}" for event in events_of(claim)})


def _answers(claim: Claim, role: str) -> Sequence[SlotAnswer]:
    return claim.slots[role].answers if role in claim.slots else ()
