"""The id of an event: how far a listener has come, in all partitions. Pure.

Each API process reads the partitions in its own order, so no number of one process means anything
to another. An id therefore holds the next offset of every partition, and a time:

    <mark of the topics> "." <base64url of varints: milliseconds, then one offset a partition>
"""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.ports import TopicPartition
from services.text.hashes import digest

MARK_CHARS = 8
"""Letters of a mark: enough to tell topics from those that were made anew under their names."""

MOST_ID_CHARS = 8_192
"""Characters of an id. That of two topics with 300 partitions each has 4,000 at most."""

MOST_OFFSET = 2**63 - 1
"""Kafka's largest offset."""

LAST_MS = 4_102_444_800_000
"""The beginning of 2100, in milliseconds. An id with a later time was not made here."""

_ID = re.compile(rf"([0-9a-f]{{{MARK_CHARS}}})\.([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class Layout:
    """The partitions of the stream in the order of all vectors.

    `mark`: changes if a topic is made anew, or has another number of partitions.
    """

    partitions: tuple[TopicPartition, ...]
    mark: str

    @classmethod
    def of(cls, topics: Iterable[tuple[str, int, str]]) -> "Layout":
        """Return the layout of topics: each with its number of partitions and its identity."""
        given = [*topics]
        partitions = (TopicPartition(name, n) for name, count, _ in given for n in range(count))
        return cls(tuple(partitions), digest(*map(str, given), length=MARK_CHARS))


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the stream: the next offset of each partition, and the time of the last event.

    `at`: as Kafka took it (machine time).
    """

    offsets: tuple[int, ...]
    at: datetime | None = None


def encoded(mark: str, offsets: Sequence[int], at_ms: int) -> str:
    """Return the id of a place."""
    packed = b"".join(map(_varint, (at_ms, *offsets)))
    return f"{mark}.{urlsafe_b64encode(packed).decode('ascii').rstrip('=')}"


def decoded(layout: Layout, given: str) -> Position | None:
    """Return the place that an id names; None if it is of other topics, or no id at all."""
    found = _ID.fullmatch(given) if len(given) <= MOST_ID_CHARS else None
    if found is None or found[1] != layout.mark:
        return None
    try:
        numbers = [*_numbers(urlsafe_b64decode(found[2] + "=" * (-len(found[2]) % 4)))]
    except (binascii.Error, ValueError):
        return None
    if len(numbers) != len(layout.partitions) + 1 or numbers[0] > LAST_MS:
        return None
    at_ms, *offsets = numbers
    return Position(tuple(offsets), datetime.fromtimestamp(at_ms / 1000, UTC) if at_ms else None)


def _varint(number: int) -> bytes:
    """Return a number in groups of seven bits, the lowest first (LEB128)."""
    groups = bytearray()
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def _numbers(packed: bytes) -> Iterator[int]:
    """Yield the numbers of varints. Raises ValueError."""
    number, shift = 0, 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        shift += 7
        if number > MOST_OFFSET or shift > 70:
            raise ValueError("no offset is so large")
        if byte < 0x80:
            yield number
            number, shift = 0, 0
    if shift:
        raise ValueError("the last number is cut off")
