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
        return [mention for mention in roles.get(role, ()) if mention.is_particular]

    patients = sorted(named("patient"), key=lambda mention: mention.type != "person")
    agents = named("agent") if family != "violence" else []
    candidates = chain(patients, agents, named("place"))
    return next(filter(None, map(identity, candidates)), "")
