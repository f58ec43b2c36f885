"""Rows of state that can't be read: set aside as letters in the dead-letter topic of their state topic, and put back.

    state topic ── can't be read ──► letter, and a tombstone in the state topic           one transaction of the owner
    letter ── `reportedly state restore` ──► letter that is asked back
    asked back ── the owner's next load ──► row in the state topic, and a tombstone for the letter     one transaction

So a row is in one of both topics at any time, and only the owner of a partition writes to its state.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import structlog

from services.errors import InvalidMessage
from services.messages.topics import DEAD_LETTERS
from services.ports import Outgoing, Record
from services.runtime.dead_letter import count_letter, origin, told_of

_ASKED_BACK = "asked-back"
_OWN_HEADERS = ("reason", "detail", "service", "topic", "partition", "offset", "version", _ASKED_BACK)

_log = structlog.get_logger()


@dataclass(frozen=True)
class Letter:
    """A row that was set aside: as it came, with the reason and the place. `is_asked_back`: its owner is to take it again."""

    row: Record
    reason: str
    detail: str
    is_asked_back: bool = False

    @property
    def name(self) -> str:
        """What the row is called: its partition and its key, as in `3/claim|c1`; the key of the letter."""
        return f"{self.row.partition}/{self.row.key or ''}"

    def written(self, service: str) -> Outgoing:
        """Return the letter as a message."""
        headers = dict(self.row.headers) | origin(self.row, InvalidMessage(self.reason, self.detail), service)
        headers |= {_ASKED_BACK: b"yes"} if self.is_asked_back else {}
        return Outgoing(self.row.topic + DEAD_LETTERS, self.name, self.row.value, headers=headers)

    def gone(self) -> Outgoing:
        """Return what takes the letter out of its topic."""
        return Outgoing(self.row.topic + DEAD_LETTERS, self.name, None)

    def put_back(self) -> list[Outgoing]:
        """Return the row as it was, and what takes the letter out of its topic: for one transaction."""
        row = self.row
        return [Outgoing(row.topic, row.key, row.value, partition=row.partition, headers=row.headers), self.gone()]


def set_aside(record: Record, verdict: InvalidMessage, service: str) -> list[Outgoing]:
    """Return the letter of a row that can't be read and the tombstone that takes its place; log it as an error.

    Without a transaction the first must be acknowledged before the second is sent.
    """
    _log.error(
        "a row of state can't be read and is set aside: see `reportedly state list`",
        **told_of(record, verdict),
        key=record.key,
    )
    count_letter(record, verdict, service)
    letter = Letter(record, verdict.reason, verdict.detail)
    return [letter.written(service), Outgoing(record.topic, record.key, None, partition=record.partition)]


def letters(records: Iterable[Record]) -> dict[str, Letter]:
    """Return the letters that stand on a dead-letter topic of state by their names, in the order they came."""
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
    return Letter(row, _text(record.headers, "reason"), _text(record.headers, "detail"), _ASKED_BACK in record.headers)


def _text(headers: Mapping[str, bytes], name: str) -> str:
    return headers.get(name, b"").decode("utf-8", "replace")
