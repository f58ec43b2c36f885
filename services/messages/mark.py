"""How far a person has read."""

from typing import Literal

from services.messages.base import Message, Timestamp

MarkOf = Literal["alerts", "shift"]
"""What was read: the inbox of alerts, or what has changed since a shift."""


class Mark(Message, frozen=True, kw_only=True):
    """The place up to which a person has read a list.

    - `at`: news time of the newest thing that was read.
    - `made_at`: when the person said so, news time.
    """

    person: str
    of: MarkOf
    at: Timestamp
    made_at: Timestamp

    @property
    def key(self) -> str:
        """The key of its row."""
        return mark_key(self.person, self.of)


def mark_key(person: str, of: MarkOf) -> str:
    """Return the key of a person's mark of a list."""
    return f"{of}|{person}"
