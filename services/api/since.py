"""What is asked of the index for who comes back to the desk."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from services.api.access.people import Person
from services.api.desk import Desk
from services.api.inbox import Inbox
from services.desk.documents import claim_of
from services.desk.handover import (
    Handover,
    corrections,
    opened,
    seen_by_others,
    status_changes,
)
from services.messages import Alert
from services.ports import JsonObject

SHIFT = timedelta(hours=8)
"""How far back a person sees who has set no mark: a working day."""

LONGEST = timedelta(days=30)
"""How far back anybody sees: a claim closes 30 days after its last report."""

MOST_CLAIMS = 300
"""Claims that are looked at, those first whose status changed last."""

MOST_ALERTS = 300
"""Alerts that are looked at, those first that changed last."""


def begin_of(inbox: Inbox, person: Person, asked: datetime | None, now: datetime) -> datetime:
    """Return since when a person wants to know: as asked, else since their mark, else a shift."""
    mark = inbox.mark(person, "shift")
    since = asked or (mark.at if mark else now - SHIFT)
    return min(max(since, now - LONGEST), now)


def handover_of(desk: Desk, inbox: Inbox, person: Person, since: datetime) -> Handover:
    """Return what has changed for a person since a time. Raises TransientError."""
    now = desk.now()
    from_then = {"gte": since.isoformat()}
    newest: JsonObject = {"status_at": {"order": "desc", "unmapped_type": "date"}}
    body: JsonObject = {
        "query": {"bool": {"filter": [{"range": {"status_at": from_then}}]}},
        "sort": [newest],
        "size": MOST_CLAIMS,
    }
    hits = desk.search.search("claims", body)["hits"]["hits"]
    claims = [claim for hit in hits if (claim := claim_of(hit["_source"])) is not None]
    changes = status_changes((c for c in claims if c.merged_into is None), since)
    names = {id: watch.name for id, watch in inbox.watches(person).items()}
    alerts = [
        replace(alert, watch_name=names.get(alert.watch_id, alert.watch_name))
        for alert in _alerts(inbox, person, [{"range": {"last_at": from_then}}])
    ]
    new, wrong = opened(alerts, since), corrections(alerts, since)
    asked: list[JsonObject] = [{"range": {"at": from_then}}, {"term": {"action": "acknowledge"}}]
    orders = [each for each in inbox.commands(asked) if inbox.sees(person, each.watch_id)]
    ids = sorted({each.alert_id for each in orders if each.alert_id})[:MOST_ALERTS]
    told = _alerts(inbox, person, [{"terms": {"alert_id": ids}}]) if ids else []
    seen = seen_by_others(orders, told, inbox.reader(person), since, names)
    return Handover.of(since, now, claims=changes, corrections=wrong, opened=new, seen=seen)


def _alerts(inbox: Inbox, person: Person, filters: Sequence[JsonObject]) -> list[Alert]:
    return [alert for alert, _ in inbox.alerts(person, filters, size=MOST_ALERTS)]
