"""Judgements of analysts as elements of the fold: which are in force, and what they make of a block's groups.

automatic groups ─► split, merge, dismiss, note in order of time ─► groups, each with what was decided about it
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from services.messages import BlockReports, ClaimReport, Judgement, decode, encode
from services.ports import Outgoing, Record

DISMISSED = "judgement/dismissed@1"
"""The rule of a claim's last step when an analyst dismissed it."""


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
    """The reports of one claim in canonical order, and the judgements in force on it, in order of time."""

    members: tuple[M, ...]
    judgements: tuple[Judgement, ...] = ()

    @property
    def dismissal(self) -> Judgement | None:
        """The last judgement that says this is no claim at all."""
        return next((j for j in reversed(self.judgements) if j.kind == "dismiss"), None)

    def holds(self, report_id: str) -> bool:
        return any(member.report.report_id == report_id for member in self.members)

    def told(self, judgement: Judgement) -> "Judged[M]":
        return Judged(self.members, (*self.judgements, judgement))


def route_judgement(record: Record) -> list[Outgoing]:
    """Send a judgement to the partition of its block, where it meets the reports. Raises InvalidMessage."""
    judgement = decode(Judgement, record.value)
    said = BlockReports(
        article_id=f"judgement:{judgement.judgement_id}",
        version=int(judgement.at.timestamp() * 1000),
        block=judgement.block,
        sketch="",
        judgement=judgement,
    )
    return [Outgoing("reports", said.article_id, encode(said), partition_key=said.block)]


def in_force(judgements: Iterable[Judgement]) -> list[Judgement]:
    """Return those that no undo in force takes back, in order of time; an undo can be undone."""
    ordered = sorted({j.judgement_id: j for j in judgements}.values(), key=lambda j: (j.at, j.judgement_id))
    undone: set[str] = set()
    # From the latest back: whether an undo holds is settled before what it takes back is looked at.
    for judgement in reversed(ordered):
        if judgement.undoes and judgement.judgement_id not in undone:
            undone.add(judgement.undoes)
    return [j for j in ordered if j.kind != "undo" and j.judgement_id not in undone]


def judged(groups: Iterable[Sequence[M]], judgements: Iterable[Judgement]) -> list[Judged[M]]:
    """Return the groups as the judgements have them, in canonical order of their first report.

    A judgement about reports that nobody has made does nothing, until they come.
    """
    held = [Judged(tuple(group)) for group in groups]
    for judgement in in_force(judgements):
        held = _apply(held, judgement)
    return sorted(held, key=lambda j: j.members[0].order)


def _apply(held: list[Judged[M]], judgement: Judgement) -> list[Judged[M]]:
    mine = _that_holds(held, judgement.reports)
    if mine is None:
        return held
    others = [j for j in held if j is not mine]
    if judgement.kind == "split":
        return [*others, *_split(mine, judgement)]
    if judgement.kind == "merge":
        other = _that_holds(others, judgement.other_reports)
        if other is not None:
            return [*(j for j in others if j is not other), _merge(mine, other).told(judgement)]
    return [*others, mine.told(judgement)]


def _that_holds(held: Iterable[Judged[M]], report_ids: Sequence[str]) -> Judged[M] | None:
    """Return the group meant by report ids: that of the first one known."""
    known = list(held)
    return next((j for report_id in report_ids for j in known if j.holds(report_id)), None)


def _split(mine: Judged[M], judgement: Judgement) -> list[Judged[M]]:
    """Return the group without the named articles, and these as a group of their own that starts afresh."""
    apart = tuple(m for m in mine.members if m.article.article_id in judgement.articles)
    rest = tuple(m for m in mine.members if m.article.article_id not in judgement.articles)
    if not apart or not rest:
        return [mine.told(judgement)]
    return [Judged(rest, mine.judgements).told(judgement), Judged(apart, (judgement,))]


def _merge(one: Judged[M], other: Judged[M]) -> Judged[M]:
    decided = {j.judgement_id: j for j in (*one.judgements, *other.judgements)}
    return Judged(
        tuple(sorted((*one.members, *other.members), key=lambda m: m.order)),
        tuple(sorted(decided.values(), key=lambda j: (j.at, j.judgement_id))),
    )
