"""Judgements of analysts: which are in force, and how they change the groups of a block.

groups ─► split, merge, dismiss, note in order of time ─► groups, each with its judgements
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from services.messages import BlockReports, ClaimReport, Judgement, Verdict, decode, encode
from services.messages.undoing import not_undone
from services.ports import Outgoing, Record
from services.tracker.reports.families import family_of

DISMISSED = "judgement/dismissed@1"
"""The rule of the last step of a claim that an analyst dismissed."""


class Member(Protocol):
    """A report in its article, as the fold groups them."""

    @property
    def article(self) -> BlockReports: ...

    @property
    def report(self) -> ClaimReport: ...

    @property
    def order(self) -> tuple[datetime, str]: ...


M = TypeVar("M", bound=Member)


@dataclass(frozen=True)
class Judged(Generic[M]):
    """The reports of one claim in canonical order, its judgements and verdicts in order of time."""

    members: tuple[M, ...]
    judgements: tuple[Judgement, ...] = ()
    verdicts: tuple[Verdict, ...] = ()

    @property
    def dismissal(self) -> Judgement | None:
        """The last judgement that dismisses the claim."""
        return dismissal_of(self.judgements)

    def holds(self, report_id: str) -> bool:
        return any(member.report.report_id == report_id for member in self.members)

    def with_judgement(self, judgement: Judgement) -> "Judged[M]":
        return Judged(self.members, (*self.judgements, judgement), self.verdicts)

    def with_verdicts(self, verdicts: Iterable[Verdict]) -> "Judged[M]":
        return Judged(self.members, self.judgements, tuple(verdicts))


def route_judgement(record: Record) -> list[Outgoing]:
    """Send a judgement to the partition of its block. Raises InvalidMessage."""
    judgement = decode(Judgement, record.value)
    said = BlockReports(
        article_id=f"judgement:{judgement.judgement_id}",
        version=int(judgement.at.timestamp() * 1000),
        block=judgement.block,
        sketch="",
        judgement=judgement,
    )
    return [Outgoing("reports", said.article_id, encode(said), partition_key=family_of(said.block))]


def in_force(judgements: Iterable[Judgement]) -> list[Judgement]:
    """Return the judgements that no undo in force takes back, in order of time.

    An undo can be undone. What undoes what decides, not the times: clocks of two desks differ, and
    a virtual one may stand still.
    """
    standing = not_undone(judgements, lambda judgement: judgement.judgement_id)
    return by_time(judgement for judgement in standing if judgement.kind != "undo")


def dismissal_of(judgements: Sequence[Judgement]) -> Judgement | None:
    """Return the last of the judgements that dismisses their claim; None without any."""
    return next((j for j in reversed(judgements) if j.kind == "dismiss"), None)


def by_time(judgements: Iterable[Judgement]) -> list[Judgement]:
    """Return judgements in order of time, each once."""
    distinct = {judgement.judgement_id: judgement for judgement in judgements}
    return sorted(distinct.values(), key=lambda j: (j.at, j.judgement_id))


def judged(groups: Iterable[Sequence[M]], judgements: Iterable[Judgement]) -> list[Judged[M]]:
    """Return the groups as the judgements change them, in canonical order of their first report.

    A judgement about unknown reports does nothing until they come.
    """
    held = [Judged(tuple(group)) for group in groups]
    for judgement in in_force(judgements):
        held = _apply(held, judgement)
    return sorted(held, key=lambda j: j.members[0].order)


def _apply(held: list[Judged[M]], judgement: Judgement) -> list[Judged[M]]:
    mine = _group_of(held, judgement.reports)
    if mine is None:
        return held
    others = _without(held, mine)
    if judgement.kind == "split":
        return [*others, *_split(mine, judgement)]
    if judgement.kind == "merge":
        other = _group_of(others, judgement.other_reports)
        if other is not None:
            merged = _merge(mine, other).with_judgement(judgement)
            return [*_without(others, other), merged]
    return [*others, mine.with_judgement(judgement)]


def _without(held: Sequence[Judged[M]], gone: Judged[M]) -> list[Judged[M]]:
    return [group for group in held if group is not gone]


def _group_of(held: Sequence[Judged[M]], report_ids: Sequence[str]) -> Judged[M] | None:
    """Return the group that holds the first known one of these reports."""
    for report_id in report_ids:
        for group in held:
            if group.holds(report_id):
                return group
    return None


def _split(mine: Judged[M], judgement: Judgement) -> list[Judged[M]]:
    """Return the group without the named articles, and a new group of these."""
    apart, rest = list[M](), list[M]()
    for member in mine.members:
        is_named = member.article.article_id in judgement.articles
        (apart if is_named else rest).append(member)
    if not apart or not rest:
        return [mine.with_judgement(judgement)]
    remaining = Judged(tuple(rest), mine.judgements).with_judgement(judgement)
    return [remaining, Judged(tuple(apart), (judgement,))]


def _merge(one: Judged[M], other: Judged[M]) -> Judged[M]:
    members = sorted((*one.members, *other.members), key=lambda m: m.order)
    return Judged(tuple(members), tuple(by_time((*one.judgements, *other.judgements))))
