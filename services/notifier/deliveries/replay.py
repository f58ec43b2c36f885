"""What a webhook is sent again: the revisions of a range of time, each under its own key. Pure.

The key of a message is that of its first delivery, so a receiver drops what it has.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.messages import Alert, Revision, Subscriber
from services.notifier.content import Letter
from services.notifier.deliveries.steps import delivery_id
from services.notifier.policies.links import LinkMaker
from services.notifier.policies.recipients import Recipient, recipients_of
from services.notifier.texts.compose import letter


@dataclass(frozen=True, slots=True)
class Asked:
    """A range of news time, the end left out, and the destination."""

    to: str
    since: datetime
    until: datetime


def replayed(
    alerts: Iterable[Alert], asked: Asked, subscribers: Mapping[str, Subscriber], links: LinkMaker
) -> list[Letter]:
    """Return the letters that a destination was to get of `alerts`, the oldest first.

    A revision without a time is in no range.
    """
    found = [
        (at, alert.alert_id, revision.number, _letter(alert, revision, recipient, links))
        for alert in alerts
        for recipient in recipients_of(alert, subscribers)
        if recipient.to == asked.to
        for revision in _wanted(alert, recipient)
        if (at := revision.at) is not None and asked.since <= at < asked.until
    ]
    return [last for *_, last in sorted(found, key=lambda row: row[:3])]


def _letter(alert: Alert, revision: Revision, recipient: Recipient, links: LinkMaker) -> Letter:
    return letter(
        alert,
        revision,
        key=delivery_id(revision.id, recipient.to),
        links=links.of_revision(recipient, alert, revision),
        zone=recipient.zone,
    )


def _wanted(alert: Alert, recipient: Recipient) -> Iterator[Revision]:
    """Yield what a recipient wants, and the corrections of it."""
    has_some = False
    for revision in alert.revisions:
        if revision.kind in recipient.when or (revision.corrects and has_some):
            has_some = True
            yield revision
