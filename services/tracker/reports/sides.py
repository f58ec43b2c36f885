"""The side that a report takes: the event happened, it did not happen, or neither."""

from collections.abc import Sequence
from typing import Literal

from services.messages import Answer, ClaimReport
from services.tracker.reports.speakers import actor_keys, is_side_of, speaker_keys
from services.tracker.reports.words import lists

Side = Literal["for", "against", "neither"]

_POSSESSIVES = ("its ", "their ", "his ", "her ", "our ")


def sides(reports: Sequence[ClaimReport]) -> list[Side]:
    """Return the side of each report of one claim, in order.

    An accused who denies the act denies a part in the event, not the event. A speaker who could
    not confirm the event takes no side. If no report would take a side, stance alone decides.
    """
    accused = _accused(reports)
    found = [_side(report, accused) for report in reports]
    if _are_only_acts(reports, found):
        found = [
            "neither" if is_outcome_denied(report) else side
            for report, side in zip(reports, found, strict=True)
        ]
    return found if {*found} - {"neither"} else list(map(_by_stance, reports))


def denies(report: ClaimReport, accused: Sequence[Answer]) -> bool:
    """True if a report denies an event of which these actors are accused, not a part in it."""
    return _side(report, accused) == "against"


def parts_denied(reports: Sequence[ClaimReport]) -> list[bool]:
    """Return of each report of one claim whether it denies a part in the event."""
    accused = _accused(reports)
    return [denies_its_part(report, accused) for report in reports]


def is_outcome_denied(report: ClaimReport) -> bool:
    """True if a report denies what came of an act ("she was unhurt"), and not the act."""
    return report.stance == "denied" and report.event not in lists().acts


def _are_only_acts(reports: Sequence[ClaimReport], found: Sequence[Side]) -> bool:
    """True if acts alone are affirmed: who denies a death then does not deny the attack."""
    said = [report.event for report, side in zip(reports, found, strict=True) if side == "for"]
    return bool(said) and lists().acts.issuperset(said)


def denies_its_part(report: ClaimReport, accused: Sequence[Answer]) -> bool:
    """True if a speaker denies a part in the event: as its agent, or accused of it by others.

    To deny a crime by its legal name ("denies murder") is to plead: somebody may be dead.
    """
    if report.stance != "denied" or not report.speakers:
        return False
    if _is_plea(report):
        return True
    if _speaks_for(report, report.agent) or _is_of_own_people(report):
        return True
    return _accuses(report) and _speaks_for(report, accused)


def _is_plea(report: ClaimReport) -> bool:
    start, end = (at - report.sentence[0] for at in report.trigger)
    return report.quote[start:end].casefold() in lists().crimes


def _speaks_for(report: ClaimReport, actors: Sequence[Answer]) -> bool:
    """True if a speaker of the report is one of the actors, or speaks for one."""
    return any(is_side_of(speaker, actors) for speaker in report.speakers)


def _accuses(report: ClaimReport) -> bool:
    """True if the report is about an act, or about no named person.

    The accused may deny the act alone. The death of a named person is denied as a whole.
    """
    if report.event in lists().acts:
        return True
    return not any(patient.named and patient.type == "person" for patient in report.patient)


def _accused(reports: Sequence[ClaimReport]) -> list[Answer]:
    """Return the agents that reports name, unless an agent is the speaker itself."""
    found: dict[tuple[str, str, tuple[str, ...]], Answer] = {}
    for report in reports:
        if report.stance != "denied" and not _speaker_is_agent(report):
            for agent in report.agent:
                found[agent.key, agent.label, agent.affiliation] = agent
    return list(found.values())


def _side(report: ClaimReport, accused: Sequence[Answer]) -> Side:
    if "unverified" in report.cues or denies_its_part(report, accused):
        return "neither"
    return _by_stance(report)


def _by_stance(report: ClaimReport) -> Side:
    return "against" if report.stance == "denied" else "for"


def _speaker_is_agent(report: ClaimReport) -> bool:
    acting = actor_keys(report.agent)
    return any(speaker_keys(speaker) & acting for speaker in report.speakers)


def _is_of_own_people(report: ClaimReport) -> bool:
    """True if the agent belongs to the speaker ("its soldiers")."""
    return any(agent.label.casefold().startswith(_POSSESSIVES) for agent in report.agent)
