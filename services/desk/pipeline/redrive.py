"""Dead letters as people see them, and what sends them again. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from services.messages.topics import DEAD_LETTERS
from services.ports import Outgoing, Record

REASONS: Mapping[str, str] = {
    "not-json": "It can't be read at all.",
    "wrong-schema": "It lacks something, or holds what it may not.",
    "too-large": "It is too large.",
    "unreadable": "It holds what can't be read.",
    "untaggable": "The text could not be read for events.",
    "too-slow": "It took too long to read.",
    "not-indexable": "The index refused it.",
    "not-restored": "It could not be put back.",
    "failed-three-times": "It failed three times, which is a fault of ours.",
    "empty": "It is empty.",
}
"""The code of a reason to a sentence."""

HELPS: Mapping[str, str] = {
    "untaggable": "Send it again after the tagger was mended or got more memory.",
    "too-slow": "Send it again when the machine has less to do.",
    "not-indexable": "Send it again after the index was mended.",
    "failed-three-times": "The log has the error. Send it again after it was mended.",
}
"""The code of a reason to what helps. Others stay as they are: who wrote them has to mend them."""

REDRIVEN = "redriven"
"""The header of the message that marks a letter as sent again; its value is who sent it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that could not be processed.

    - `topic`: where it came from. `offset`: of the letter. `tries`: how often it has become one.
    - `redriven_at`: when it was last sent again; None: it waits.
    """

    topic: str
    offset: int
    reason: str
    detail: str
    at: datetime
    service: str = ""
    key: str = ""
    tries: int = 1
    redriven_at: datetime | None = None
    redriven_by: str = ""

    @property
    def says(self) -> str:
        return REASONS.get(self.reason, self.reason.replace("-", " ").capitalize() + ".")

    @property
    def helps(self) -> str:
        return HELPS.get(self.reason, "")

    @property
    def waits(self) -> bool:
        return self.redriven_at is None


def letters(records: Iterable[Record]) -> list[Letter]:
    """Return the letters among the records of a topic of dead letters, oldest first.

    A mark tells that the letter at an offset was sent again; it is no letter.
    """
    found: dict[int, Letter] = {}
    for record in records:
        if REDRIVEN in record.headers:
            _mark(found, record)
        elif is_letter(record):
            found[record.offset] = _letter(record)
    return list(found.values())


def as_it_was(topic: str, letter: Record) -> Outgoing:
    """Return the message for its original partition, which the key alone does not always give."""
    partition = header(letter, "partition")
    return Outgoing(
        topic,
        letter.key,
        letter.value,
        partition=int(partition) if partition.isdigit() else None,
        headers={"tries": letter.headers.get("tries", b"1")},
    )


def mark(topic: str, letter: Record, by: str) -> Outgoing:
    """Return the mark that a letter of a topic was sent again."""
    headers = {REDRIVEN: by.encode()[:200], "letter": str(letter.offset).encode()}
    return Outgoing(topic + DEAD_LETTERS, letter.key, None, partition=0, headers=headers)


def is_letter(record: Record) -> bool:
    """Return True for a letter, and False for the mark of one."""
    return "reason" in record.headers


def header(letter: Record, name: str) -> str:
    return letter.headers.get(name, b"").decode("utf-8", "replace")


def _letter(record: Record) -> Letter:
    tries = header(record, "tries")
    return Letter(
        topic=record.topic.removesuffix(DEAD_LETTERS),
        offset=record.offset,
        reason=header(record, "reason"),
        detail=header(record, "detail"),
        at=_time(record),
        service=header(record, "service"),
        key=record.key or "",
        tries=int(tries) if tries.isdigit() and len(tries) < 10 else 1,
    )


def _mark(found: dict[int, Letter], record: Record) -> None:
    offset = header(record, "letter")
    letter = found.get(int(offset)) if offset.isdigit() and len(offset) < 20 else None
    if letter is not None:
        found[letter.offset] = replace(
            letter, redriven_at=_time(record), redriven_by=header(record, REDRIVEN)
        )


def _time(record: Record) -> datetime:
    return datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)
