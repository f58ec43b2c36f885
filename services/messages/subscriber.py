"""Subscribers: the people whom watches tell, and how each of them is reached."""

from services.messages.base import Message, Timestamp
from services.messages.watch import ALL_BUT_JOINS, ChangeKind, DigestRule, Every, Policy, Quiet


class Contact(Message, frozen=True, kw_only=True):
    """One way to reach a subscriber.

    - `to`: a channel, such as `mail:ann@example.org`.
    - `when`: the kinds of change that go there.
    - `after`: how long a change that rings must stay unacknowledged before it goes there, such as
      "15m"; "": it goes at once.
    """

    to: str
    when: tuple[ChangeKind, ...] = ALL_BUT_JOINS
    after: str = ""


class Subscriber(Message, frozen=True, kw_only=True):
    """A person or a desk. A watch delivers to one by `{to: "subscriber:ID"}`.

    - `id`: a short stable name, by which watches mean it.
    - `name`: how messages and pages call it.
    - `zone`: the time zone of its hours, such as `Europe/London`.
    - `targets`: its channels, in order of escalation.
    - `quiet`, `digest`, `throttle`: as those of a watch; each takes the place of the watch's own.
    - `daily`: the time of day (`HH:MM`) of a message that says what is watched; "": none.
    """

    id: str
    name: str
    zone: str = "UTC"
    targets: tuple[Contact, ...]
    quiet: Quiet | None = None
    digest: DigestRule | None = None
    throttle: Every | None = None
    daily: str = ""
    saved_at: Timestamp | None = None

    @property
    def policy(self) -> Policy:
        """The delivery rules of the subscriber as one value."""
        return Policy(quiet=self.quiet, digest=self.digest, throttle=self.throttle)


class OptOut(Message, frozen=True, kw_only=True):
    """A recipient wants no more of a watch. A tombstone takes it back.

    - `recipient`: a scheme and a digest of the channel, as signed links name it.
    """

    watch_id: str
    recipient: str
    at: Timestamp


class Daily(Message, frozen=True, kw_only=True):
    """The last daily message that a subscriber got. `at`: the time that it was due, news time."""

    subscriber_id: str
    at: Timestamp
