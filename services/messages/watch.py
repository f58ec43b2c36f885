"""What a subscriber waits for."""

from typing import Literal

import msgspec

from services.messages.base import Level, Message, Timestamp

ChangeKind = Literal["first", "status", "independent", "count", "slot", "denied", "corrected", "retracted", "merged", "split"]
"""What changed, seen from the subscriber; `merged`: the alert goes on under an older one."""

Urgent = Literal[ChangeKind, Level]
"""A kind of change, or a level that a claim has come to."""


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


class Quiet(Message, frozen=True, kw_only=True):
    """Hours of the day in which revisions wait; those of a kind or a level in `except` go out at once."""

    from_: str = msgspec.field(name="from")
    to: str
    zone: str = "UTC"
    except_: tuple[Urgent, ...] = msgspec.field(name="except", default=())


class Every(Message, frozen=True, kw_only=True):
    """A length of time, as in "30m" or "1h"."""

    every: str


class Policy(Message, frozen=True, kw_only=True):
    """When the revisions of a watch go out; None: at once."""

    quiet: Quiet | None = None
    digest: Every | None = None
    throttle: Every | None = None


class Watch(Message, frozen=True, kw_only=True):
    """A saved watch: a text query, a condition on claims, or both."""

    id: str
    name: str
    query: str | None = None
    claim: ClaimCondition | None = None
    deliver: tuple[Channel, ...] = (Channel(to="log:"),)
    quiet: Quiet | None = None
    digest: Every | None = None
    throttle: Every | None = None
    version: int = 1
    owner: str | None = None
    enabled: bool = True
    saved_at: Timestamp | None = None

    @property
    def policy(self) -> Policy:
        return Policy(quiet=self.quiet, digest=self.digest, throttle=self.throttle)


class Command(Message, frozen=True, kw_only=True):
    """What a reader asks of an alert, or (`alert_id` None) of all alerts of a watch.

    acknowledge: somebody has seen to it. snooze: nothing goes out before `until`. mute: nothing goes out until its status
    changes. resume: takes back snooze and mute.
    """

    command_id: str
    watch_id: str
    alert_id: str | None = None
    action: Literal["acknowledge", "snooze", "mute", "resume"]
    until: Timestamp | None = None
    by: str = ""
    at: Timestamp
