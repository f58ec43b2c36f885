"""Fold: the reports of one block to its claims, a pure function of their set.

set of (article, version, reports) → canonical order → groups → one claim a group
"""

from collections.abc import Iterable, Sequence

from services.messages import BlockArticle, Claim, Slot
from services.text.hashes import digest
from services.tracker.element import LATEST, Element, elements
from services.tracker.evidence import evidence
from services.tracker.grouping import group
from services.tracker.history import Life, life
from services.tracker.independence import publishers
from services.tracker.sides import ACTS, Side, sides
from services.tracker.slots import Said, slots

MAX_EVIDENCE = 5


def fold(block: str, articles: Iterable[BlockArticle]) -> list[Claim]:
    """Return the claims of a block, in canonical order of their first report."""
    known = list(articles)
    version = sum(max(v.version for v in article.versions) for article in known)
    return [_claim(block, members, version) for members in group(block, elements(known))]


def _claim(block: str, members: Sequence[Element], version: int) -> Claim:
    taken = sides([m.report for m in members])
    lived = life(members, taken)
    live = [m for m in members if m.live]
    main = next((m.report.event for m in members if m.report.event not in ACTS), members[0].report.event)
    times = [m.at for m in members if m.at]
    return Claim(
        claim_id=digest(block, members[0].report.report_id),
        block=block,
        event=main,
        level=lived.standing.level,
        status=lived.standing.status,
        n_reports=len({m.article.article_id for m in live}),
        n_independent=lived.standing.n_independent,
        origins=lived.origins,
        slots=_slots(members, taken, lived),
        history=lived.history,
        evidence=tuple(evidence(m.article, m.report) for m in _shown(live or members)),
        article_ids=tuple(dict.fromkeys(m.article.article_id for m in members)),
        opened_at=min(times, default=None),
        updated_at=max(times, default=None),
        version=version,
    )


def _slots(members: Sequence[Element], taken: Sequence[Side], lived: Life) -> dict[str, Slot]:
    pairs = [(m, side) for m, side in zip(members, taken, strict=True) if m.live]
    outlets = publishers(m.article for m in members)
    said = [
        Said(m.article, m.report, lived.origin_of[m.article.article_id, False], m.at or LATEST)
        for m, side in pairs
        if side == "for"
    ]
    return slots(said, outlets, denied=[m.report for m, side in pairs if side == "neither" and m.report.stance == "denied"])


def _shown(members: Sequence[Element]) -> list[Element]:
    """Return the first report and the latest ones."""
    return [members[0], *members[1:][-(MAX_EVIDENCE - 1) :]]
