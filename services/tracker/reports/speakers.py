"""The relation of a speaker to an event: affected side, kin, authority, armed body, or party."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.messages import AFFIRMING_STANCES, Answer, ClaimReport, Speaker
from services.text.names import name_key
from services.tracker.reports.offices import kind_of
from services.tracker.reports.words import Words, lists, words


@dataclass(frozen=True)
class Parties:
    """Both sides of an event: keys of actors and of their bodies, and the words of their labels."""

    agents: frozenset[str]
    agent_words: frozenset[str]
    affected: frozenset[str]
    affected_words: frozenset[str]


def parties(reports: Iterable[ClaimReport]) -> Parties:
    """Return the agents and patients of the reports.

    A body that lost a member is no agent. Both sides of a fight are.
    """
    patients, agents, described = list[Answer](), list[Answer](), set[str]()
    for report in reports:
        patients += report.patient
        agents += report.agent
        if report.event in lists().mutual:
            agents += report.patient
        for patient in report.patient:
            described |= _kind(patient, report)
    own_bodies = frozenset[str]().union(*(patient.affiliation for patient in patients))
    acting = actor_keys(agents) - own_bodies
    affected = actor_keys(patients) - acting
    affected_words = _label_words(patients) | described
    return Parties(acting, _label_words(agents), affected, affected_words)


def _kind(patient: Answer, report: ClaimReport) -> frozenset[str]:
    """Return the nouns by which its sentence calls a victim a fighter, a soldier, or a member."""
    known, at = lists(), report.sentence[0]
    start, end = patient.span[0] - at, patient.span[1] - at
    if not 0 <= start < end <= len(report.quote):
        return frozenset()
    return kind_of(report.quote, (start, end), known.members | known.opponents | known.serving)


def confirms(report: ClaimReport, sides: Parties) -> bool:
    """True if the affected side, its kin, or an uninvolved authority says so without a hedge."""
    if report.stance not in AFFIRMING_STANCES or {"hedge", "unverified"} & set(report.cues):
        return False
    return any(_can_confirm(speaker, report, sides) for speaker in report.speakers)


def claims(report: ClaimReport) -> bool:
    """True if a named party says so."""
    return report.stance in ("claimed", "confirmed")


def speaker_keys(speaker: Speaker) -> set[str]:
    """Return the keys of a speaker and of the bodies that it speaks for."""
    return set(filter(None, (speaker.key, *speaker.affiliation)))


def actor_keys(answers: Iterable[Answer]) -> frozenset[str]:
    """Return the keys of actors and of the bodies that they belong to."""
    return frozenset[str]().union(*((answer.key, *answer.affiliation) for answer in answers))


def is_side_of(speaker: Speaker, answers: Iterable[Answer]) -> bool:
    """True if a speaker is one of these actors, or speaks for one: by key, or by a short name."""
    answers = list(answers)
    if speaker_keys(speaker) & actor_keys(answers):
        return True
    name = words(speaker.label).single - {"the"}
    return bool(name) and any(name <= words(answer.label).single for answer in answers)


def _can_confirm(speaker: Speaker, report: ClaimReport, sides: Parties) -> bool:
    if speaker.kind in ("unnamed", "media", "agency", "witness"):
        return False
    keys = own_names(speaker)
    if keys & sides.affected and speaker.key not in sides.agents:
        return True
    known, said = lists(), words(speaker.words or speaker.label)
    bodies = said.of(known.authorities | known.armed)
    if _is_nameless(speaker):
        return False
    if report.event in known.rulings and said.of(known.courts):
        return True
    if keys & sides.agents or bodies & sides.agent_words:
        return False
    if said.of(known.kin) or _speaks_for_own_member(speaker, said, report):
        return True
    if speaker.type == "state" or said.of(known.diplomats) or _is_a_side(said, report, sides):
        return False
    if said.of(known.authority_phrases):
        return True
    # An armed body other than the police confirms only what happened to its own people.
    if said.of(known.armed) and "police" not in said.single:
        return bool(sides.affected_words & known.serving)
    return bool(bodies) or (speaker.kind == "official" and speaker.key is not None)


def own_names(speaker: Speaker) -> set[str]:
    """Return the keys of a speaker and its bodies; of a description without a name its own key."""
    return set(filter(None, (*speaker_keys(speaker), name_key(speaker.label))))


def speak_for_one(one: Speaker, other: Speaker) -> bool:
    """True if two speakers speak for one body or person.

    They share a name, or the words of one are among those of the other: "police" and "police
    spokeswoman NAME". Of two armies that may both be "the army", that says nothing.
    """
    if not (_is_somebody(one) and _is_somebody(other)):
        return False
    if _names(one) & _names(other):
        return True
    return _is_within(one, other) or _is_within(other, one)


def _is_somebody(speaker: Speaker) -> bool:
    return speaker.kind not in ("media", "agency", "witness") and not _is_nameless(speaker)


def _names(speaker: Speaker) -> set[str]:
    """Return the keys of a speaker, and those of the body that a description stands for."""
    is_body = speaker.kind != "official" and speaker.type in ("group", "organisation")
    bodies = speaker.affiliation if is_body else ()
    return set(filter(None, (speaker.key, name_key(speaker.label), *bodies)))


def _is_within(short: Speaker, long: Speaker) -> bool:
    """True if the words of one speaker, of which one names a body, are among those of another."""
    known, said = lists(), words(short.label)
    name = said.single - {"the"}
    is_telling = len(name) > 1 or bool(name & (known.authorities | known.own_side | known.kin))
    return is_telling and name <= words(long.words or long.label).single


def _is_a_side(said: Words, report: ClaimReport, sides: Parties) -> bool:
    """True if rulers speak of a fight in which their own forces may have done it."""
    known = lists()
    if not said.of(known.rulers):
        return False
    is_from_the_air = bool(words(report.quote).of(known.from_the_air))
    return (is_from_the_air and not sides.agents) or not sides.affected_words.isdisjoint(
        known.opponents
    )


def _speaks_for_own_member(speaker: Speaker, said: Words, report: ClaimReport) -> bool:
    """True if "the group" or "the group's leader" speaks, and the victim belongs to one."""
    is_one = any(said.running.startswith(f" the {body} ") for body in lists().own_side)
    if not is_one or speaker.affiliation:
        return False
    return any(answer.affiliation for answer in report.patient)


def _is_nameless(speaker: Speaker) -> bool:
    """True if a speaker is not identified ("two officials", "a relative")."""
    if speaker.key is not None:
        return False
    first, *rest = words(speaker.label).running.split() or [""]
    if rest:
        return first in lists().some or first.isdigit()
    return first in lists().nameless


def _label_words(answers: Iterable[Answer]) -> frozenset[str]:
    return frozenset[str]().union(*(words(answer.label).single for answer in answers))
