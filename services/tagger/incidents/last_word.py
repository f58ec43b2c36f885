"""The last word of an article on an incident: what all its reports together make of it.

Each source has a commitment of its own (FactBank's nested sources, Saurí and Pustejovsky 2009):

    who is said to have done it denies it ─► only the agent is in doubt, and the event stands
    one party says so, another denies it ─► disputed
    a party takes its own word back, he lives and says so ─► denied
"""

from collections.abc import Mapping, Sequence

from services.messages import COUNTED_STANCES, IncidentStance, Mention, Report
from services.tagger.discourse.arguments import fillers, identity, known

_CERTAINTY: tuple[IncidentStance, ...] = ("confirmed", "claimed", "reported", "asserted")


def last_word(members: Sequence[Report], mentions: Mapping[str, Mention]) -> IncidentStance:
    """Return what an article says of an incident in the end; `members`: its reports in order."""
    said = [r for r in members if r.stance in COUNTED_STANCES]
    said = _without_denials_by_doers(said, mentions)
    stances = [r.stance for r in said]
    if not stances:
        return "asserted"
    if "denied" not in stances:
        return next(stance for stance in _CERTAINTY if stance in stances)
    if _are_two_sides(said, mentions):
        return "disputed"
    return "denied" if "denied" in (stances[-1], stances[0]) else "disputed"


def _without_denials_by_doers(
    said: Sequence[Report], mentions: Mapping[str, Mention]
) -> list[Report]:
    """Return the reports without denials of a deed by its doer, where others tell of the event."""
    doers = set(map(identity, fillers(said, "agent", mentions)))
    told_by_others = [
        r for r in said if r.stance != "denied" and not (_speakers(r, mentions) & doers)
    ]
    if not told_by_others:
        return list(said)
    return [r for r in said if r.stance != "denied" or not _speakers(r, mentions) & doers]


def _are_two_sides(said: Sequence[Report], mentions: Mapping[str, Mention]) -> bool:
    """True if one party says that it happened, and another, who did not undergo it, denies it."""
    victims = set(map(identity, fillers(said, "patient", mentions)))
    denying = {k for r in said if r.stance == "denied" for k in _speakers(r, mentions)} - victims
    saying = {
        k for r in said if r.stance in ("claimed", "confirmed") for k in _speakers(r, mentions)
    }
    return bool(denying) and bool(saying - denying)


def _speakers(report: Report, mentions: Mapping[str, Mention]) -> set[str]:
    ids = [said.mention for said in report.attribution if said.mention is not None]
    return set(map(identity, known(ids, mentions)))
