"""The recipients of an alert: its channels, with subscribers in place of their names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.channels import subscriber_of
from services.messages import Alert, ChangeKind, Policy, Subscriber
from services.messages.watch import ALL_BUT_JOINS
from services.text.links import recipient_of
from services.text.times import parse_length

NO_WAIT = timedelta(0)


@dataclass(frozen=True, slots=True)
class Recipient:
    """One channel that an alert goes to, and the rules that hold for it.

    - `to`: the channel. `when`: the kinds of change that it wants.
    - `subscriber_id`: whose it is; "" for a channel that the watch names itself.
    - `zone`: the time zone of its reader.
    - `after`: how long a change that rings must stay unacknowledged before it goes there.
    """

    to: str
    when: tuple[ChangeKind, ...]
    policy: Policy
    subscriber_id: str = ""
    zone: str = "UTC"
    after: timedelta = NO_WAIT

    @property
    def key(self) -> str:
        """The channel, as opt-outs and signed links name it."""
        return recipient_of(self.to)

    @property
    def owner(self) -> str:
        """The subscriber, or the channel itself, as commands name it."""
        return f"subscriber:{self.subscriber_id}" if self.subscriber_id else self.key


def recipients_of(alert: Alert, subscribers: Mapping[str, Subscriber]) -> tuple[Recipient, ...]:
    """Return the recipients of an alert, each channel once: as the first that names it says.

    `subscribers`: by id. One that is not there has no channels.
    """
    found: dict[str, Recipient] = {}
    for channel in alert.channels:
        id = subscriber_of(channel.to)
        if id is None:
            found.setdefault(channel.to, Recipient(channel.to, channel.when, alert.policy))
        elif id in subscribers:
            for recipient in _of_subscriber(subscribers[id], alert.policy, channel.when):
                found.setdefault(recipient.to, recipient)
    return tuple(found.values())


def reached_by(subscriber: Subscriber) -> tuple[Recipient, ...]:
    """Return the channels of a subscriber, those first that wait for nothing."""
    found = _of_subscriber(subscriber, Policy(), ALL_BUT_JOINS)
    return tuple(sorted(found, key=lambda recipient: recipient.after))


def _of_subscriber(
    subscriber: Subscriber, policy: Policy, when: tuple[ChangeKind, ...]
) -> Iterator[Recipient]:
    """Yield the recipients of a subscriber, for whom a watch has `policy` and wants `when`."""
    own = subscriber.policy
    joined = Policy(
        quiet=own.quiet or policy.quiet,
        digest=own.digest or policy.digest,
        throttle=own.throttle or policy.throttle,
    )
    for contact in subscriber.targets:
        yield Recipient(
            to=contact.to,
            when=tuple(kind for kind in contact.when if kind in when),
            policy=joined,
            subscriber_id=subscriber.id,
            zone=subscriber.zone,
            after=parse_length(contact.after) if contact.after else NO_WAIT,
        )
