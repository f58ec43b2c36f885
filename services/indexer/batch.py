"""Decides on the outcomes of a bulk request: wait, reject, or go on."""

from collections.abc import Sequence

from services.errors import InvalidMessage, TransientError
from services.ports import IndexOutcome, Record

UNCLEAR_TRIES = 20
"""Tries of a document that is refused for an unknown reason while others of its index are stored.

The pauses between tries grow to 10 s, so that is about two and a half minutes: longer than a node
takes to start.
"""


class Verdicts:
    """Judges the outcomes of successive batches. A batch that has to wait comes again."""

    def __init__(self) -> None:
        self._unclear: dict[tuple[str, int, int], int] = {}

    def of(
        self, records: Sequence[Record], outcomes: Sequence[IndexOutcome]
    ) -> list[tuple[Record, InvalidMessage]]:
        """Return the records whose document can never be stored; records[i] gave outcomes[i].

        A stale document is no error. Raises TransientError if any document has to be tried again.
        Then all are, which external versions make harmless.
        """
        given_up = self._given_up(records, outcomes)
        waiting, rejected = [], {}
        for record, outcome in zip(records, outcomes, strict=True):
            is_given_up = outcome.outcome == "unclear" and _at(record) in given_up
            if outcome.outcome == "rejected" or is_given_up:
                rejected[_at(record)] = (record, InvalidMessage("not-indexable", outcome.reason))
            elif outcome.outcome in ("retry", "unclear"):
                waiting.append((record, outcome))
        if waiting:
            record, first = waiting[0]
            where = f"the first is {record.topic} {record.partition} at {record.offset}"
            raise TransientError(
                f"{len(waiting)} of {len(outcomes)} documents have to wait: {first.reason}; {where}"
            )
        self._unclear = {}
        return list(rejected.values())

    def _given_up(
        self, records: Sequence[Record], outcomes: Sequence[IndexOutcome]
    ) -> set[tuple[str, int, int]]:
        """Return the records that were refused too often for an unknown reason.

        Refusals count only while other documents of the index are stored. These show that the index
        accepts documents, so the reason must lie with this one.
        """
        taking = {
            outcome.action.index for outcome in outcomes if outcome.outcome in ("stored", "stale")
        }
        pairs = zip(records, outcomes, strict=True)
        unclear = {_at(r) for r, o in pairs if o.outcome == "unclear" and o.action.index in taking}
        self._unclear = {at: self._unclear.get(at, 0) + 1 for at in unclear}
        return {at for at, tries in self._unclear.items() if tries >= UNCLEAR_TRIES}


def _at(record: Record) -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset
