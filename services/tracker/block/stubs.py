"""Stubs: archived claims without their articles, and how late articles change them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce

import msgspec

from services.messages import (
    Answer,
    Archived,
    BlockReports,
    Claim,
    Evidence,
    Judgement,
    Transition,
    Verdict,
)
from services.tracker.claims.rules import CONTRADICT, NOTHING_LEFT, closes_at
from services.tracker.grouping.gist import Gist, gist_of
from services.tracker.grouping.judgements import DISMISSED, dismissal_of, in_force
from services.tracker.grouping.known import gist_from, known_of
from services.tracker.grouping.rules import marks
from services.tracker.grouping.verdicts import FOR_GOOD, rule_of, wrong_ones
from services.tracker.reports.element import LATEST, Element, article_ids

MAX_LATE = 500
"""Late articles that a stub lists and counts. It bounds the row.

Later ones are not counted, and the claim says that its counts are approximate.
"""

MAX_MARKS = 64
"""Marks of incidents that a stub keeps, the first ones, to compare a late report with.

It bounds the row. A guess: later incidents say of the event what the first ones say.
"""


MAX_DENIALS = 5
"""Late denials that a stub quotes, the first in news time. One makes the claim disputed."""


def stub(
    claim: Claim, members: Sequence[Element], articles: Mapping[str, int], versions: int
) -> Archived:
    """Return the stub of a claim.

    `members` are its folded reports, `articles` the versions of all its articles, by id, and
    `versions` what else it adds to the version of its block.
    """
    live = (m for m in members if m.live)
    silent = {*article_ids(members)} - {*article_ids(live)}
    roles: set[str] = set()
    for member in members:
        roles |= marks(claim.block, member.report)
    return Archived(
        claim=claim,
        known=known_of(reduce(Gist.joined, map(gist_of, members)), MAX_MARKS),
        marks=tuple(sorted(roles)),
        articles=dict(articles),
        silent=dict.fromkeys(sorted(silent)),
        counted=claim.n_reports - (len(articles) - len(silent)),
        versions=versions,
    )


def told(row: Archived) -> Claim:
    """Return the claim of a stub, of version 0, with the late articles."""
    assert row.claim is not None
    last = max(filter(None, (row.claim.updated_at, row.late_at)), default=None)
    decided = in_force(row.judgements)
    claim = msgspec.structs.replace(
        row.claim,
        n_reports=row.counted + len(row.articles) + len(row.late) - len(row.silent),
        counts_approximate=row.claim.counts_approximate or len(row.late) >= MAX_LATE,
        article_ids=(*row.claim.article_ids, *row.late),
        updated_at=last,
        closes_at=closes_at(last),
        judgements=tuple(decided),
        verdicts=tuple(wrong_ones(row.verdicts)),
    )
    dismissal = dismissal_of(decided)
    if dismissal:
        return _retracted(claim, dismissal.at, dismissal.judgement_id, DISMISSED)
    wrong = next((v for v in claim.verdicts if v.reason in FOR_GOOD), None)
    if wrong is not None:
        return _retracted(claim, wrong.at, wrong.verdict_id, rule_of(wrong))
    if claim.n_reports or claim.status == "retracted":
        denials = [said for i, said in row.denied.items() if i not in row.silent]
        return _disputed(claim, min(denials, key=_order)) if denials else claim
    gone = max(filter(None, row.silent.values()), default=None)
    return _retracted(claim, gone, claim.history[0].report_id, NOTHING_LEFT)


def version(row: Archived) -> int:
    """Return what a stub adds to the version of its block: the versions of all its articles."""
    return row.versions + sum(row.articles.values()) + sum(row.late.values())


def spoken(
    row: Archived, article: BlockReports, at: datetime | None, denial: Evidence | None = None
) -> Archived:
    """Return the stub after a version of an article that reports its event, or denies it."""
    article_id = article.article_id
    row = _with_denial(row, article_id, denial)
    silent = {i: since for i, since in row.silent.items() if i != article_id}
    if article_id in row.articles:
        articles = {**row.articles, article_id: article.version}
        return msgspec.structs.replace(row, articles=articles, silent=silent)
    if article_id not in row.late and len(row.late) >= MAX_LATE:
        return row
    late_at = max(filter(None, (row.late_at, at)), default=None)
    late = {**row.late, article_id: article.version}
    return msgspec.structs.replace(row, late=late, late_at=late_at, silent=silent)


def accused(row: Archived) -> list[Answer]:
    """Return the agents of a stub's claim."""
    slot = row.claim.slots.get("agent") if row.claim else None
    answers = slot.answers if slot else ()
    return [Answer(key=a.key, label=a.label, type="group", span=(0, 0)) for a in answers]


def silenced(row: Archived, article: BlockReports) -> Archived:
    """Return the stub after a version of one of its articles that no longer reports its event."""
    article_id = article.article_id
    silent = {**row.silent, article_id: row.silent.get(article_id) or article.seen_at}
    version_now = {article_id: article.version}
    if article_id in row.articles:
        return msgspec.structs.replace(row, silent=silent, articles=row.articles | version_now)
    return msgspec.structs.replace(row, silent=silent, late=row.late | version_now)


def judged(row: Archived, judgement: Judgement) -> Archived:
    """Return the stub after a judgement. A split or merge needs the reports, so it does nothing."""
    if judgement in row.judgements or judgement.kind in ("split", "merge"):
        return row
    return msgspec.structs.replace(row, judgements=(*row.judgements, judgement))


def found_wrong(row: Archived, verdict: Verdict) -> Archived:
    """Return the stub after a verdict on its claim, or the undo of one."""
    if verdict in row.verdicts:
        return row
    return msgspec.structs.replace(row, verdicts=(*row.verdicts, verdict))


def gist(row: Archived) -> Gist:
    """Return the gist of all reports of a stub."""
    return gist_from(row.known)


def _retracted(claim: Claim, at: datetime | None, cause: str, rule: str) -> Claim:
    step = Transition(at=at, from_=claim.status, to="retracted", report_id=cause, rule=rule)
    history = (*claim.history, step)
    return msgspec.structs.replace(
        claim,
        level=None,
        status="retracted",
        n_reports=0,
        n_independent=0,
        origins=(),
        history=history,
    )


def _with_denial(row: Archived, article_id: str, denial: Evidence | None) -> Archived:
    found = {i: said for i, said in row.denied.items() if i != article_id}
    if denial is not None:
        found[article_id] = denial
    first = sorted(found.items(), key=lambda item: _order(item[1]))[:MAX_DENIALS]
    return msgspec.structs.replace(row, denied=dict(first))


def _order(said: Evidence) -> tuple[datetime, str]:
    return said.at or LATEST, said.article_id


def _disputed(claim: Claim, denial: Evidence) -> Claim:
    """Return a claim that a late article denies: whoever was told of it must hear of that."""
    if claim.status in ("disputed", "denied", "retracted"):
        return claim
    step = Transition(
        at=denial.at,
        from_=claim.status,
        to="disputed",
        report_id=denial.report_id or "",
        article_id=denial.article_id,
        evidence=denial,
        shown_by=(*(claim.shown_by or claim.evidence)[:1], denial),
        rule=CONTRADICT,
    )
    return msgspec.structs.replace(claim, status="disputed", history=(*claim.history, step))
