"""Loads partitions: their feeds, the state of each, and articles that are not published yet."""

import time
from collections.abc import Sequence

from services.poller.roster import TOPICS, unreadable
from services.ports import Broker, Record, TopicPartition
from services.runtime.meter import Meter
from services.runtime.set_aside import set_aside


class Loader:
    """Reads partitions of the poller's topics. Blocks, so use it on a thread."""

    def __init__(self, broker: Broker, meter: Meter) -> None:
        self._broker = broker
        self._meter = meter

    def load(self, numbers: Sequence[int]) -> list[Record]:
        """Return all rows of these partitions. Unreadable ones are set aside.

        Raises TransientError.
        """
        rows = self._read(numbers)
        self._set_aside(rows)
        return rows

    def _read(self, numbers: Sequence[int]) -> list[Record]:
        began, reader = time.monotonic(), self._broker.reader()
        try:
            rows = list(
                reader.read_to_end([TopicPartition(topic, n) for topic in TOPICS for n in numbers])
            )
        finally:
            reader.close()
        self._meter.loaded(len(rows), 0, time.monotonic() - began)
        return rows

    def _set_aside(self, rows: Sequence[Record]) -> None:
        """Set unreadable rows aside. Each letter is acknowledged before its row is removed."""
        broken = unreadable(rows)
        if not broken:
            return
        producer = self._broker.producer()
        try:
            for record, error in broken:
                for message in set_aside(record, error, "poller"):
                    producer.send(message)
                    producer.flush()
        finally:
            producer.close()
