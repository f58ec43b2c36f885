"""Judgements of analysts: what each needs, and how it is made. Commands and the API share it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.errors import ConfigError
from services.messages import Claim, Judgement, JudgementKind
from services.text.hashes import digest

MOST_LETTERS = 2_000
"""Characters of a reason. A guess: one screen; what is longer is a document of its own."""

MOST_ARTICLES = 200
"""Articles that one split sets apart: as many as the first and last that a claim's page lists."""

STEP = timedelta(microseconds=1)
"""The least time between two judgements of a claim: the step of a timestamp."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A judgement that somebody asks for.

    - `articles`: ids of those that a split sets apart. `other`: the claim to merge with.
    """

    kind: JudgementKind
    by: str
    why: str
    articles: tuple[str, ...] = ()
    other: Claim | None = None


def judged(claim: Claim, wanted: Wanted, now: datetime, salt: str) -> Judgement:
    """Return the judgement of a claim. `salt`: what tells it from an equal one that was undone.

    Raises ConfigError: what is missing or can't be.
    """
    check_reason(wanted.why)
    if wanted.kind == "split":
        _check_split(claim, wanted.articles)
    if wanted.kind == "merge":
        _check_merge(claim, wanted.other)
    other = wanted.other
    at = time_of((*claim.judgements, *(other.judgements if other else ())), now)
    return Judgement(
        judgement_id=digest(wanted.kind, claim.claim_id, wanted.by, at.isoformat(), salt),
        kind=wanted.kind,
        block=claim.block,
        claim_id=claim.claim_id,
        reports=reports_of(claim),
        other_reports=reports_of(other) if other else (),
        articles=wanted.articles,
        by=wanted.by,
        at=at,
        why=wanted.why.strip(),
    )


def undoing(judgement: Judgement, by: str, why: str, now: datetime, salt: str) -> Judgement:
    """Return what takes a judgement back. It goes to the block of that, which may have joined
    another one since. Raises ConfigError without a reason.
    """
    check_reason(why)
    at = time_of((judgement,), now)
    return Judgement(
        judgement_id=digest("undo", judgement.judgement_id, by, at.isoformat(), salt),
        kind="undo",
        block=judgement.block,
        claim_id=judgement.claim_id,
        reports=judgement.reports,
        undoes=judgement.judgement_id,
        by=by,
        at=at,
        why=why.strip(),
    )


def time_of(known: Sequence[Judgement], now: datetime) -> datetime:
    """Return the time of a judgement behind those known: a clock may stand still, or run behind."""
    return max((now, *(judgement.at + STEP for judgement in known)))


def reports_of(claim: Claim) -> tuple[str, ...]:
    """Return ids of reports that identify a claim, the most prominent first."""
    shown = [said.report_id for said in claim.evidence if said.report_id]
    return tuple(dict.fromkeys([*shown, *(step.report_id for step in claim.history)]))


def in_force(claim: Claim, judgement_id: str) -> Judgement | None:
    """Return a judgement of a claim; None if there is none, or somebody took it back."""
    return next((j for j in claim.judgements if j.judgement_id == judgement_id), None)


def check_reason(why: str) -> None:
    """Raise ConfigError for a reason that can't be kept."""
    if not why.strip():
        raise ConfigError("a judgement keeps its reason: say why")
    if len(why) > MOST_LETTERS:
        raise ConfigError(f"the reason has more than {MOST_LETTERS:,} characters")


def _check_split(claim: Claim, articles: Sequence[str]) -> None:
    if not articles:
        raise ConfigError("choose the articles that report another event")
    if len(articles) > MOST_ARTICLES:
        raise ConfigError(f"one split sets at most {MOST_ARTICLES} articles apart")
    if unknown := [id for id in articles if id not in claim.article_ids]:
        raise ConfigError(f"the claim {claim.claim_id} has no article {unknown[0]:.80}")
    if set(articles) >= set(claim.article_ids):
        raise ConfigError(
            f"these are all articles of the claim {claim.claim_id}: nothing would be left to "
            "split from"
        )


def _check_merge(claim: Claim, other: Claim | None) -> None:
    if other is None:
        raise ConfigError("name the claim that reports the same event")
    if other.claim_id == claim.claim_id:
        raise ConfigError(f"{claim.claim_id} is one claim already")
    if other.block != claim.block:
        raise ConfigError(
            f"only claims of one block can be merged: {claim.claim_id} is in {claim.block}, "
            f"{other.claim_id} in {other.block}"
        )
