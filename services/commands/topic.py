"""Reads whole topics, for commands."""

from collections.abc import Iterator

from services.commands import world
from services.ports import TopicPartition
from services.settings import Settings


def read_all(settings: Settings, topic: str) -> Iterator[tuple[str, bytes | None]]:
    """Yield key and value of every message of a topic, by partition."""
    broker = world.broker(settings)
    reader = broker.reader()
    try:
        partitions = [TopicPartition(topic, p) for p in range(broker.n_partitions(topic))]
        for record in reader.read_to_end(partitions):
            yield record.key or "", record.value
    finally:
        reader.close()


def read_topic(settings: Settings, topic: str) -> dict[str, bytes]:
    """Return key to latest value, without deleted keys."""
    return {
        key: value for key, value in dict(read_all(settings, topic)).items() if value is not None
    }
