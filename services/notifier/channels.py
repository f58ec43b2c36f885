"""The revisions of an alert that each of its channels still has to get."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.messages import Alert, Channel, Delivery, Revision
from services.text.hashes import digest


@dataclass(frozen=True, slots=True)
class Due:
    """One revision for one channel. `delivery_id` is the same at every try."""

    delivery_id: str
    alert: Alert
    revision: Revision
    channel: Channel


def delivery_id(revision_id: str, channel: str) -> str:
    """Return the id of the delivery of a revision to a channel."""
    return digest(revision_id, channel)


def due(alert: Alert, settled: Collection[str]) -> Iterator[Due]:
    """Yield the deliveries that are not in `settled` (ids), by channel, oldest revision first."""
    for channel in {channel.to: channel for channel in alert.channels}.values():
        for number, revision in enumerate(alert.revisions):
            key = delivery_id(revision.id, channel.to)
            if key not in settled and _is_wanted(alert, number, channel):
                yield Due(key, alert, revision, channel)


def _is_wanted(alert: Alert, number: int, channel: Channel) -> bool:
    """Return True if a channel wants a revision.

    A correction follows every revision that the channel got, whether or not it wants corrections.
    """
    revision = alert.revisions[number]
    return revision.kind in channel.when or (
        revision.corrects
        and any(earlier.kind in channel.when for earlier in alert.revisions[:number])
    )


def may_pass(status: int) -> bool:
    """Return True if a receiver with this status may accept the message later."""
    return status == 429 or status >= 500


def delivery(
    item: Due,
    attempt: int,
    outcome: Literal["delivered", "failed", "skipped"],
    at: datetime,
    detail: str = "",
) -> Delivery:
    """Return the record of a delivery."""
    return Delivery(
        delivery_id=item.delivery_id,
        alert_id=item.alert.alert_id,
        revision_id=item.revision.id,
        watch_id=item.alert.watch_id,
        channel=item.channel.to,
        kind=item.revision.kind,
        attempt=attempt,
        outcome=outcome,
        detail=detail[:300],
        at=at,
    )
