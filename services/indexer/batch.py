"""What to do with the outcomes of a bulk request: wait, reject, or go on."""

from collections.abc import Sequence

from services.errors import InvalidMessage, TransientError
from services.ports import IndexOutcome, Record


def verdicts(records: Sequence[Record], outcomes: Sequence[IndexOutcome]) -> list[tuple[Record, InvalidMessage]]:
    """Return the records whose document can never be stored; records[i] gave outcomes[i]. A stale one is no error.

    Raises TransientError when any item has to be tried again: all are then, which external versions make harmless.
    """
    waiting = [o for o in outcomes if o.outcome == "retry"]
    if waiting:
        raise TransientError(f"Elasticsearch refused {len(waiting)} of {len(outcomes)} documents for now: {waiting[0].reason}")
    rejected = {}
    for record, outcome in zip(records, outcomes, strict=True):
        if outcome.outcome == "rejected":
            rejected[(record.topic, record.partition, record.offset)] = (record, InvalidMessage("not-indexable", outcome.reason))
    return list(rejected.values())
