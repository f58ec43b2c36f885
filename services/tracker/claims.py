"""Fold: the reports of one block to its claims, a pure function of their set.

set of (article, version, reports) → canonical order → greedy groups → one claim a group
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.messages import BlockArticle, BlockReports, Claim, ClaimReport, Transition
from services.text.hashes import digest
from services.tracker.evidence import counts, evidence
from services.tracker.independence import Voice
from services.tracker.slots import slots
from services.tracker.status import Standing, standing

SAME_EVENT_WITHIN = timedelta(days=30)
"""News time between two reports from which an event counts as another one."""

MAX_EVIDENCE = 5
MAX_HISTORY_STEPS = 200
"""Reports, in canonical order, that a claim's history is worked out from; later ones only change where it ends."""

_MEANS = frozenset(
    {
        "airstrike",
        "attack",
        "bombing",
        "clash",
        "suicide-bombing",
        "missile-attack",
        "grenade",
        "use-of-force",
        "responsibility-claim",
    }
)
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Element:
    """A report in its article; `live` unless the article's highest version no longer says it."""

    article: BlockReports
    report: ClaimReport
    live: bool
    withdrawn_at: datetime | None

    @property
    def at(self) -> datetime | None:
        return self.article.published_at or self.article.first_seen_at

    @property
    def order(self) -> tuple[datetime, str]:
        return (self.at or _LATEST, self.report.report_id)

    @property
    def denies(self) -> bool:
        return self.report.stance == "denied"


def fold(block: str, articles: Iterable[BlockArticle]) -> list[Claim]:
    """Return the claims of a block, in canonical order of their first report."""
    known = list(articles)
    version = sum(max(v.version for v in article.versions) for article in known)
    elements = sorted((e for article in known for e in _elements(article)), key=lambda e: e.order)
    return [_claim(block, members, version) for members in _group(elements)]


def _elements(article: BlockArticle) -> list[Element]:
    """Return what counts of an article: the reports of its highest version, and those that it took back."""
    versions = sorted(article.versions, key=lambda v: v.version, reverse=True)
    latest, found = versions[0], dict[str, Element]()
    for version in versions:
        for report in filter(counts, version.reports):
            live = version is latest
            found.setdefault(report.report_id, Element(version, report, live, None if live else latest.first_seen_at))
    return list(found.values())


def _group(elements: Sequence[Element]) -> list[list[Element]]:
    groups: list[list[Element]] = []
    for element in elements:
        home = next((g for g in groups if _compatible(g, element)), None)
        if home is None:
            groups.append([element])
        else:
            home.append(element)
    return groups


def _compatible(members: Sequence[Element], element: Element) -> bool:
    """Tell whether a report can be of the group's event: same kind of event, and near in news time where times are known."""
    kinds = {m.report.event for m in members} - _MEANS
    event = element.report.event
    if event not in _MEANS and kinds and event not in kinds:
        return False
    last = members[-1].at
    return last is None or element.at is None or abs(element.at - last) <= SAME_EVENT_WITHIN


def _claim(block: str, members: Sequence[Element], version: int) -> Claim:
    live = [m for m in members if m.live]
    now = standing(_voices(live))
    main = next((m.report.event for m in members if m.report.event not in _MEANS), members[0].report.event)
    times = [m.at for m in members if m.at]
    return Claim(
        claim_id=digest(block, members[0].report.report_id),
        block=block,
        event=main,
        level=now.level,
        status=now.status,
        n_reports=len({m.article.article_id for m in live}),
        n_independent=now.n_independent,
        origins=now.origins,
        slots=slots([(m.article, m.report) for m in live if not m.denies]),
        history=_history(members),
        evidence=tuple(evidence(m.article, m.report) for m in _shown(live or members)),
        article_ids=tuple(dict.fromkeys(m.article.article_id for m in members)),
        opened_at=min(times, default=None),
        updated_at=max(times, default=None),
        version=version,
    )


def _shown(members: Sequence[Element]) -> list[Element]:
    """Return the first report and the latest ones."""
    return [members[0], *members[1:][-(MAX_EVIDENCE - 1) :]]


def _voices(members: Sequence[Element]) -> list[Voice]:
    """Return what each article says for and against, in canonical order of its first such report."""
    by_side: dict[tuple[str, bool], list[Element]] = {}
    for member in members:
        by_side.setdefault((member.article.article_id, member.denies), []).append(member)
    return [Voice(side[0].article, side[0].denies, tuple(m.report for m in side)) for side in by_side.values()]


def _history(members: Sequence[Element]) -> tuple[Transition, ...]:
    """Return the steps of the claim in news time: each report enters, and leaves when an edit withdrew it."""
    events = [(m.at or _LATEST, 0, m) for m in members[:MAX_HISTORY_STEPS]]
    events += [(m.withdrawn_at or _LATEST, 1, m) for m in members[:MAX_HISTORY_STEPS] if not m.live]
    steps: list[Transition] = []
    present: list[Element] = []
    for at, leaves, member in sorted(events, key=lambda e: (e[0], e[1], e[2].report.report_id)):
        present = [m for m in present if m is not member] if leaves else [*present, member]
        now: Standing = standing(_voices(present))
        if not steps or steps[-1].to != now.status:
            before = steps[-1].to if steps else None
            when = None if at == _LATEST else at
            steps.append(Transition(at=when, from_=before, to=now.status, report_id=member.report.report_id, rule=now.rule))
    return tuple(steps)
