"""What the topics remember: which deliveries are done with, when a channel last heard of an alert, what readers asked."""

from datetime import datetime

from services.messages import Command, Delivery, decode
from services.notifier.policy import Orders
from services.ports import Record


class Memory:
    """Filled from `deliveries` and `commands`, ours and those of other notifiers."""

    def __init__(self) -> None:
        self.orders = Orders()
        self.settled: set[str] = set()
        """Ids of deliveries that are done with."""
        self._sent: dict[tuple[str, str], datetime] = {}

    def take(self, record: Record) -> None:
        """Take a record of either topic. Raises InvalidMessage."""
        if record.value is None:
            return
        if record.topic == "commands":
            self.orders.take(decode(Command, record.value))
        else:
            self.note(decode(Delivery, record.value))

    def note(self, delivery: Delivery) -> None:
        """Take a delivery; to take it twice changes nothing."""
        self.settled.add(delivery.delivery_id)
        place = (delivery.alert_id, delivery.channel)
        if delivery.outcome == "delivered" and delivery.at is not None:
            self._sent[place] = max(delivery.at, self._sent.get(place, delivery.at))

    def last_sent(self, alert_id: str, channel: str) -> datetime | None:
        """Return when a channel last heard of an alert, as far as is remembered."""
        return self._sent.get((alert_id, channel))
