"""The deliveries and commands on the topics, as one memory."""

from datetime import datetime

from services.messages import Command, Delivery, decode
from services.notifier.policy import Orders
from services.ports import Record


class Memory:
    """Built from the records of all notifiers."""

    def __init__(self) -> None:
        self.orders = Orders()
        self.settled: set[str] = set()
        """Ids of deliveries with an outcome."""
        self._sent: dict[tuple[str, str], datetime] = {}

    def take(self, record: Record) -> None:
        """Apply a record of either topic. Raises InvalidMessage."""
        if record.value is None:
            return
        if record.topic == "commands":
            self.orders.take(decode(Command, record.value))
        else:
            self.note(decode(Delivery, record.value))

    def note(self, delivery: Delivery) -> None:
        """Apply a delivery. Idempotent."""
        self.settled.add(delivery.delivery_id)
        place = (delivery.alert_id, delivery.channel)
        if delivery.outcome == "delivered" and delivery.at is not None:
            self._sent[place] = max(delivery.at, self._sent.get(place, delivery.at))

    def last_sent(self, alert_id: str, channel: str) -> datetime | None:
        """Return when a channel last got a message of an alert, as far as is known."""
        return self._sent.get((alert_id, channel))
