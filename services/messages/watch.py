"""What a subscriber waits for."""

from typing import Literal

from services.messages.base import Level, Message, Timestamp

ChangeKind = Literal["first", "status", "independent", "count", "slot", "denied", "corrected", "retracted"]
"""What changed, seen from the subscriber."""

CORRECTIONS: tuple[ChangeKind, ...] = ("corrected", "retracted")
"""Kinds that go to everyone who got what they correct, whatever `when` says."""


class ClaimCondition(Message, frozen=True, kw_only=True):
    """At least this much must hold of a claim; empty tuples mean any."""

    event: tuple[str, ...] = ()
    actor: tuple[str, ...] = ()
    status: Level | None = None
    independent: int = 0


class Channel(Message, frozen=True, kw_only=True):
    """Where revisions go (`log:` or `webhook:https://…`) and which kinds of change it wants."""

    to: str
    when: tuple[ChangeKind, ...] = ("first", "status", "independent", "count", "slot", "denied", "corrected", "retracted")


class Watch(Message, frozen=True, kw_only=True):
    """A saved watch: a text query, a condition on claims, or both."""

    id: str
    name: str
    query: str | None = None
    claim: ClaimCondition | None = None
    deliver: tuple[Channel, ...] = (Channel(to="log:"),)
    version: int = 1
    owner: str | None = None
    enabled: bool = True
    saved_at: Timestamp | None = None
