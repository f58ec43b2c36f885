"""What leaves Elasticsearch after a time: whole months, and documents without a month. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime

from services.index_names import family, month_of, name_of
from services.indexer.documents import DATED
from services.ports import JsonObject

LEAST_MONTHS = 4
"""The fewest whole months that stay.

Source: topics keep messages for 90 days at most, but for those that are kept for ever; so a replay
brings nothing back but rows of state that are still set aside.
"""

TIMED = ("suppressed", "deliveries", "commands", "dead-letters")
"""Aliases without a month whose documents leave, by their field `at`.

Claims and alerts stay for ever: what somebody was told can be looked up.
"""


def expired(indices: Iterable[str], now: datetime, months: int) -> list[str]:
    """Return the indices whose month has been over for longer than so many whole months."""
    first = _number(now) - months
    return [
        index
        for index in indices
        if family(name := name_of(index)) in DATED
        and (month := month_of(name)) is not None
        and month[0] * 12 + month[1] - 1 < first
    ]


def older(now: datetime, months: int) -> JsonObject:
    """Return the query for documents of the same months."""
    year, month = divmod(_number(now) - months, 12)
    return {"range": {"at": {"lt": datetime(year, month + 1, 1, tzinfo=UTC).isoformat()}}}


def _number(at: datetime) -> int:
    """Return the months since the year 0."""
    return at.year * 12 + at.month - 1
