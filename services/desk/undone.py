"""What the desk decided about a claim and took back: judgements and verdicts. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from services.desk.judging import reports_of
from services.desk.timeline import called, decided
from services.messages import Claim, Judgement, Verdict
from services.messages.undoing import taken_back

MOST_UNDONE = 20
"""Decisions that a page lists, those taken back last."""


@dataclass(frozen=True, slots=True)
class Undone:
    """A decision that is in force no more: what was said, when, and why; who took it back."""

    heading: str
    at: datetime
    why: str
    by: str
    undone_at: datetime
    reason: str


def undone_of(
    claim: Claim, judgements: Iterable[Judgement], verdicts: Iterable[Verdict]
) -> list[Undone]:
    """Return the decisions about a claim that were taken back, the last first.

    A decision names reports, since a claim's id may change. Of verdicts on alerts nothing is told:
    not everybody sees their watch.
    """
    reports = frozenset(reports_of(claim))
    own = [j for j in judgements if j.claim_id == claim.claim_id or reports & {*j.reports}]
    said = [v for v in verdicts if v.about != "alert" and _is_of(v, claim, reports)]
    found = [*_judgements(own), *_verdicts(said)]
    return sorted(found, key=lambda one: (one.undone_at, one.at), reverse=True)[:MOST_UNDONE]


def _is_of(verdict: Verdict, claim: Claim, reports: frozenset[str]) -> bool:
    return verdict.claim_id == claim.claim_id or bool(reports & {*verdict.reports})


def _judgements(known: list[Judgement]) -> Iterator[Undone]:
    for one, undo in taken_back(known, lambda each: each.judgement_id):
        if one.kind != "undo":
            yield Undone(decided(one), one.at, one.why, undo.by, undo.at, undo.why)


def _verdicts(known: list[Verdict]) -> Iterator[Undone]:
    for one, undo in taken_back(known, lambda each: each.verdict_id):
        if one.answer != "undo":
            yield Undone(called(one), one.at, one.note, undo.by, undo.at, undo.note)
