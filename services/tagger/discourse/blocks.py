"""Claim blocks: where reports that may be of one event meet, as a pure function of one report."""

from collections.abc import Mapping, Sequence
from itertools import chain

from services.messages import Mention
from services.tagger.discourse.arguments import identity


def claim_block(family: str, roles: Mapping[str, Sequence[Mention]]) -> str:
    """Return `family:principal`, with `?` for a report without a principal."""
    return f"{family}:{principal(family, roles) or '?'}"


def principal(family: str, roles: Mapping[str, Sequence[Mention]]) -> str:
    """Return the actor id or name key of the principal, "" for none.

    The first of patient person, patient group, agent (not for violence), and place. Nameless
    people ("four men") are no principal.
    """

    def named(role: str) -> list[Mention]:
        return list(filter(is_named, roles.get(role, ())))

    patients = sorted(named("patient"), key=lambda mention: mention.type != "person")
    agents = named("agent") if family != "violence" else []
    candidates = chain(patients, agents, named("place"))
    return next(filter(None, map(identity, candidates)), "")


def is_named(mention: Mention) -> bool:
    """True if a mention refers to somebody in particular ("Marta Olvin", "she"; not "four men")."""
    return mention.actor_id is not None or mention.is_name or mention.form == "pronoun"
