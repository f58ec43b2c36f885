"""Verdicts of the desk: to which blocks they go, which hold, and of which groups.

verdict ─► reports of each of its blocks ─► those not undone ─► the groups that hold its reports

What a verdict does to the reports of its group is decided in `claims/mending.py`.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

from services.messages import BlockReports, Verdict, WrongReason, decode, encode
from services.messages.undoing import not_undone
from services.ports import Outgoing, Record
from services.tracker.grouping.judgements import Judged, Member
from services.tracker.reports.families import family_of

MAX_VERDICTS = 50
"""Verdicts that hold of one claim: the first ones. It bounds the claim.

A guess: who finds fifty faults in a claim dismisses it.
"""

FOR_GOOD: Collection[WrongReason] = ("no-event", "old")
"""Reasons that hold of whatever is reported later of the same claim: it is `retracted`."""

M = TypeVar("M", bound=Member)


def route_verdict(record: Record) -> list[Outgoing]:
    """Send a verdict to the partition of each of its blocks. Raises InvalidMessage.

    One that finds nothing wrong changes no claim, so it goes nowhere.
    """
    verdict = decode(Verdict, record.value)
    if verdict.answer not in ("wrong", "undo"):
        return []
    return [_said_in(block, verdict) for block in dict.fromkeys(verdict.blocks)]


def _said_in(block: str, verdict: Verdict) -> Outgoing:
    said = BlockReports(
        article_id=f"verdict:{verdict.verdict_id}",
        version=int(verdict.at.timestamp() * 1000),
        block=block,
        sketch="",
        verdict=verdict,
    )
    return Outgoing("reports", said.article_id, encode(said), partition_key=family_of(block))


def wrong_ones(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the verdicts that find something wrong and that nobody took back, in order of time."""
    standing = not_undone(verdicts, lambda verdict: verdict.verdict_id)
    return by_time(verdict for verdict in standing if verdict.answer == "wrong")


def rule_of(verdict: Verdict) -> str:
    """Return the rule of a step of a claim that a verdict caused."""
    return f"verdict/{verdict.reason}@1"


def by_time(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return verdicts in order of time, each once."""
    distinct = {verdict.verdict_id: verdict for verdict in verdicts}
    return sorted(distinct.values(), key=lambda v: (v.at, v.verdict_id))


def with_verdicts(groups: Sequence[Judged[M]], verdicts: Iterable[Verdict]) -> Sequence[Judged[M]]:
    """Return the groups, each with the verdicts on its reports that hold.

    One on a claim is of the group with the first report of it that is known, one on an incident of
    every group with a report of it. One on unknown reports does nothing until they come.
    """
    standing = wrong_ones(verdicts)
    if not standing:
        return groups
    home: dict[str, int] = {}
    for number, group in enumerate(groups):
        for member in group.members:
            home.setdefault(member.report.report_id, number)
    found: dict[int, list[Verdict]] = {}
    for verdict in standing:
        known = list(dict.fromkeys(home[id] for id in verdict.reports if id in home))
        for number in known[:1] if verdict.is_whole else known:
            found.setdefault(number, []).append(verdict)
    return [
        group.with_verdicts(found[number][:MAX_VERDICTS]) if number in found else group
        for number, group in enumerate(groups)
    ]
