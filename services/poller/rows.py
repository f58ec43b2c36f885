"""Rows of the poller's state as they are on its topics: those that can be read, and the others."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from services.errors import InvalidMessage
from services.messages import Article, FeedState, Message, decode
from services.ports import Record

M = TypeVar("M", bound=Message)

_KINDS: Mapping[str, type[FeedState] | type[Article]] = {
    "feed-states": FeedState,
    "feed-pending": Article,
}


def unreadable(rows: Iterable[Record]) -> list[tuple[Record, InvalidMessage]]:
    """Return the current rows of state that can't be read, with the reason."""
    found = []
    for record in {(row.topic, row.key): row for row in rows}.values():
        if record.topic not in _KINDS or record.value is None:
            continue
        try:
            decode(_KINDS[record.topic], record.value)
        except InvalidMessage as error:
            found.append((record, error))
    return found


def readable(
    kind: type[M], latest: Mapping[tuple[str, str], Record], topic: str
) -> tuple[dict[str, M], list[str]]:
    """Return the messages of a topic by key, and sentences about unreadable ones.

    A feed with an unreadable state is read anew; later stages keep what they know of it.
    """
    found, problems = dict[str, M](), list[str]()
    for (of, key), record in latest.items():
        if of != topic or record.value is None:
            continue
        try:
            found[key] = decode(kind, record.value)
        except InvalidMessage as error:
            problems.append(
                f"{topic}, partition {record.partition}, offset {record.offset}: {key} can't be "
                f"used: {error}"
            )
    return found, problems
