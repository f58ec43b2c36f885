"""From data version 1 to 2: the state of the fold goes to the partition of its family.

Blocks of one family had partitions of their own; now their claims meet in one. Each row goes to its
new partition, and a tombstone takes its old place. Claims stay where they are: their readers take
an update from any partition, the highest version counts, and a tombstone is no claim.
"""

from services.ports import Broker, Outgoing, Record, TopicPartition, partition_of

_TOPIC = "tracker-state"


def move_to_families(broker: Broker) -> None:
    """Move the rows of `tracker-state` that are not in the partition of their family.

    It is idempotent: what was moved is not moved again, and a row that a crash left in both places
    is the same. Reports that the tracker has not read yet stay where they are.
    """
    producer, moved = broker.producer(), list[Outgoing]()
    n = broker.n_partitions(_TOPIC)
    for record in _rows(broker, n):
        home = partition_of((record.key or "").partition(":")[0], n)
        if home != record.partition:
            producer.send(Outgoing(_TOPIC, record.key, record.value, partition=home))
            moved.append(Outgoing(_TOPIC, record.key, None, partition=record.partition))
    producer.flush()  # what is removed is in its new place
    for tombstone in moved:
        producer.send(tombstone)
    producer.close()


def _rows(broker: Broker, n_partitions: int) -> list[Record]:
    """Return the last record of each key in each partition, without deleted ones."""
    reader, found = broker.reader(), dict[tuple[int, str | None], Record]()
    for record in reader.read_to_end([TopicPartition(_TOPIC, i) for i in range(n_partitions)]):
        found[record.partition, record.key] = record
    reader.close()
    return [record for record in found.values() if record.value is not None]
