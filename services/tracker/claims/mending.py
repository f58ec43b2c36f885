"""What the desk's verdicts leave of the reports of a claim.

reports as they were read ─► verdicts in order of time ─► reports as they count

| reason | of its reports |
| --- | --- |
| no-event, old | none counts from then on |
| who, where, number | the wrong answers are left out |
| denied | they deny from then on |
| copy | the origin of their article never adds |
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from services.messages import Answer, ClaimReport, Verdict, WrongReason
from services.tracker.claims.slots import count_key
from services.tracker.grouping.verdicts import FOR_GOOD
from services.tracker.reports.element import LATEST, Element

_INSTANT = timedelta(microseconds=1)
"""The time for which a report counts that was called wrong before its own time came."""

_UNVERIFIED = "unverified"
"""The cue of a speaker who could not confirm something, and so takes no side."""

Mending = Callable[[Sequence[Element], Verdict], Iterable[Element]]


def mended(members: Sequence[Element], verdicts: Iterable[Verdict]) -> tuple[Element, ...]:
    """Return the reports of a claim as verdicts in order of time leave them, in canonical order.

    A verdict on an incident holds of its reports, and of every report of the same event in the same
    words: copies come late. One on a claim holds of all of its reports until then. That nothing
    happened, that it is old, and that a given answer is wrong, holds of later ones too.
    """
    found = tuple(members)
    for verdict in verdicts:
        if verdict.reason is not None:
            found = tuple(_MENDING[verdict.reason](found, verdict))
    return found if found == tuple(members) else tuple(sorted(found, key=lambda m: m.order))


def _concerned(members: Iterable[Element], verdict: Verdict) -> Callable[[Element], bool]:
    """Return a test for the reports that a verdict is about."""
    if verdict.is_whole:
        if verdict.keys or verdict.reason in FOR_GOOD:
            return lambda _: True
        return lambda member: not _is_later(member, verdict)
    own = [member for member in members if _is_named(member, verdict)]
    same_words = {_words(member) for member in own}
    return lambda member: _is_named(member, verdict) or _words(member) in same_words


def _is_later(member: Element, verdict: Verdict) -> bool:
    """True if a report came after a verdict, which does not name it."""
    is_later = member.at is not None and member.at > verdict.at
    return is_later and not _is_named(member, verdict)


def _is_named(member: Element, verdict: Verdict) -> bool:
    return member.report.report_id in verdict.reports or verdict.id in (
        member.incident,
        member.report.incident_id,
    )


def _words(member: Element) -> tuple[str, str]:
    """Return the event and the words of a report's sentence, however they are set."""
    return member.report.event, " ".join(member.report.quote.casefold().split())


def _without(members: Sequence[Element], verdict: Verdict) -> Iterable[Element]:
    is_wrong = _concerned(members, verdict)
    for member in members:
        yield _taken_back(member, verdict) if is_wrong(member) else member


def _taken_back(member: Element, verdict: Verdict) -> Element:
    """Return a report that no longer counts; one that comes after its claim was called wrong never.

    A report that the verdict itself names counts until then, so that the history tells of it.
    """
    if member.withdrawn_at is not None and member.withdrawn_at <= verdict.at:
        return member
    if _is_later(member, verdict):
        return replace(member, live=False, silenced=True)
    return replace(member, live=False, withdrawn_at=_moment(member, verdict))


def _moment(member: Element, verdict: Verdict) -> datetime:
    """Return the time of a verdict in the life of a report, which is not before its own time."""
    at = member.at
    return verdict.at if at is None or at >= LATEST else max(verdict.at, at + _INSTANT)


def _with_denials(members: Sequence[Element], verdict: Verdict) -> Iterable[Element]:
    """Yield the reports, with a denial for each that is called one, from that time on."""
    is_wrong = _concerned(members, verdict)
    for member in members:
        if not is_wrong(member) or member.report.stance == "denied":
            yield member
            continue
        yield _taken_back(member, verdict)
        if member.live:
            denial = msgspec.structs.replace(
                member.report,
                stance="denied",
                cues=tuple(cue for cue in member.report.cues if cue != _UNVERIFIED),
            )
            yield replace(member, report=denial, at=_moment(member, verdict), withdrawn_at=None)


def _with_copies(members: Sequence[Element], verdict: Verdict) -> Iterable[Element]:
    """Yield the reports; those of the article that repeats another one add no origin.

    Of a claim without a named article all but the first repeat the first.
    """
    copies: Collection[str] = {verdict.article_id} if verdict.article_id else set()
    if verdict.is_whole and not copies:
        first = members[0].article.article_id
        known = {m.article.article_id for m in members if not _is_later(m, verdict)}
        copies = known - {first}
    for member in members:
        yield replace(member, repeats=True) if member.article.article_id in copies else member


def _without_answers(*slots: str) -> Mending:
    def mend(members: Sequence[Element], verdict: Verdict) -> Iterable[Element]:
        is_wrong = _concerned(members, verdict)
        for member in members:
            if is_wrong(member):
                report = _without_those(member.report, slots, verdict.keys)
                yield member if report == member.report else replace(member, report=report)
            else:
                yield member

    return mend


def _without_those(
    report: ClaimReport, slots: Collection[str], keys: Collection[str]
) -> ClaimReport:
    """Return a report without answers to some questions: those of `keys`, or all without any."""
    left: dict[str, object] = {}
    for slot in slots:
        if slot == "counts":
            left[slot] = tuple(
                c for c in report.counts if keys and f"count.{c.of}:{count_key(c)}" not in keys
            )
        else:
            said: tuple[Answer, ...] = getattr(report, slot)
            left[slot] = tuple(a for a in said if keys and f"{slot}:{a.key}" not in keys)
    return msgspec.structs.replace(report, **left)


_MENDING: Mapping[WrongReason, Mending] = {
    "no-event": _without,
    "old": _without,
    "who": _without_answers("patient", "agent"),
    "where": _without_answers("place"),
    "number": _without_answers("counts"),
    "denied": _with_denials,
    "copy": _with_copies,
}
