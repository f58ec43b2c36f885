"""When a revision may go out: snooze, mute, quiet hours, digest, throttle. Pure: time is passed in.

    snoozed ─► muted ─► quiet hours ─► digest ─► throttle ─► now

Waiting revisions are neither lost nor sent one by one. When they may go, only the last revision of
each alert goes: it describes the present state.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from services.messages import Alert, Command, Quiet, Revision
from services.notifier.channels import Due
from services.notifier.policies.hours import next_digest, quiet_until
from services.text.times import parse_length

_MINOR = frozenset({"independent", "count", "slot"})
"""Kinds of revision that a mute holds back. Any other kind ends the mute."""


@dataclass(frozen=True)
class Hold:
    """Wait until `until`; `reason` is for the log."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Drop:
    """Never send it."""

    reason: str


Verdict = Hold | Drop | None
"""None: send it now."""


@dataclass
class Orders:
    """The commands of readers, by alert or watch. The last of a kind counts, by its time `at`."""

    _snoozed: dict[str, Command] = field(default_factory=dict)
    _muted: dict[str, Command] = field(default_factory=dict)
    n_taken: int = 0
    """Commands taken so far. If it has grown, held revisions may be due."""

    def take(self, command: Command) -> None:
        """Apply a command. One that is older than a known one changes nothing."""
        self.n_taken += 1
        about = command.alert_id or command.watch_id
        books = {
            "snooze": [self._snoozed],
            "mute": [self._muted],
            "resume": [self._snoozed, self._muted],
        }
        for book in books.get(command.action, []):
            known = book.get(about)
            if known is None or (known.at, known.command_id) <= (command.at, command.command_id):
                book[about] = command

    def snoozed_until(self, alert: Alert) -> datetime | None:
        asked = [self._snoozed.get(alert.alert_id), self._snoozed.get(alert.watch_id)]
        return max((c.until for c in asked if c and c.action == "snooze" and c.until), default=None)

    def is_muted(self, alert: Alert, revision: Revision) -> bool:
        """Return True if a mute holds a revision back.

        It does while only minor changes have come since the command.
        """
        asked = [self._muted.get(alert.alert_id), self._muted.get(alert.watch_id)]
        return any(
            c.action == "mute" and _only_minor_since(c.at, alert, revision) for c in asked if c
        )


def _only_minor_since(at: datetime, alert: Alert, revision: Revision) -> bool:
    since = [
        r for r in alert.revisions if r.number <= revision.number and (r.at is None or r.at > at)
    ]
    return revision in since and all(r.kind in _MINOR for r in since)


def decide(item: Due, orders: Orders, last_sent: datetime | None, now: datetime) -> Verdict:
    """Return when a revision may go to its channel.

    `last_sent`: when this channel last got a message of the alert.
    """
    alert, revision, policy = item.alert, item.revision, item.alert.policy
    snoozed = orders.snoozed_until(alert)
    if snoozed is not None and snoozed > now:
        return Hold(snoozed, "snoozed")
    if orders.is_muted(alert, revision):
        return Drop("muted until its status changes")
    if policy.quiet is not None and not _is_urgent(revision, policy.quiet):
        ends = quiet_until(policy.quiet, now)
        if ends is not None:
            return Hold(ends, "quiet hours")
    if policy.digest is not None and revision.at is not None:
        ends = next_digest(policy.digest, revision.at)
        if ends > now:
            return Hold(ends, "digest")
    if policy.throttle is not None and last_sent is not None:
        ends = last_sent + parse_length(policy.throttle.every)
        if ends > now:
            return Hold(ends, "throttle")
    return None


def _is_urgent(revision: Revision, quiet: Quiet) -> bool:
    return revision.kind in quiet.except_ or revision.told.level in quiet.except_


def settle(items: Iterable[Due]) -> tuple[list[Due], list[tuple[Due, str]]]:
    """Return the items to send, oldest first, and the others with the reason.

    Only the last revision of each alert and channel is sent. If the alert began and was retracted
    while it waited, none is.
    """
    by_place: dict[tuple[str, str], list[Due]] = {}
    for item in items:
        by_place.setdefault((item.alert.alert_id, item.channel.to), []).append(item)
    going: list[Due] = []
    passed: list[tuple[Due, str]] = []
    for waiting in by_place.values():
        *earlier, last = sorted(waiting, key=lambda item: item.revision.number)
        passed += [(item, f"told with revision {last.revision.number}") for item in earlier]
        if earlier and earlier[0].revision.kind == "first" and _is_over(last):
            passed.append((last, "came and went while it waited"))
        else:
            going.append(last)
    return going, passed


def _is_over(last: Due) -> bool:
    """True if an alert's main incident is taken back, and no other one stands."""
    others = (also.told for also in last.alert.also)
    is_main = last.revision.about == "" and last.revision.kind == "retracted"
    return is_main and all(told is None or told.status == "retracted" for told in others)
