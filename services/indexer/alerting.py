"""Alerts, what readers asked about them, hits held back, and deliveries, as documents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from services.errors import InvalidMessage
from services.indexer.fields import Text, action, milliseconds, quotes, same, seconds
from services.messages import Alert, Command, Delivery, Policy, Revision, Suppressed
from services.ports import IndexAction


class AlertDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An alert with its last revision.

    - `event` to `disputed`: the values last published of its main incident.
    - `published_at`, `first_seen_at`, `decided_at`: of what it opened with.
      `seconds_from_publication`, `seconds_from_sight`: from these to the decision; never below 0.
    - `whole`: the message without channels and policy, which are nobody's else; it is not searched.
    - `written_at`: when Kafka took this version (machine time; None in older data).
    """

    alert_id: str
    watch_id: str
    watch_name: str
    state: str
    claim_ids: list[str]
    article_ids: list[str]
    event: str | None
    status: str | None
    level: str | None
    n_reports: int
    n_independent: int
    disputed: list[str]
    n_revisions: int
    last_kind: str
    first_at: datetime | None
    last_at: datetime | None
    published_at: datetime | None
    first_seen_at: datetime | None
    decided_at: datetime | None
    seconds_from_publication: float | None
    seconds_from_sight: float | None
    outlets: list[str]
    last_text: Text
    quotes: list[Text]
    whole: Alert
    version: int
    written_at: datetime | None = None


class CommandDocument(msgspec.Struct, frozen=True, kw_only=True):
    """An order of a reader about an alert, or about all alerts of a watch: see `Command`."""

    command_id: str
    watch_id: str
    alert_id: str | None
    recipient: str
    revision: int
    action: str
    to: str
    until: datetime | None
    by: str
    undoes: str
    at: datetime | None


class SuppressedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A hit that raised no alert, with the reason."""

    suppressed_id: str
    watch_id: str
    article_id: str | None
    claim_id: str | None
    reason: str
    title: Text | None
    detail: Text
    at: datetime | None


class DeliveryDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of one delivery.

    - `channel_kind`: what stands before its colon.
    - `seconds_from_sight`: from the sight of its evidence to the delivery; never below 0. None if
      it waited for its reader or its receiver.
    - `written_at`: when Kafka took it (machine time; None in older data).
    """

    delivery_id: str
    alert_id: str
    revision_id: str
    watch_id: str
    channel: str
    channel_kind: str
    kind: str
    attempt: int
    outcome: str
    detail: Text
    at: datetime | None
    seconds_from_sight: float | None = None
    written_at: datetime | None = None


def alerts(alert: Alert) -> list[IndexAction]:
    if not alert.revisions:
        raise InvalidMessage(
            "wrong-schema", f"the alert {alert.alert_id} has no revision: nothing was ever sent"
        )
    last = alert.revisions[-1]
    document = AlertDocument(
        **same(AlertDocument, alert)
        | {"claim_ids": list(alert.all_claim_ids), "article_ids": list(alert.article_ids)}
        | _told(alert.revisions)
        | _delay(alert.revisions[0]),
        n_revisions=last.number,
        last_kind=last.kind,
        first_at=alert.revisions[0].at,
        last_at=last.at,
        last_text=Text(last.text),
        quotes=quotes(last.evidence),
        whole=msgspec.structs.replace(alert, channels=(), policy=Policy()),
    )
    return [action("alerts", alert.alert_id, alert.version, document)]


def _told(revisions: Sequence[Revision]) -> dict[str, Any]:
    """Return what was last published of the main incident, and by which outlets."""
    told = next((r.told for r in reversed(revisions) if not r.about), revisions[-1].told)
    outlets = (evidence.outlet for r in revisions for evidence in r.evidence)
    return {
        "event": told.event or None,
        "status": told.status,
        "level": told.level,
        "n_reports": told.n_reports,
        "n_independent": told.n_independent,
        "disputed": list(told.disputed),
        "outlets": sorted({outlet for outlet in outlets if outlet}),
    }


def _delay(first: Revision) -> dict[str, Any]:
    stamps = first.stamps
    return {
        "published_at": stamps.published_at,
        "first_seen_at": stamps.first_seen_at,
        "decided_at": stamps.decided_at,
        "seconds_from_publication": seconds(stamps.published_at, stamps.decided_at),
        "seconds_from_sight": seconds(stamps.first_seen_at, stamps.decided_at),
    }


def commands(row: Command) -> list[IndexAction]:
    document = CommandDocument(**same(CommandDocument, row))
    return [action("commands", row.command_id, 1, document)]


def suppressed(row: Suppressed) -> list[IndexAction]:
    document = SuppressedDocument(**same(SuppressedDocument, row))
    return [action("suppressed", row.suppressed_id, 1, document)]


def deliveries(row: Delivery) -> list[IndexAction]:
    """Return the document of a delivery. The last outcome counts, however many tries it took."""
    document = DeliveryDocument(
        **same(DeliveryDocument, row),
        channel_kind=row.channel.partition(":")[0],
        seconds_from_sight=seconds(row.seen_at, row.at),
    )
    return [action("deliveries", row.delivery_id, milliseconds(row.at), document)]
