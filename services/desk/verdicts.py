"""Verdicts of the desk: what each is about, what it needs, and how it is made.

Commands and the API share it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.desk.figures import in_force
from services.desk.judging import reports_of
from services.desk.words import befallen
from services.errors import ConfigError
from services.messages import About, Alert, Claim, Verdict, VerdictAnswer, WrongReason
from services.messages.verdict import MAX_NAMED, MAX_REPORTS, NOTE_CHARS, REALLY_CHARS
from services.text.happening import capital
from services.text.hashes import digest

STEP = timedelta(microseconds=1)
"""The least time between a verdict and what takes it back: the step of a timestamp."""

REASONS: Mapping[WrongReason, str] = {
    "no-event": "No such event",
    "who": "Wrong who",
    "where": "Wrong where",
    "number": "Wrong number",
    "old": "Old news",
    "denied": "It is a denial",
    "copy": "A copy",
}
"""Reason to its name on a button, in the order of the buttons."""

MOST_ANSWERS = 12
"""Answers that a page offers to call wrong. Of a claim that has more the first ones are judged."""

_SLOTS: Mapping[WrongReason, tuple[str, ...]] = {
    "who": ("patient", "agent"),
    "where": ("place",),
    "number": ("count.",),
}
"""The reasons that a key may go with, and what its slot begins with."""


@dataclass(frozen=True, slots=True)
class Given:
    """A verdict in force, as a page shows it."""

    verdict_id: str
    text: str
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """An answer of a claim that may be called wrong. `key`: as in `Verdict.keys`."""

    reason: WrongReason
    key: str
    label: str


class AlreadyUndone(ConfigError):
    """Somebody took the verdict back before."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a verdict is about. The fields are those of `Verdict`."""

    about: About
    id: str
    article_id: str | None = None
    claim_id: str | None = None
    watch_id: str | None = None
    blocks: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    event: str = ""
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of it. `keys`: the wrong answers, as `slot:key`. `really`: who it is."""

    answer: VerdictAnswer
    by: str
    reason: WrongReason | None = None
    keys: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    note: str = ""
    sample: str | None = None
    really: str = ""


def subject_of_claim(claim: Claim, rules: Iterable[str] = ()) -> Subject:
    """Return a claim as what a verdict is about. `rules`: those that made its reports."""
    return Subject(
        about="claim",
        id=claim.claim_id,
        claim_id=claim.claim_id,
        blocks=(claim.block,),
        reports=reports_of(claim)[:MAX_REPORTS],
        event=claim.event,
        rules=_few(rules),
    )


def subject_of_incident(
    incident: Mapping[str, Any], reports: Sequence[Mapping[str, Any]]
) -> Subject:
    """Return an incident of an article, from its document and those of its reports.

    A report of a named person is in that person's block, and the rest in the incident's; one block
    too many costs nothing.
    """
    blocks = [incident.get("claim_block"), *(report.get("claim_block") for report in reports)]
    return Subject(
        about="incident",
        id=str(incident.get("incident_id") or ""),
        article_id=incident.get("article_id"),
        blocks=_few(filter(None, blocks)),
        reports=tuple(incident.get("report_ids") or ())[:MAX_REPORTS],
        event=str(incident.get("event") or ""),
        rules=_few(str(report.get("rule") or "") for report in reports),
    )


def subject_of_alert(alert: Alert, of: Subject | None) -> Subject:
    """Return an alert as what a verdict is about. `of`: its claim or its incident, if it has one.

    A verdict on an alert of words alone changes nothing: it counts for the watch.
    """
    known = of or Subject(about="alert", id="")
    return Subject(
        about="alert",
        id=alert.alert_id,
        article_id=known.article_id or next(iter(alert.opened_by), None),
        claim_id=known.claim_id,
        watch_id=alert.watch_id,
        blocks=known.blocks,
        reports=known.reports,
        event=known.event,
        rules=known.rules,
    )


def _few(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, names)))[:MAX_NAMED]


def made(subject: Subject, said: Said, known: Iterable[Verdict], now: datetime) -> Verdict:
    """Return a verdict. `known`: all verdicts. Raises ConfigError: what is missing or can't be."""
    _check(subject, said)
    of_it = [v for v in known if (v.about, v.id) == (subject.about, subject.id)]
    if own := next((v for v in in_force(of_it) if _is_same(v, said)), None):
        raise ConfigError(f"{said.by} said so before: it is verdict {own.verdict_id}")
    at = _time(of_it, now)
    return Verdict(
        verdict_id=digest(
            "verdict", subject.about, subject.id, said.answer, said.reason, said.by, at.isoformat()
        ),
        about=subject.about,
        id=subject.id,
        article_id=subject.article_id,
        claim_id=subject.claim_id,
        watch_id=subject.watch_id,
        blocks=subject.blocks,
        reports=subject.reports,
        event=subject.event,
        rules=subject.rules,
        answer=said.answer,
        reason=said.reason,
        keys=said.keys,
        labels=said.labels,
        note=said.note.strip(),
        really=said.really.strip(),
        by=said.by,
        at=at,
        sample=said.sample,
    )


def undoing(verdict: Verdict, by: str, known: Iterable[Verdict], now: datetime) -> Verdict:
    """Return what takes a verdict back. Raises AlreadyUndone if it is not in force."""
    of_it = [v for v in known if (v.about, v.id) == (verdict.about, verdict.id)]
    if all(v.verdict_id != verdict.verdict_id for v in in_force(of_it)):
        raise AlreadyUndone(f"the verdict {verdict.verdict_id} was taken back before")
    at = _time((*of_it, verdict), now)
    return Verdict(
        verdict_id=digest("undo", verdict.verdict_id, by, at.isoformat()),
        about=verdict.about,
        id=verdict.id,
        article_id=verdict.article_id,
        claim_id=verdict.claim_id,
        watch_id=verdict.watch_id,
        blocks=verdict.blocks,
        reports=verdict.reports,
        event=verdict.event,
        answer="undo",
        by=by,
        at=at,
        undoes=verdict.verdict_id,
    )


def on(known: Iterable[Verdict], about: About, id: str) -> list[Verdict]:
    """Return the verdicts in force on one thing, in order of time."""
    return in_force(v for v in known if (v.about, v.id) == (about, id))


def labelled(claim: Claim | None, keys: Iterable[str]) -> tuple[str, ...]:
    """Return what answers of a claim are called, in the order of their keys (`slot:key`)."""
    slots = claim.slots if claim else {}
    called = {f"{name}:{a.key}": a.label for name, slot in slots.items() for a in slot.answers}
    return tuple(called.get(key, key.partition(":")[2]) for key in keys)


def answers_to_judge(claim: Claim) -> list[WrongAnswer]:
    """Return the answers of a claim that may be called wrong one by one, at most MOST_ANSWERS."""
    found: list[WrongAnswer] = []
    for reason, starts in _SLOTS.items():
        for name, slot in claim.slots.items():
            if _is_of(name, starts):
                told = f" {befallen(name.partition('.')[2])}" if "." in name else ""
                found += [
                    WrongAnswer(reason, f"{name}:{a.key}", f"{a.label}{told}") for a in slot.answers
                ]
    return found[:MOST_ANSWERS]


def keys_for(reason: WrongReason, keys: Iterable[str]) -> tuple[str, ...]:
    """Return the keys that go with a reason."""
    starts = _SLOTS.get(reason, ())
    return tuple(key for key in keys if _is_of(key.partition(":")[0], starts))


def _is_of(slot: str, starts: Iterable[str]) -> bool:
    return any(slot.startswith(s) if s.endswith(".") else slot == s for s in starts)


def shown(verdicts: Iterable[Verdict]) -> list[Given]:
    """Return verdicts as a page shows them."""
    return [Given(v.verdict_id, capital(in_words(v)), v.by, v.at, v.note) for v in verdicts]


def in_words(verdict: Verdict) -> str:
    """Return a verdict in words: "wrong: old news"."""
    if verdict.answer == "unwanted":
        return "right, but not wanted"
    if verdict.reason is None:
        return verdict.answer
    which = ", ".join(verdict.labels)
    if verdict.really:
        which += f"; it is {verdict.really}"
    return f"wrong: {REASONS[verdict.reason].lower()}{f' ({which})' if which else ''}"


def _time(known: Iterable[Verdict], now: datetime) -> datetime:
    """Return a time behind those known: a clock may stand still, or run behind."""
    return max((now, *(verdict.at + STEP for verdict in known)))


def _is_same(verdict: Verdict, said: Said) -> bool:
    return (verdict.by, verdict.answer, verdict.reason, verdict.keys, verdict.really) == (
        said.by,
        said.answer,
        said.reason,
        said.keys,
        said.really.strip(),
    )


def _check_really(said: Said) -> None:
    if said.really.strip() and (said.reason != "who" or len(said.keys) != 1):
        raise ConfigError("choose “Wrong who” and one name, then say who it really is")
    if len(said.really) > REALLY_CHARS:
        raise ConfigError(f"a name has at most {REALLY_CHARS} characters")


def _check(subject: Subject, said: Said) -> None:
    """Raise ConfigError for a verdict that says nothing, or what can't be."""
    if said.answer == "wrong" and said.reason is None:
        raise ConfigError("say what is wrong: " + ", ".join(REASONS))
    if said.answer != "wrong" and said.reason is not None:
        raise ConfigError("only what is wrong has a reason")
    if said.answer == "unwanted" and subject.watch_id is None:
        raise ConfigError("only an alert can be right and not wanted")
    if len(said.note) > NOTE_CHARS:
        raise ConfigError(f"a note has at most {NOTE_CHARS} characters")
    _check_really(said)
    if len(said.keys) > MAX_NAMED:
        raise ConfigError(f"a verdict names at most {MAX_NAMED} wrong answers")
    fitting = keys_for(said.reason, said.keys) if said.reason else ()
    for key in said.keys:
        if key not in fitting:
            raise ConfigError(f"{key:.80} is no answer to what is said to be wrong")
