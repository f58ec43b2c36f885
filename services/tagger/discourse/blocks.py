"""Claim blocks: where reports that may be of one event meet, as a pure function of one report."""

from collections.abc import Mapping, Sequence

from services.messages import Mention


def claim_block(family: str, roles: Mapping[str, Sequence[Mention]]) -> str:
    """Return `family:principal`: the first of patient person, patient group, agent (not for violence), place, else `?`."""
    return f"{family}:{principal(family, roles) or '?'}"


def principal(family: str, roles: Mapping[str, Sequence[Mention]]) -> str:
    """Return the actor id or name key of the principal, "" for none; nameless people ("four men") are no principal."""
    patients = [m for m in roles.get("patient", ()) if is_named(m)]
    candidates = [m for m in patients if m.type == "person"] + [m for m in patients if m.type != "person"]
    if family != "violence":
        candidates += [m for m in roles.get("agent", ()) if is_named(m)]
    candidates += [m for m in roles.get("place", ()) if is_named(m)]
    return next((m.actor_id or m.key for m in candidates if m.actor_id or m.key), "")


def is_named(mention: Mention) -> bool:
    """Tell whether a mention is of somebody in particular, not of "four men"."""
    return mention.actor_id is not None or mention.is_name or mention.form == "pronoun"
