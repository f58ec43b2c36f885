"""What is counted of deliveries."""

from collections.abc import Sequence

import structlog

from services.channels import scheme_of
from services.messages import Delivery, Stamps
from services.notifier.deliveries.changes import Changes
from services.notifier.deliveries.steps import Effect, delivery_id
from services.runtime import metrics
from services.runtime.meter import took

_log = structlog.get_logger()


def measure(changes: Changes, effects: Sequence[Effect]) -> None:
    """Count outcomes, and observe the time from an article to its alert. Log what was given up."""
    told = {delivery_id(e.revision.id, e.state.to): e.revision.stamps for e in effects}
    for record in changes.history:
        channel = scheme_of(record.channel) or "none"
        metrics.count("reportedly_deliveries_total", outcome=record.outcome, channel=channel)
        if record.outcome == "failed":
            _warn(record)
        stamps = told.get(record.delivery_id)
        if record.outcome == "delivered" and stamps is not None:
            _took(record, stamps)


def _took(record: Delivery, stamps: Stamps) -> None:
    """Observe the times of a revision; of one that waited for its reader none to its delivery."""
    seen, published, decided = stamps.first_seen_at, stamps.published_at, stamps.decided_at
    took(stage="decided", since="seen", began=seen, ended=decided)
    took(stage="decided", since="published", began=published, ended=decided)
    if record.seen_at is not None:
        took(stage="delivered", since="seen", began=record.seen_at, ended=record.at)
        took(stage="delivered", since="published", began=published, ended=record.at)


def _warn(record: Delivery) -> None:
    _log.warning(
        "delivery given up",
        channel=record.channel,
        alert_id=record.alert_id,
        article_id=record.article_id,
        tries=record.attempt,
        reason=record.detail,
    )
