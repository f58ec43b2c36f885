"""When a revision may go out: snooze, mute, quiet hours, digest, throttle. Pure: the time is passed in.

    snoozed ─► muted ─► quiet hours ─► digest ─► throttle ─► now

What waits is not lost and not piled up: once it may go, the last revision of an alert goes, as it tells how things stand.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from services.messages import Alert, Command, Quiet, Revision
from services.notifier.channels import Due
from services.text.times import parse_clock, parse_length, parse_zone

_MIDNIGHT = time(0)
_MINOR = frozenset({"independent", "count", "slot"})
"""Kinds that a mute holds back; any other one ends it."""


@dataclass(frozen=True)
class Hold:
    """Not before `until`; `reason` for the log."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Drop:
    """Never."""

    reason: str


Verdict = Hold | Drop | None
"""None: now."""


@dataclass
class Orders:
    """What readers have asked for, by alert or watch: the last command of a kind counts, in order of `at`."""

    _snoozed: dict[str, Command] = field(default_factory=dict)
    _muted: dict[str, Command] = field(default_factory=dict)
    n_taken: int = 0
    """Commands taken so far: where it has grown, what waits may be due."""

    def take(self, command: Command) -> None:
        """Take a command; an older one than is known changes nothing."""
        self.n_taken += 1
        about = command.alert_id or command.watch_id
        books = {"snooze": [self._snoozed], "mute": [self._muted], "resume": [self._snoozed, self._muted]}
        for book in books.get(command.action, []):
            known = book.get(about)
            if known is None or (known.at, known.command_id) <= (command.at, command.command_id):
                book[about] = command

    def snoozed_until(self, alert: Alert) -> datetime | None:
        asked = [self._snoozed.get(alert.alert_id), self._snoozed.get(alert.watch_id)]
        return max((c.until for c in asked if c and c.action == "snooze" and c.until), default=None)

    def is_muted(self, alert: Alert, revision: Revision) -> bool:
        """Tell whether a mute holds a revision back: only minor changes have come since it was asked for."""
        asked = [self._muted.get(alert.alert_id), self._muted.get(alert.watch_id)]
        return any(c.action == "mute" and _only_minor_since(c.at, alert, revision) for c in asked if c)


def _only_minor_since(at: datetime, alert: Alert, revision: Revision) -> bool:
    since = [r for r in alert.revisions if r.number <= revision.number and (r.at is None or r.at > at)]
    return revision in since and all(r.kind in _MINOR for r in since)


def decide(item: Due, orders: Orders, last_sent: datetime | None, now: datetime) -> Verdict:
    """Return when a revision may go to its channel; `last_sent` is when this channel last heard of the alert."""
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
        ends = next_boundary(parse_length(policy.digest.every), revision.at)
        if ends > now:
            return Hold(ends, "digest")
    if policy.throttle is not None and last_sent is not None:
        ends = last_sent + parse_length(policy.throttle.every)
        if ends > now:
            return Hold(ends, "throttle")
    return None


def _is_urgent(revision: Revision, quiet: Quiet) -> bool:
    return revision.kind in quiet.except_ or revision.told.level in quiet.except_


def quiet_until(quiet: Quiet, now: datetime) -> datetime | None:
    """Return the end of the quiet hours that `now` lies in, or None. Hours may reach over midnight, and clocks may change."""
    zone, begins, ends = parse_zone(quiet.zone), parse_clock(quiet.from_), parse_clock(quiet.to)
    here = now.astimezone(zone)
    for day in (here.date() - timedelta(days=1), here.date()):
        start = datetime.combine(day, begins, zone)
        end = datetime.combine(day if ends > begins else day + timedelta(days=1), ends, zone)
        # Compared in UTC: two times of one zone are compared by what their clocks show, also where an hour comes twice.
        if start.astimezone(now.tzinfo) <= now < end.astimezone(now.tzinfo):
            return end.astimezone(now.tzinfo)
    return None


def next_boundary(every: timedelta, after: datetime) -> datetime:
    """Return the next full `every` after a time, counted from midnight UTC of its day (of 1970 for days and longer)."""
    start = datetime.combine(after.date(), _MIDNIGHT, after.tzinfo)
    if every >= timedelta(days=1):
        start = datetime(1970, 1, 1, tzinfo=after.tzinfo)
    return start + ((after - start) // every + 1) * every


def settle(items: Iterable[Due]) -> tuple[list[Due], list[tuple[Due, str]]]:
    """Return what goes out of the items that may go now, oldest first, and what does not, with why.

    Of an alert and channel only the last revision goes; none where the whole story came and went before anybody heard of it.
    """
    by_place: dict[tuple[str, str], list[Due]] = {}
    for item in items:
        by_place.setdefault((item.alert.alert_id, item.channel.to), []).append(item)
    going: list[Due] = []
    passed: list[tuple[Due, str]] = []
    for waiting in by_place.values():
        *earlier, last = sorted(waiting, key=lambda item: item.revision.number)
        passed += [(item, f"told with revision {last.revision.number}") for item in earlier]
        if earlier and earlier[0].revision.kind == "first" and last.revision.kind == "retracted":
            passed.append((last, "came and went while it waited"))
        else:
            going.append(last)
    return going, passed
