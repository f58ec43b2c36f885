"""From data version 1 to 2: state and claims go to the partition of their family.

Blocks of one family had partitions of their own; now their claims meet in one. Each row goes to its
new partition, and a tombstone takes its old place.
"""

from services.messages import Claim, decode
from services.ports import Broker, Outgoing, Record, TopicPartition, partition_of


def move_to_families(broker: Broker) -> None:
    """Move the rows of `tracker-state` and `claims` that are not in the partition of their family.

    It is idempotent: what was moved is not moved again, and a row that a crash left in both places
    is the same. Reports that the tracker has not read yet stay where they are.
    """
    producer, moved = broker.producer(), list[Outgoing]()
    for topic in ("tracker-state", "claims"):
        n = broker.n_partitions(topic)
        for record in _rows(broker, topic, n):
            home = partition_of(_family(record), n)
            if home != record.partition:
                producer.send(Outgoing(topic, record.key, record.value, partition=home))
                moved.append(Outgoing(topic, record.key, None, partition=record.partition))
    producer.flush()  # what is removed is in its new place
    for tombstone in moved:
        producer.send(tombstone)
    producer.close()


def _rows(broker: Broker, topic: str, n_partitions: int) -> list[Record]:
    """Return the last record of each key in each partition, without deleted ones."""
    reader, found = broker.reader(), dict[tuple[int, str | None], Record]()
    for record in reader.read_to_end([TopicPartition(topic, i) for i in range(n_partitions)]):
        found[record.partition, record.key] = record
    reader.close()
    return [record for record in found.values() if record.value is not None]


def _family(record: Record) -> str:
    """Return the family of the block that a row of state or a claim belongs to."""
    if record.topic == "claims":
        return decode(Claim, record.value).block.partition(":")[0]
    return (record.key or "").partition(":")[0]
