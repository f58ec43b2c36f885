"""The stub of a claim whose articles are kept no more: what it is made of, what is told of it, and how a late word changes it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce

import msgspec

from services.messages import Archived, BlockReports, Claim, Judgement, Known, Transition
from services.tracker.claims.rules import NOTHING_LEFT, closes_at
from services.tracker.grouping.grouping import Gist, gist_of, marks
from services.tracker.grouping.judgements import DISMISSED, in_force
from services.tracker.reports.element import Element

MAX_LATE = 500
"""Late articles that a stub knows by id; those beyond are not counted, and the claim says that its counts are approximate."""


def stub(claim: Claim, members: Sequence[Element], articles: Mapping[str, int], versions: int) -> Archived:
    """Return the stub of a claim: `articles` are all that are let go, each with its version, `members` those that were folded."""
    folded = {m.article.article_id for m in members}
    live = {m.article.article_id for m in members if m.live}
    silent = folded - live
    return Archived(
        claim=claim,
        known=_known(reduce(Gist.joined, map(gist_of, members))),
        marks=tuple(sorted({mark for m in members for mark in marks(claim.block, m.report)})),
        articles=dict(articles),
        silent=dict.fromkeys(sorted(silent)),
        counted=claim.n_reports - (len(articles) - len(silent)),
        versions=versions,
    )


def told(row: Archived) -> Claim:
    """Return the claim of a stub, of version 0: as it was, with what came late."""
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
    )
    dismissal = next((j for j in reversed(decided) if j.kind == "dismiss"), None)
    if dismissal:
        return _retracted(claim, dismissal.at, dismissal.judgement_id, DISMISSED)
    if claim.n_reports or claim.status == "retracted":
        return claim
    gone = max(filter(None, row.silent.values()), default=None)
    return _retracted(claim, gone, claim.history[0].report_id, NOTHING_LEFT)


def version(row: Archived) -> int:
    """Return what a stub adds to the version of its block: as much as its articles did, and those that came late."""
    return row.versions + sum(row.articles.values()) + sum(row.late.values())


def spoken(row: Archived, article: BlockReports, at: datetime | None) -> Archived:
    """Return the stub of a claim of which an article says now that it is so."""
    article_id = article.article_id
    silent = {i: since for i, since in row.silent.items() if i != article_id}
    if article_id in row.articles:
        return msgspec.structs.replace(row, articles={**row.articles, article_id: article.version}, silent=silent)
    if article_id not in row.late and len(row.late) >= MAX_LATE:
        return row
    late_at = max(filter(None, (row.late_at, at)), default=None)
    return msgspec.structs.replace(row, late={**row.late, article_id: article.version}, late_at=late_at, silent=silent)


def silenced(row: Archived, article: BlockReports) -> Archived:
    """Return the stub of a claim of which one of its articles says no more, in this version."""
    article_id, name = article.article_id, "articles" if article.article_id in row.articles else "late"
    silent = {**row.silent, article_id: row.silent.get(article_id) or article.seen_at}
    return msgspec.structs.replace(row, silent=silent, **{name: {**getattr(row, name), article_id: article.version}})


def judged(row: Archived, judgement: Judgement) -> Archived:
    """Return the stub of a claim that a judgement is about; to split or merge it, its reports would be needed."""
    if judgement in row.judgements or judgement.kind in ("split", "merge"):
        return row
    return msgspec.structs.replace(row, judgements=(*row.judgements, judgement))


def gist(row: Archived) -> Gist:
    """Return what all reports of a stub say."""
    known = row.known
    return Gist(
        kinds=frozenset(known.kinds),
        last=known.last_at,
        published=known.first_at,
        dates=frozenset(known.dates),
        sites=frozenset(known.sites),
        means=frozenset(known.means),
        dayparts=frozenset(known.dayparts),
        days=frozenset(known.days),
        tolls=frozenset(known.tolls),
        wordings=tuple(map(frozenset, known.wordings)),
    )


def _known(said: Gist) -> Known:
    return Known(
        kinds=_sorted(said.kinds),
        first_at=said.published,
        last_at=said.last,
        dates=tuple(sorted(said.dates)),
        sites=_sorted(said.sites),
        means=_sorted(said.means),
        dayparts=_sorted(said.dayparts),
        days=tuple(sorted(said.days)),
        tolls=tuple(sorted(said.tolls)),
        wordings=tuple(map(_sorted, said.wordings)),
    )


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def _retracted(claim: Claim, at: datetime | None, cause: str, rule: str) -> Claim:
    step = Transition(at=at, from_=claim.status, to="retracted", report_id=cause, rule=rule)
    history = (*claim.history, step)
    return msgspec.structs.replace(
        claim, level=None, status="retracted", n_reports=0, n_independent=0, origins=(), history=history
    )
