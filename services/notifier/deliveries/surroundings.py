"""What the rows of all partitions share: orders of readers, subscribers, what targets can do."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import to_builtins
from msgspec.structs import replace

from services.channels import FORMS, subscriber_of
from services.errors import InvalidMessage
from services.messages import Alert, Command, Daily, OptOut, Policy, Subscriber, decode
from services.notifier.deliveries.planning import Place
from services.notifier.deliveries.steps import Abilities
from services.notifier.deliveries.trouble import others_of
from services.notifier.policies.orders import Orders
from services.notifier.policies.recipients import Recipient, recipients_of
from services.ports import Record
from services.text.findings import times


@dataclass(slots=True)
class Surroundings:
    """`target_of`: returns the target of a channel; None if there is none.

    `redrives`: the last command to try again what was given up, by what it names: it asks for all
    that those before it asked for. `dailies`: the time of the last daily message, by subscriber.
    """

    target_of: Callable[[str], Abilities | None]
    orders: Orders = field(default_factory=Orders)
    subscribers: dict[str, Subscriber] = field(default_factory=dict)
    redrives: dict[Hashable, Command] = field(default_factory=dict)
    dailies: dict[str, datetime] = field(default_factory=dict)

    def take(self, record: Record) -> None:
        """Apply a record of a topic that is read whole. Raises InvalidMessage."""
        key, value = record.key or "", record.value
        if record.topic == "opt-outs":
            self.orders.take_opt_out(key, decode(OptOut, value) if value is not None else None)
        elif record.topic == "subscribers" and value is None:
            self.subscribers.pop(key, None)
        elif record.topic == "subscribers":
            self.subscribers[key] = _usable(decode(Subscriber, value))
        elif record.topic == "dailies":
            if value is not None:
                self.dailies[key] = decode(Daily, value).at
        elif value is not None:
            command = decode(Command, value)
            self.orders.take(command)
            if command.action == "redrive":
                self._take_redrive(command)

    def _take_redrive(self, command: Command) -> None:
        about = (command.watch_id, command.alert_id, command.to)
        known = self.redrives.get(about)
        # Two shells may have two clocks.
        at = command.at if known is None else max(known.at, command.at)
        self.redrives[about] = replace(command, at=at)

    def recipients(self, alert: Alert) -> tuple[Recipient, ...]:
        """Return the channels that an alert goes to, those of subscribers in their place."""
        return recipients_of(alert, self.subscribers)

    def others(self, alert: Alert, to: str) -> tuple[str, ...]:
        """Return the channels of an alert that may be told of the trouble of one."""
        return others_of(
            to, tuple(r for r in self.recipients(alert) if not self.is_off(alert.watch_id, r.to))
        )

    def is_off(self, watch_id: str, to: str) -> bool:
        """Return True if who reads a channel wants no more of a watch."""
        return self.orders.is_off(watch_id, Recipient(to, (), Policy()))

    def place(self, alert: Alert, to: str, last_digest: datetime | None) -> Place | None:
        """Return where an alert goes to for a channel; None if it is none, or none any more."""
        target = self.target_of(to)
        recipients = self.recipients(alert) if target is not None else ()
        for recipient in recipients:
            if recipient.to == to and target is not None:
                return Place(recipient, target, self.orders, last_digest)
        return None

    def may_come_back(self, alert: Alert, to: str) -> bool:
        """Return True if a channel has no place because a subscriber of the alert is not saved."""
        ids = {subscriber_of(channel.to) for channel in alert.channels}
        missing = {id for id in ids if id is not None and id not in self.subscribers}
        id = subscriber_of(to)
        if id is not None:
            return id in missing
        return bool(missing) and self.has_left(alert, to)

    def has_left(self, alert: Alert, to: str) -> bool:
        """Return True if a channel is none that the watch of an alert names, itself and now."""
        return subscriber_of(to) is None and all(channel.to != to for channel in alert.channels)

    def why_nowhere(self, alert: Alert, to: str) -> str:
        """Return why an alert has no place for a channel; "" for a subscriber with channels."""
        id = subscriber_of(to)
        if id is not None:
            return "" if id in self.subscribers else f"no subscriber {id[:100]} is saved"
        if self.has_left(alert, to):
            return "it is no channel of the watch any more"
        return f"nothing delivers to {to[:100]!r}: {FORMS}"


def _usable(subscriber: Subscriber) -> Subscriber:
    """Return a subscriber whose times can be read. Raises InvalidMessage.

    A row may come from another program, or from a version of ours that allowed more.
    """
    for finding in times(to_builtins(subscriber)):
        where = f"{finding.path} of the subscriber {subscriber.id[:100]}"
        raise InvalidMessage("wrong-schema", f"{where}: {finding.what}")
    return subscriber
