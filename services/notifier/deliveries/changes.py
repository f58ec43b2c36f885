"""What is to be written of the rows of a partition, in its order."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from services.messages import Delivery, DeliveryRow, DeliveryState, Destination, encode
from services.notifier.deliveries.owners import STATES
from services.ports import Outgoing


@dataclass(slots=True)
class Changes:
    """Rows of state, the keys of rows that are gone, and the history of deliveries."""

    rows: list[DeliveryState | Destination] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    history: list[Delivery] = field(default_factory=list)

    def add(self, other: "Changes") -> None:
        """Append the changes of another."""
        self.rows += other.rows
        self.gone += other.gone
        self.history += other.history

    def __bool__(self) -> bool:
        return bool(self.rows or self.gone or self.history)

    def messages(self, partition: int) -> Iterator[Outgoing]:
        """Yield them as messages for a partition. Raises Unwritable.

        Of a row that was changed twice only the last state: who dies in between must not find the
        first, such as a delivery that was given up while the next revision came.
        """
        for row in {row.key: row for row in self.rows}.values():
            yield Outgoing(STATES, row.key, encode(row_of(row)), partition=partition)
        for key in self.gone:
            yield Outgoing(STATES, key, None, partition=partition)
        for record in self.history:
            key, watch = record.delivery_id, record.watch_id
            yield Outgoing("deliveries", key, encode(record), partition_key=watch)


def row_of(row: DeliveryState | Destination) -> DeliveryRow:
    """Return a row as the message on the topic."""
    if isinstance(row, Destination):
        return DeliveryRow(destination=row)
    return DeliveryRow(delivery=row)
