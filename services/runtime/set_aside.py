"""Unreadable rows of state: moved to a dead-letter topic, and restored from there.

    row in the state topic ── unreadable ──► letter, and a tombstone or stub for the row      one
    transaction of the owner
    letter ── `reportedly state restore` ──► letter that is asked back
    asked back ── the owner's next load ──► row, and a tombstone for the letter       one
    transaction of the owner

So a row is always in exactly one of the two topics, and only the owner of a partition writes its
state.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import structlog

from services.errors import InvalidMessage
from services.messages.topics import ASKED_BACK, DEAD_LETTERS
from services.ports import Outgoing, Record
from services.runtime.dead_letter import count_letter, log_fields, origin

_STUB = "stub"
_OWN_HEADERS = (
    "reason",
    "detail",
    "service",
    "topic",
    "partition",
    "offset",
    "version",
    ASKED_BACK,
    _STUB,
)

_log = structlog.get_logger()


@dataclass(frozen=True)
class Letter:
    """A row that was set aside: unchanged, with the reason and its place.

    `is_asked_back`: its owner shall take it again.
    """

    row: Record
    reason: str
    detail: str
    is_asked_back: bool = False

    @property
    def name(self) -> str:
        """The row's name, which is the letter's key: partition and key, as in `3/claim|c1`."""
        return f"{self.row.partition}/{self.row.key or ''}"

    def written(self, service: str) -> Outgoing:
        """Return the letter as a message."""
        headers = dict(self.row.headers) | origin(
            self.row, InvalidMessage(self.reason, self.detail), service
        )
        headers |= {ASKED_BACK: b"yes"} if self.is_asked_back else {}
        return Outgoing(self.row.topic + DEAD_LETTERS, self.name, self.row.value, headers=headers)

    def gone(self) -> Outgoing:
        """Return the tombstone of the letter."""
        return Outgoing(self.row.topic + DEAD_LETTERS, self.name, None)

    def put_back(self) -> list[Outgoing]:
        """Return the row as it was and the tombstone of the letter, for one transaction."""
        row = self.row
        return [
            Outgoing(row.topic, row.key, row.value, partition=row.partition, headers=row.headers),
            self.gone(),
        ]


def set_aside(
    record: Record, verdict: InvalidMessage, service: str, stub: bytes | None = None
) -> list[Outgoing]:
    """Return the letter of an unreadable row, and what takes its place: a tombstone, or a stub.

    `stub`: the value of a row that says what is known without the unreadable one. It is marked, so
    that a row that is asked back replaces it. Logs an error and counts it.

    Without a transaction, the first must be acknowledged before the second is sent.
    """
    _log.error(
        "a row of state can't be read and is set aside: see `reportedly state list`",
        **log_fields(record, verdict),
        key=record.key,
    )
    count_letter(record, verdict, service)
    letter = Letter(record, verdict.reason, verdict.detail)
    return [
        letter.written(service),
        Outgoing(
            record.topic,
            record.key,
            stub,
            partition=record.partition,
            headers={_STUB: b"yes"} if stub is not None else {},
        ),
    ]


def is_alive(record: Record) -> bool:
    """Return True for a row that is neither deleted nor a stub of one that was set aside."""
    return record.value is not None and _STUB not in record.headers


def letters(records: Iterable[Record]) -> dict[str, Letter]:
    """Return name to letter, in order of arrival, for a dead-letter topic of state."""
    found: dict[str, Letter] = {}
    for record in records:
        found.pop(record.key or "", None)
        if record.value is not None:
            found[record.key or ""] = _letter(record)
    return found


def _letter(record: Record) -> Letter:
    partition, _, key = (record.key or "").partition("/")
    row = Record(
        topic=record.topic.removesuffix(DEAD_LETTERS),
        partition=int(partition),
        offset=int(_text(record.headers, "offset") or -1),
        key=key,
        value=record.value,
        timestamp_ms=record.timestamp_ms,
        headers={name: value for name, value in record.headers.items() if name not in _OWN_HEADERS},
    )
    return Letter(
        row,
        _text(record.headers, "reason"),
        _text(record.headers, "detail"),
        ASKED_BACK in record.headers,
    )


def _text(headers: Mapping[str, bytes], name: str) -> str:
    return headers.get(name, b"").decode("utf-8", "replace")
