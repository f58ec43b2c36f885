"""What happened, in words of ours: whom it befell, what, where, by whom, and how many.

Idris Halvane reportedly killed in Meris by the Salt Front, 9 killed in all

Alerts, claims on a page, and dossiers say it alike.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.resources import files

import msgspec
import yaml

from services.messages import Claim, Incident, Mention, Report, SlotAnswer, Status, Told
from services.messages.limits import LABELS_BYTES, ends_within
from services.text.number_words import number_in

HEDGED: frozenset[Status | None] = frozenset({"reported", "claimed", "corroborated", "disputed"})
"""Statuses under which an event is reported, and does not simply hold."""

FATES = frozenset({"killed", "wounded", "abducted", "arrested", "released"})
"""Events that say what became of somebody: whoever had one of them did not have each of them."""

ARTICLES = ("a ", "an ", "the ")

_MOST_NAMES = 2
"""People named in a sentence; the others are counted. A guess: more are a list."""

_MOST_OTHERS = 2
"""Agents named beside the first one, if it is disputed who did it; as above."""

_SLOTS = ("patient", "agent", "place")
"""Questions whose answers a sentence tells."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of happening.yaml: the words for a type of event."""

    noun: str
    befell: str | None = None


@cache
def words() -> dict[str, Words]:
    """Return the words for each type of event."""
    raw = files("services.text").joinpath("happening.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(raw), dict[str, Words])


def told_of_claim(claim: Claim) -> Told:
    """Return what a sentence about a claim tells.

    If it names a victim, only reports whose incident names that victim, too, say where and by whom:
    a claim may hold what is no part of the same event.
    """
    victim, counts, apart = _first_victim(claim), dict[str, int](), list[str]()
    for name, slot in claim.slots.items():
        kind, _, event = name.partition(".")
        if kind == "count":
            counts[event] = _highest(slot.answers)
            if counts[event] > _highest(a for a in slot.answers if _is_told_of(victim, a)):
                apart.append(event)
    labels = {name: _labels(claim, name, victim) for name in _SLOTS if name in claim.slots}
    slots = {name: found for name, found in labels.items() if found}
    return Told(
        event=claim.event,
        status=claim.status,
        level=claim.level,
        n_reports=claim.n_reports,
        n_independent=claim.n_independent,
        counts=counts,
        slots=slots,
        disputed=tuple(name for name in slots if claim.slots[name].disputed),
        apart=tuple(apart),
    )


def befell(event: str, told: Collection[str]) -> bool:
    """True if an event may be said of a patient of whom these events are told.

    In "two guards were killed, and the minister was wounded" the minister is not one of the dead.
    Other events, as an airstrike, befall all of them.
    """
    return event not in FATES or event in told or FATES.isdisjoint(told)


def those_befallen(claim: Claim) -> list[str]:
    """Return the labels of the patients of whom the event of a claim is told."""
    return [answer.label for answer in _befallen(claim)]


def _befallen(claim: Claim) -> list[SlotAnswer]:
    answers = claim.slots["patient"].answers if "patient" in claim.slots else ()
    return [answer for answer in answers if befell(claim.event, answer.events)]


def _first_victim(claim: Claim) -> str | None:
    """Return the key of the first victim with a name; None if a claim names nobody."""
    return next((answer.key for answer in _befallen(claim) if _is_name(answer.label)), None)


def _is_told_of(victim: str | None, answer: SlotAnswer) -> bool:
    """True if an incident that names a victim gives an answer. Older data do not know."""
    is_unknown = victim is None or answer.beside is None
    return is_unknown or answer.key == victim or victim in (answer.beside or ())


def _highest(answers: Iterable[SlotAnswer]) -> int:
    return max((answer.min or 0 for answer in answers), default=0)


def victims(
    incident: Incident, reports: Iterable[Report], mentions: Iterable[Mention], event: str
) -> list[str]:
    """Return the labels of the patients of an incident whom an event befell, each once.

    `reports`, `mentions`: those of its article.
    """
    shown = {mention.id: mention.shown for mention in mentions}
    events: dict[str, set[str]] = {}
    for report in reports:
        if report.report_id in incident.reports:
            for id in shown.keys() & report.patient:
                events.setdefault(shown[id], set()).add(report.event)
    labels = dict.fromkeys(shown[id] for id in incident.patient if id in shown)
    return [label for label in labels if befell(event, events.get(label, ()))]


def what_happened(told: Told, status: Status | None) -> str:
    """Return who, what, where, and by whom. Names stand as they are given, so no capital is set."""
    counts = {event: n for event, n in told.counts.items() if event not in told.apart}
    told = msgspec.structs.replace(told, counts=counts)
    known, people = words().get(told.event), _people(told)
    is_hedged = status in HEDGED
    if known is None:
        text = f"{told.event} reported"
    elif people and known.befell:
        text = f"{people} {'reportedly ' if is_hedged else ''}{known.befell}"
    else:
        text = f"{known.noun}{' reported' if is_hedged else ''}"
    place = next(iter(told.slots.get("place", ())), "")
    if place:
        text += f" {'at' if place.startswith(ARTICLES) else 'in'} {place}"
    return text + _by(told) + _toll(told, people)


def looks_like_name(label: str) -> bool:
    """True if the first and the last word begin with capitals: "Idris Halvane", no "Six men"."""
    parts = label.split()
    return bool(parts) and parts[0][0].isupper() and parts[-1][0].isupper()


def capital(text: str) -> str:
    """Return a text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def _is_name(label: str) -> bool:
    """True for a name, no phrase in the capitals of a headline ("Mayor of Meris", "Two Guards")."""
    return looks_like_name(label) and " of " not in label and number_in(label) is None


def _labels(claim: Claim, role: str, victim: str | None) -> tuple[str, ...]:
    answers = _befallen(claim) if role == "patient" else claim.slots[role].answers
    labels = [answer.label for answer in answers if _is_told_of(victim, answer)]
    return tuple(ends_within(labels, LABELS_BYTES))


def _by(told: Told) -> str:
    agents = told.slots.get("agent", ())
    if not agents:
        return ""
    if "agent" in told.disputed and len(agents) > 1:
        others = [*agents[1 : 1 + _MOST_OTHERS]]
        if len(agents) - 1 > _MOST_OTHERS:
            others.append(f"{len(agents) - 1 - _MOST_OTHERS} more")
        return f" by {agents[0]} or, by other accounts, {' or '.join(others)}"
    return f" by {agents[0]}"


def _people(told: Told) -> str:
    """Return the first of those whom it befell, else their number; "" if nobody is known.

    Names come before phrases with a number ("four other commanders"). Of these without a name one
    is given ("six teachers", "its six members"): most likely they are the same people.
    """
    labels, n = told.slots.get("patient", ()), told.counts.get(told.event, 0)
    if not labels:
        return f"{n} people" if n > 1 else ""
    counted = {label: number_in(label) for label in labels if number_in(label) is not None}
    names = [*filter(_is_name, labels)] or [*filter(looks_like_name, labels)]
    names = [name for name in names if not _is_part_of_another(name, labels)]
    if names:
        phrases = {label: m for label, m in counted.items() if m != n and label not in names}
        others = _that_add_up(phrases, n - len(names) if n > 1 else None)
        return " and ".join([*names, *others][:_MOST_NAMES])
    if counted:
        return next((label for label, m in counted.items() if m == n), next(iter(counted)))
    return " and ".join(labels[:_MOST_NAMES])


def _is_part_of_another(name: str, labels: Iterable[str]) -> bool:
    """True if a name is the end of another label: the family name of a full one."""
    return any(other.endswith(f" {name}") for other in labels)


def _that_add_up(phrases: Mapping[str, int | None], beside: int | None) -> list[str]:
    """Return the phrases with a number that the toll leaves room for, the exact ones first.

    `beside`: the people of the toll that have no name; None: no toll is known. Tolls grow, and an
    older phrase stays in the claim: "four commanders" of what are nine by now.
    """
    if beside is None:
        return [*phrases]
    fitting = (label for label, m in phrases.items() if m is not None and m <= beside)
    return sorted(fitting, key=lambda label: phrases[label] != beside)


def _toll(told: Told, people: str) -> str:
    """Return the numbers of people, unless the words for the people have the number.

    They stand apart: the people named may be some of them or all of them.
    """
    parts: list[str] = []
    n, known = told.counts.get(told.event, 0), words().get(told.event)
    if n > 1 and n != number_in(people) and known is not None and known.befell:
        parts.append(f", {n} {known.befell} in all")
    for event, m in told.counts.items():
        other = words().get(event)
        if event != told.event and m and other is not None and other.befell:
            parts.append(f", {m} {other.befell}")
    return "".join(parts)
