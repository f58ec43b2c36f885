"""What has changed since a shift: for who comes back to the desk. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.desk.inbox import Reader, Step, called, step
from services.desk.words import claim_sentence
from services.messages import Alert, Claim, Command, Evidence, Status

MOST_LISTED = 50
"""Rows of each list: more would be read by nobody, and the number of all is told."""

_TAKES_BACK = frozenset({"denied", "corrected", "retracted"})
"""Kinds of change that contradict what was told."""


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A claim that got another status: from `was` (None: it is new) to `now`, at `at`.

    `is_quoted`: no answer is left, and `sentence` is a quoted one.
    """

    claim_id: str
    sentence: str
    was: Status | None
    now: Status
    at: datetime | None
    quote: Evidence | None = None
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """Something that was told, and no longer held. `status`: how the alert stands now."""

    alert_id: str
    watch_name: str
    status: Status | None
    step: Step


@dataclass(frozen=True, slots=True)
class Opened:
    """An alert that was opened."""

    alert_id: str
    watch_name: str
    status: Status | None
    step: Step


@dataclass(frozen=True, slots=True)
class Seen:
    """An alert that somebody else acknowledged. `says`: what it tells; "" for all of a watch."""

    alert_id: str
    watch_name: str
    who: str
    at: datetime
    says: str


@dataclass(frozen=True, slots=True)
class Handover:
    """What has changed from `since` to `until`, the newest first: each list is cut to what is read.

    `n_…`: the numbers of all.
    """

    since: datetime
    until: datetime
    claims: tuple[StatusChange, ...]
    corrections: tuple[Correction, ...]
    opened: tuple[Opened, ...]
    seen: tuple[Seen, ...]
    n_claims: int
    n_corrections: int
    n_opened: int
    n_seen: int

    @property
    def is_empty(self) -> bool:
        """True if nothing has changed."""
        return not (self.claims or self.corrections or self.opened or self.seen)

    @classmethod
    def of(
        cls,
        since: datetime,
        until: datetime,
        *,
        claims: Sequence[StatusChange],
        corrections: Sequence[Correction],
        opened: Sequence[Opened],
        seen: Sequence[Seen],
    ) -> "Handover":
        """Return all of it, with the numbers before the lists are cut."""
        return cls(
            since,
            until,
            tuple(claims[:MOST_LISTED]),
            tuple(corrections[:MOST_LISTED]),
            tuple(opened[:MOST_LISTED]),
            tuple(seen[:MOST_LISTED]),
            len(claims),
            len(corrections),
            len(opened),
            len(seen),
        )


def status_change(claim: Claim, since: datetime) -> StatusChange | None:
    """Return how the status of a claim changed since a time, all steps as one; None if it is the
    same as before."""
    steps = [each for each in claim.history if each.at is not None and each.at >= since]
    if not steps:
        return None
    was, last = steps[0].from_, steps[-1]
    if was == last.to:
        return None
    quotes = (*reversed(last.shown_by), *filter(None, (last.evidence,)), *claim.evidence[:1])
    return StatusChange(
        claim_id=claim.claim_id,
        sentence=claim_sentence(claim),
        was=was,
        now=last.to,
        at=last.at,
        quote=next(iter(quotes), None),
        is_quoted=bool(claim.evidence) and not claim.slots,
    )


def status_changes(claims: Iterable[Claim], since: datetime) -> list[StatusChange]:
    """Return the claims whose status changed since a time, the newest change first.

    A new claim counts only once somebody else bears it out or contradicts it: single reports come
    all day, and the page of claims has them.
    """
    found = filter(None, (status_change(claim, since) for claim in claims))
    told = [each for each in found if each.was is not None or each.now not in ("reported",)]
    return sorted(told, key=lambda each: _time(each.at), reverse=True)


def corrections(alerts: Iterable[Alert], since: datetime) -> list[Correction]:
    """Return what was told in alerts and no longer holds, the newest first."""
    found = [
        Correction(
            alert.alert_id, alert.watch_name, alert.revisions[-1].told.status, step(revision)
        )
        for alert in alerts
        for revision in alert.revisions
        if (revision.corrects or revision.kind in _TAKES_BACK)
        and revision.kind != "merged"
        and revision.at is not None
        and revision.at >= since
    ]
    return sorted(found, key=lambda each: _time(each.step.at), reverse=True)


def opened(alerts: Iterable[Alert], since: datetime) -> list[Opened]:
    """Return the alerts that were opened since a time, the newest first, as they stand now."""
    found = [
        Opened(
            alert.alert_id,
            alert.watch_name,
            alert.revisions[-1].told.status,
            step(alert.revisions[-1]),
        )
        for alert in alerts
        if (at := alert.revisions[0].at) is not None and at >= since and alert.state != "closed"
    ]
    return sorted(found, key=lambda each: _time(each.step.at), reverse=True)


def seen_by_others(
    commands: Iterable[Command],
    alerts: Iterable[Alert],
    reader: Reader,
    since: datetime,
    watch_names: dict[str, str],
) -> list[Seen]:
    """Return what others acknowledged since a time, the newest first, each alert once a person."""
    by_id = {alert.alert_id: alert for alert in alerts}
    found: dict[tuple[str, str], Seen] = {}
    for order in sorted(commands, key=lambda each: (each.at, each.command_id)):
        if order.action != "acknowledge" or order.at < since or order.by == reader.name:
            continue
        about = order.alert_id or order.watch_id
        alert = by_id.get(order.alert_id or "")
        name = watch_names.get(order.watch_id) or (
            alert.watch_name if alert else "a watch that is gone"
        )
        said = step(alert.revisions[-1]).text if alert else ""
        who = called(order, reader)
        found[about, who] = Seen(order.alert_id or "", name, who, order.at, said)
    return sorted(found.values(), key=lambda each: each.at, reverse=True)


def _time(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0
