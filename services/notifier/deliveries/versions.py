"""Versions of an alert, and which of its revisions a row knows of."""

from collections.abc import Container, Iterable, Mapping

from msgspec.structs import replace

from services.messages import Alert, DeliveryState
from services.notifier.deliveries.rows import reopened


def last_of(alert: Alert) -> int:
    """Return the number of an alert's last revision."""
    return max((revision.number for revision in alert.revisions), default=0)


def seen_by(state: DeliveryState) -> int:
    """Return the last revision that a row knows of."""
    return last_of(state.alert) if state.alert is not None else state.settled


def new_row(alert: Alert, to: str, before: int) -> DeliveryState:
    """Return the row of a new destination. If others know the alert, it gets no history."""
    return DeliveryState(
        alert_id=alert.alert_id, watch_id=alert.watch_id, to=to, since=before, settled=before
    )


def heir(row: DeliveryState, owner: str, leaving: Iterable[DeliveryState]) -> DeliveryState:
    """Return the row of a present channel, with what channels leave to it that are none any more.

    It tells what they have not told, or gave up, and a reader who may have seen something there is
    told a correction here. `owner`: whose channel it is, as `DeliveryState.owner`.
    """
    before = [each for each in leaving if each.owner in ("", owner)]
    has_seen = row.tried or any(each.tried or each.shown for each in before)
    row = replace(row, owner=owner, tried=has_seen)
    if row.alert is not None or row.shown or row.settled != row.since:
        return row
    untold = (reopened(each).settled for each in before if each.alert is not None)
    since = min((row.since, *untold))
    return replace(row, since=since, settled=since)


def before(alert: Alert, known: Mapping[str, DeliveryState], named: Container[str]) -> int:
    """Return the revision that was current before a version of an alert.

    Rows are written one after another, new ones first. Where those of this version were written
    only in part, the ones that are there tell when their own channels were added.
    """
    here = [state for to, state in known.items() if to in named]
    if here and all(seen_by(state) >= last_of(alert) for state in here):
        return max(state.since for state in here)
    seen = map(seen_by, known.values())
    return max((number for number in seen if number < last_of(alert)), default=0)
