"""Reading a compacted topic whole, for commands."""

from services.adapters.kafka import KafkaBroker
from services.ports import TopicPartition
from services.settings import Settings


def read_topic(settings: Settings, topic: str) -> dict[str, bytes]:
    """Return the latest value by key of every key that is not deleted."""
    broker = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
    reader = broker.reader()
    latest: dict[str, bytes | None] = {}
    try:
        partitions = [TopicPartition(topic, p) for p in range(broker.n_partitions(topic))]
        for record in reader.read_to_end(partitions):
            latest[record.key or ""] = record.value
    finally:
        reader.close()
    return {key: value for key, value in latest.items() if value is not None}
