"""The relation of a speaker to an event: victim's side, kin, authority, armed body, or party."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.messages import AFFIRMING_STANCES, Answer, ClaimReport, Speaker
from services.tracker.reports.words import Words, lists, words


@dataclass(frozen=True)
class Parties:
    """Both sides of an event: keys of actors and their bodies, and the words of their labels."""

    agents: frozenset[str]
    agent_words: frozenset[str]
    affected: frozenset[str]
    affected_words: frozenset[str]


def parties(reports: Iterable[ClaimReport]) -> Parties:
    """Return the agents and patients of the reports. A side that has lost a man is no agent."""
    reports = list(reports)
    patients = [a for r in reports for a in r.patient]
    agents = [a for r in reports for a in r.agent]
    own = {body for patient in patients for body in patient.affiliation}
    acting = frozenset(_keys(agents) - own)
    return Parties(acting, _words_of(agents), frozenset(_keys(patients) - acting), _words_of(patients))


def confirms(report: ClaimReport, sides: Parties) -> bool:
    """True if the affected side, its kin, or an uninvolved authority says so without a hedge."""
    if report.stance not in AFFIRMING_STANCES or {"hedge", "unverified"} & set(report.cues):
        return False
    return any(_can_confirm(speaker, report, sides) for speaker in report.speakers)


def claims(report: ClaimReport) -> bool:
    """True if a named party says so."""
    return report.stance in ("claimed", "confirmed")


def keys(speaker: Speaker) -> set[str]:
    """Return the keys of the speaker and of the bodies that it speaks for."""
    return {key for key in (speaker.key, *speaker.affiliation) if key}


def is_side_of(speaker: Speaker, answers: Iterable[Answer]) -> bool:
    """True if a speaker is one of these actors, or speaks for one: by key, or by a short name."""
    answers = list(answers)
    name = words(speaker.label).single - {"the"}
    return bool(keys(speaker) & _keys(answers)) or any(name and name <= words(a.label).single for a in answers)


def _can_confirm(speaker: Speaker, report: ClaimReport, sides: Parties) -> bool:
    if speaker.kind in ("unnamed", "media", "agency", "witness"):
        return False
    if keys(speaker) & sides.affected and speaker.key not in sides.agents:
        return True
    known, said = lists(), words(speaker.words or speaker.label)
    bodies = said.of(known.authorities | known.armed)
    if keys(speaker) & sides.agents or bodies & sides.agent_words or _is_nameless(speaker):
        return False
    if said.of(known.kin) or _speaks_for_own_man(speaker, said, report):
        return True
    if said.of(known.authority_phrases):
        return True
    if said.of(known.armed) and "police" not in said.single:
        return bool(sides.affected_words & known.serving)
    return bool(bodies) or (speaker.kind == "official" and speaker.key is not None)


def _speaks_for_own_man(speaker: Speaker, said: Words, report: ClaimReport) -> bool:
    """True if "the group" speaks, and the victim belongs to one."""
    return speaker.key is None and bool(said.of(lists().own_side)) and any(a.affiliation for a in report.patient)


def _is_nameless(speaker: Speaker) -> bool:
    """True if a speaker is not identified ("two officials", "a relative")."""
    if speaker.key is not None:
        return False
    first, *rest = words(speaker.label).running.split() or [""]
    return (bool(rest) and (first in lists().some or first.isdigit())) or (not rest and first in lists().nameless)


def _keys(answers: Iterable[Answer]) -> set[str]:
    return {key for answer in answers for key in (answer.key, *answer.affiliation)}


def _words_of(answers: Iterable[Answer]) -> frozenset[str]:
    return frozenset(word for answer in answers for word in words(answer.label).single)
