"""A claim as a person reads it: the sentence, its status and why, answers, voices, and its life."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.desk.articles import ArticleFact
from services.desk.copies import Voices, shown_of, voices_of
from services.desk.dispute import Question, Sides, questions_of, sides_of
from services.desk.naming import names_of_origins
from services.desk.timeline import Timeline, called, decided, reason, timeline_of
from services.desk.words import STATUS_NAMES, claim_sentence, event_name
from services.messages import Claim, Evidence, Judgement

MOST_ARTICLES = 200
"""Articles of a claim that are looked up: the first and the last ones.

Source: `LISTED` of the alerter's projection: as many as an alert lists.
"""


@dataclass(frozen=True, slots=True)
class Decision:
    """A judgement in force, in words. `articles`: those that a split set apart."""

    judgement_id: str
    kind: str
    at: datetime
    heading: str
    why: str
    articles: tuple[ArticleFact, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim's page.

    - `sentence`: what it says, the subject first. `why`: the reason of its status, in words.
    - `shown_by`: the sentences that show the status. `sides`: both sides, if it is disputed.
    - `more_events`: what else is told with it, in words.
    - `merged_into`, `split_from`: ids of other claims.
    - `left_out`: what is not shown, in words.
    """

    claim_id: str
    version: int
    sentence: str
    status: str
    status_name: str
    why: str
    shown_by: tuple[Evidence, ...]
    sides: Sides | None
    event: str
    more_events: tuple[str, ...]
    confidence: float | None
    opened_at: datetime | None
    updated_at: datetime | None
    closes_at: datetime | None
    is_closed: bool
    merged_into: str
    split_from: tuple[str, ...]
    questions: tuple[Question, ...]
    voices: Voices
    timeline: Timeline
    decisions: tuple[Decision, ...]
    articles: tuple[ArticleFact, ...]
    n_articles: int
    left_out: tuple[str, ...]


def claim_view(claim: Claim, articles: Mapping[str, ArticleFact], now: datetime) -> ClaimView:
    """Return the page of a claim, with those of its articles that are known at `now`."""
    names = names_of_origins(claim, articles)
    voices = voices_of(claim, articles, names)
    last = claim.history[-1] if claim.history else None
    return ClaimView(
        claim_id=claim.claim_id,
        version=claim.version,
        sentence=claim_sentence(claim),
        status=claim.status,
        status_name=STATUS_NAMES.get(claim.status, claim.status),
        why=_why(claim) or (reason(last) if last else ""),
        shown_by=claim.shown_by or claim.evidence[:1],
        sides=sides_of(claim),
        event=event_name(claim.event),
        more_events=tuple(event_name(e) for e in claim.events if e != claim.event),
        confidence=claim.confidence,
        opened_at=claim.opened_at,
        updated_at=claim.updated_at,
        closes_at=claim.closes_at,
        is_closed=claim.closes_at is not None and claim.closes_at <= now,
        merged_into=claim.merged_into or "",
        split_from=claim.split_from,
        questions=questions_of(claim, names),
        voices=shown_of(claim, voices),
        timeline=timeline_of(claim, articles, voices),
        decisions=tuple(_decision(each, articles) for each in claim.judgements),
        articles=tuple(articles.get(id) or ArticleFact(id) for id in listed(claim)),
        n_articles=len(claim.article_ids),
        left_out=_left_out(claim),
    )


def listed(claim: Claim) -> tuple[str, ...]:
    """Return the ids of the articles that are looked up."""
    ids = claim.article_ids
    if len(ids) <= MOST_ARTICLES:
        return ids
    half = MOST_ARTICLES // 2
    return (*ids[:half], *ids[-half:])


def _why(claim: Claim) -> str:
    """Return the desk's reason for the status, if it decided so; "" if reports did."""
    last = claim.history[-1].report_id if claim.history else ""
    for judgement in claim.judgements:
        if judgement.judgement_id == last:
            return f"{decided(judgement)}: {judgement.why}"
    return next((f"{called(v)}." for v in claim.verdicts if v.verdict_id == last), "")


def _decision(judgement: Judgement, articles: Mapping[str, ArticleFact]) -> Decision:
    return Decision(
        judgement_id=judgement.judgement_id,
        kind=judgement.kind,
        at=judgement.at,
        heading=decided(judgement),
        why=judgement.why,
        articles=tuple(articles.get(id) or ArticleFact(id) for id in judgement.articles),
    )


_PARTS = {
    "origins": "sources",
    "history": "steps of the status",
    "article_ids": "articles",
    "incident_ids": "incidents",
}


def _left_out(claim: Claim) -> tuple[str, ...]:
    """Return what the claim itself had to leave out: "1,200 of 1,500 articles"."""
    notes = filter(None, (claim.cut or "").split("; "))
    parts = (note.partition(": ") for note in notes)
    found = [f"{n} {_PARTS.get(name, 'answers')}" for name, _, n in parts]
    if len(claim.article_ids) > MOST_ARTICLES:
        n = len(claim.article_ids)
        found.append(f"{n - MOST_ARTICLES:,} of {n:,} articles in the middle")
    return tuple(found)
