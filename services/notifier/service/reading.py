"""Topics that every notifier reads whole: what readers want, and what they got daily."""

from collections.abc import Iterable
from contextlib import suppress

import structlog

from services.errors import InvalidMessage, TransientError
from services.notifier.deliveries.surroundings import Surroundings
from services.ports import Record, TopicPartition
from services.runtime.retry import delay
from services.runtime.world import World

TOPICS = ("commands", "subscribers", "opt-outs", "dailies")

_log = structlog.get_logger()


class Reading:
    """Their records, the old ones first."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._reader = world.broker.reader()

    def whole(self) -> list[Record]:
        """Return all records so far. Wait while the broker is away."""
        tries = 0
        while not self._world.stop.is_set():
            try:
                return list(self._reader.read_to_end(self._partitions()))
            except TransientError as error:
                tries += 1
                _log.warning("waiting for Kafka", reason=str(error))
                self._world.stop.wait(delay(tries))
        return []

    def newer(self) -> list[Record]:
        """Return the records that came since. Raises TransientError."""
        found = self._reader.poll(0.0)
        with suppress(TransientError):  # What was read already must not be lost.
            while found and (records := self._reader.poll(0.0)):
                found += records
        return found

    def close(self) -> None:
        """Close the reader."""
        self._reader.close()

    def _partitions(self) -> list[TopicPartition]:
        broker = self._world.broker
        return [
            TopicPartition(topic, number)
            for topic in TOPICS
            for number in range(broker.n_partitions(topic))
        ]


def heeded(around: Surroundings, records: Iterable[Record]) -> None:
    """Apply records to what all partitions share. Unreadable ones are logged."""
    for record in records:
        try:
            around.take(record)
        except InvalidMessage as error:
            place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
            _log.warning("unreadable", **place, reason=str(error))
