"""From data version 2 to 3: what was told to whom stands in rows of `delivery-states`.

Until now `deliveries` was the only memory, which Kafka keeps for 90 days. A row says of each alert
and channel what was settled, so that the upgrade sends nothing twice. Offsets of `alerts` were
committed only once everything before them was settled.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from services.errors import InvalidMessage
from services.messages import (
    Alert,
    Delivery,
    DeliveryRow,
    DeliveryState,
    Timestamp,
    decode,
    encode,
)
from services.ports import Broker, Outgoing, Record, TopicPartition, partition_of

_GROUP = "notifier"


@dataclass
class _Told:
    """What is known of a channel of an alert: the revisions that are settled, and shown."""

    settled: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)
    sent_at: Timestamp | None = None


def remember_what_was_told(broker: Broker) -> None:
    """Write a row for each channel of each alert of which something was settled.

    It is idempotent: a row that is there stays as it is. What was settled of an alert counts for
    its other channels too: one that was added later gets no history.
    """
    known, told = _last(broker, "delivery-states"), _told(broker)
    committed = _committed(broker)
    producer, n = broker.producer(), broker.n_partitions("delivery-states")
    for record in _last(broker, "alerts").values():
        is_past = record.offset < committed.get(TopicPartition("alerts", record.partition), 0)
        for state in _states(record, told, is_past=is_past):
            if state.key not in known:
                row = encode(DeliveryRow(delivery=state))
                home = partition_of(state.watch_id, n)
                producer.send(Outgoing("delivery-states", state.key, row, partition=home))
    producer.close()


def _states(
    record: Record, told: Mapping[tuple[str, str], _Told], *, is_past: bool
) -> Iterator[DeliveryState]:
    try:
        alert = decode(Alert, record.value)
    except InvalidMessage:
        return  # The notifier files it as a dead letter when it reads it.
    numbers = {revision.id: revision.number for revision in alert.revisions}
    of_all = {to: told.get((alert.alert_id, to)) for to in (c.to for c in alert.channels)}
    settled = {to: _most(numbers, one.settled) for to, one in of_all.items() if one is not None}
    last = max(numbers.values(), default=0) if is_past else max(settled.values(), default=0)
    if not last:
        return
    for to, one in of_all.items():
        yield DeliveryState(
            alert_id=alert.alert_id,
            watch_id=alert.watch_id,
            to=to,
            since=0 if one is not None or is_past else last,
            settled=last if is_past else settled.get(to, last),
            shown=_most(numbers, one.shown) if one is not None else 0,
            # What is not known any more may have been sent: a correction follows it.
            tried=is_past or one is not None,
            sent_at=one.sent_at if one is not None else None,
            outcome="settled",
        )


def _most(numbers: Mapping[str, int], ids: set[str]) -> int:
    return max((numbers.get(id, 0) for id in ids), default=0)


def _told(broker: Broker) -> dict[tuple[str, str], _Told]:
    found: dict[tuple[str, str], _Told] = {}
    for record in _read(broker, "deliveries"):
        try:
            delivery = decode(Delivery, record.value)
        except InvalidMessage:
            continue
        one = found.setdefault((delivery.alert_id, delivery.channel), _Told())
        one.settled.add(delivery.revision_id)
        if delivery.outcome == "delivered":
            one.shown.add(delivery.revision_id)
            if delivery.at is not None:
                one.sent_at = max(delivery.at, one.sent_at or delivery.at)
    return found


def _committed(broker: Broker) -> dict[TopicPartition, int]:
    consumer = broker.consumer(_GROUP)
    try:
        n = broker.n_partitions("alerts")
        return consumer.committed([TopicPartition("alerts", number) for number in range(n)])
    finally:
        consumer.close()


def _last(broker: Broker, topic: str) -> dict[str, Record]:
    """Return the last record of each key, without deleted ones."""
    found = {record.key or "": record for record in _read(broker, topic)}
    return {key: record for key, record in found.items() if record.value is not None}


def _read(broker: Broker, topic: str) -> Iterator[Record]:
    reader = broker.reader()
    try:
        n = broker.n_partitions(topic)
        yield from reader.read_to_end([TopicPartition(topic, number) for number in range(n)])
    finally:
        reader.close()
