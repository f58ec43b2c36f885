"""Which rows of a partition count where two owners wrote: those of the later one. Pure.

    claim ──► all rows up to it ──► rows under the number of the claim

A partition has one owner, but one that lost it may learn so late, and have rows on their way. They
would stand behind those of the next owner, which the topic takes for older. So an owner writes a
claim before it loads: the log gives claims an order, and each row says by whom it was written.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.ports import Outgoing, Record

STATES = "delivery-states"

CLAIM = "owner"
"""The key of claims. They are tombstones, so nothing but their place is kept."""

NOBODY = -1
"""The number of whoever wrote before there were claims."""

_CLAIM, _OWNER = "claim", "owner"


def claim(partition: int, id: str) -> Outgoing:
    """Return a claim. `id`: no other claim has it."""
    return Outgoing(STATES, CLAIM, None, partition=partition, headers={_CLAIM: id.encode()})


def owned(message: Outgoing, owner: int) -> Outgoing:
    """Return a message with the number of who writes it, if it is a row."""
    if message.topic != STATES:
        return message
    return replace(message, headers={**message.headers, _OWNER: str(owner).encode()})


def number_of(records: Iterable[Record], id: str) -> int | None:
    """Return the number of the owner with a claim; None if the claim is not there.

    It is the claim's offset, so a later claim has a higher one. In a log that was copied, rows may
    have the numbers of another log; they are counted from those.
    """
    ahead = 0
    for record in records:
        if record.key == CLAIM and record.headers.get(_CLAIM) == id.encode():
            return record.offset + ahead
        ahead = max(ahead, _owner(record) - record.offset)
    return None


@dataclass(frozen=True, slots=True)
class Current:
    """`rows`: in the order of the log. `overtaken`: those that stand before one of an older owner,
    which the topic takes for newer: they are to be written again."""

    rows: list[Record]
    overtaken: list[Record]


def current(records: Iterable[Record]) -> Current:
    """Return the records without those that an owner wrote behind one of a later owner."""
    rows, last, overtaken = list[Record](), dict[str, Record](), dict[str, Record]()
    for record in records:
        key = record.key or ""
        known = last.get(key)
        if known is not None and _owner(record) < _owner(known):
            overtaken[key] = known
            continue
        overtaken.pop(key, None)
        last[key] = record
        rows.append(record)
    return Current(rows, [*overtaken.values()])


def _owner(record: Record) -> int:
    number = record.headers.get(_OWNER, b"")
    return int(number) if number.isdigit() else NOBODY
