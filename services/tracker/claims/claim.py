"""The claim that one group of reports makes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import prod

import msgspec

from services.messages import Claim, ClaimReport, Judgement, Slot, Span, Transition, Verdict
from services.text.hashes import digest
from services.tracker.claims.bounds import bounded_claim
from services.tracker.claims.history import Life, life
from services.tracker.claims.independence import origin_key, publishers
from services.tracker.claims.mending import mended
from services.tracker.claims.rules import closes_at
from services.tracker.claims.slots import Said, slots
from services.tracker.claims.status import Standing
from services.tracker.grouping.judgements import DISMISSED, Judged
from services.tracker.grouping.verdicts import rule_of
from services.tracker.reports.element import (
    LATEST,
    Element,
    article_ids,
    articles_of,
    incident_ids,
    reports_of,
)
from services.tracker.reports.evidence import evidence
from services.tracker.reports.sides import Side, parts_denied, sides
from services.tracker.reports.words import lists

MAX_EVIDENCE = 5
"""Quotations that a claim carries: the first and the latest ones."""

OPENING_CHARS = 450
"""Characters of an article that are its headline and its lead: 100, and two sentences."""


def claim_of(block: str, group: Judged[Element], claim_id: str | None = None) -> Claim:
    """Return the claim of a group of reports, of version 0.

    Its id is that of the first report, unless one is given.
    """
    members, dismissal = mended(group.members, group.verdicts), group.dismissal
    taken = _sides(members)
    lived = _by_the_desk(life(members, taken), group.verdicts)
    live = [m for m in members if m.live]
    if dismissal is not None:
        live, lived = [], _dismissed(lived, dismissal)
    times = [m.at for m in members if m.at]
    last = max(times, default=None)
    event = _main_event(members)
    found = Claim(
        claim_id=claim_id or digest(block, members[0].report.report_id),
        block=block,
        event=event,
        events=_events(members, event),
        level=lived.standing.level,
        status=lived.standing.status,
        n_reports=len(article_ids(live)),
        n_independent=lived.standing.n_independent,
        confidence=_confidence(live, lived.origin_of),
        origins=lived.origins,
        slots=_slots(members, taken, lived),
        history=lived.history,
        evidence=tuple(evidence(m.article, m.report) for m in _quoted(live or members)),
        article_ids=tuple(article_ids(members)),
        incident_ids=tuple(incident_ids(members)),
        opened_at=min(times, default=None),
        updated_at=last,
        closes_at=closes_at(last),
        judgements=group.judgements,
        verdicts=group.verdicts,
        version=0,
    )
    return bounded_claim(found)


def _sides(members: Sequence[Element]) -> list[Side]:
    """Return the side of each report; one that the desk silenced takes none."""
    taken = sides(reports_of(members))
    return ["neither" if m.silenced else side for m, side in zip(members, taken, strict=True)]


def _by_the_desk(lived: Life, verdicts: Iterable[Verdict]) -> Life:
    """Return a life whose steps at the time of a verdict name the verdict as their cause."""
    by_time = {verdict.at: verdict for verdict in verdicts}
    history = list(lived.history)
    for number, step in enumerate(history):
        verdict = by_time.get(step.at) if step.at else None
        if verdict is not None:
            history[number] = msgspec.structs.replace(
                step, report_id=verdict.verdict_id, rule=rule_of(verdict)
            )
    return replace(lived, history=tuple(history))


def _confidence(live: Sequence[Element], origin_of: Mapping[tuple[str, bool], int]) -> float | None:
    """Return the probability that a report in force was read correctly; None if none has one.

    Of an origin the surest report counts, as its articles repeat each other. Origins are misread
    independently (noisy-or, Pearl 1988, Probabilistic Reasoning in Intelligent Systems, ch. 4).
    """
    surest: dict[int, float] = {}
    for member in live:
        id, value = member.article.article_id, member.report.confidence
        origin = origin_of.get((id, False))
        if value is not None and origin is not None:
            surest[origin] = max(value, surest.get(origin, 0.0))
    return round(1 - prod(1 - value for value in surest.values()), 4) if surest else None


def is_confirmed_death(claim: Claim) -> bool:
    """True if a claim is a confirmed death. A later report in passing is about the same death."""
    return claim.event in lists().deaths and claim.status == "confirmed"


def _main_event(members: Sequence[Element]) -> str:
    """Return a death if there is one, else the first event that is no act: what an airstrike did.

    Without one, the first act that is no statement: a bombing rather than the claim of it.
    """
    events = [member.report.event for member in _affirming(members)]
    deaths = (event for event in events if event in lists().deaths)
    effects = (event for event in events if event not in lists().acts)
    deeds = (event for event in events if event not in lists().statements)
    return next(deaths, None) or next(effects, None) or next(deeds, events[0])


def _events(members: Sequence[Element], main: str) -> tuple[str, ...]:
    """Return the types of events, the main one first.

    The others are told in the first sentence of an article on it, or where the article opens. What
    is told further down is mostly another happening, or a reason ("in revenge for the raids").
    """
    affirming = _affirming(members)
    first: dict[str, Span] = {}
    for member in affirming:
        if member.report.event == main:
            id, sentence = member.article.article_id, member.report.sentence
            first[id] = min(sentence, first.get(id, sentence))
    beside = (
        member.report.event
        for member in affirming
        if member.report.sentence[0] < OPENING_CHARS
        or member.report.sentence == first.get(member.article.article_id)
    )
    return tuple(dict.fromkeys((main, *beside)))


def _affirming(members: Sequence[Element]) -> Sequence[Element]:
    """Return those that do not deny it; all if all do."""
    return [member for member in members if member.report.stance != "denied"] or members


def _dismissed(lived: Life, dismissal: Judgement) -> Life:
    """Return a life that ends with its dismissal. Later reports change nothing."""
    before = tuple(s for s in lived.history if s.at is None or s.at <= dismissal.at)
    last = Transition(
        at=dismissal.at,
        from_=before[-1].to if before else None,
        to="retracted",
        report_id=dismissal.judgement_id,
        rule=DISMISSED,
    )
    standing = Standing(None, "retracted", 0, DISMISSED)
    return Life(standing, (), (*before, last), lived.origin_of)


def _slots(members: Sequence[Element], taken: Sequence[Side], lived: Life) -> dict[str, Slot]:
    outlets = publishers(articles_of(members))
    said, denied = list[Said](), list[ClaimReport]()
    parts = parts_denied(reports_of(members))
    for member, side, is_part in zip(members, taken, parts, strict=True):
        if not member.live:
            continue
        if side == "for":
            origin = lived.origin_of[member.article.article_id, False]
            said.append(_said(member, origin, outlets))
        elif side == "neither" and is_part:
            denied.append(member.report)
    return slots(said, denied)


def _said(member: Element, origin: int, outlets: Mapping[str, str]) -> Said:
    key = None if member.repeats else origin_key(member.article, member.report, outlets)[1]
    return Said(member.article, member.report, origin, key, member.at or LATEST)


def _quoted(members: Sequence[Element]) -> list[Element]:
    """Return the first report and the latest ones."""
    return [members[0], *members[1:][-(MAX_EVIDENCE - 1) :]]
