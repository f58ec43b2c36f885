"""Loads partitions: their feeds, the state of each, and articles that are not published yet."""

import time
from collections.abc import Sequence
from contextlib import suppress

from services.errors import InvalidMessage
from services.messages import FeedTimings, decode
from services.poller.roster import TOPICS
from services.poller.rows import unreadable
from services.ports import Broker, Record, TopicPartition, partition_of
from services.runtime.meter import Meter
from services.runtime.set_aside import set_aside

TIMINGS = "feed-timings"


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

    def timings(self, numbers: Sequence[int]) -> list[FeedTimings]:
        """Return what the last pollers of these partitions told. Raises TransientError.

        Rows that can't be read are left out: their feeds are asked soon.
        """
        reader = self._broker.reader()
        try:
            n = self._broker.n_partitions(TIMINGS)
            places = {partition_of(str(number), n) for number in numbers}
            rows = list(reader.read_to_end([TopicPartition(TIMINGS, p) for p in sorted(places)]))
        finally:
            reader.close()
        latest = {row.key: row.value for row in rows if row.key in set(map(str, numbers))}
        found = []
        for value in latest.values():
            with suppress(InvalidMessage):
                found += [decode(FeedTimings, value)] if value else []
        return found

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
