"""Where the reader of the stream is, whichever client it reads with."""

from collections.abc import Iterable, Iterator
from itertools import islice

import structlog

from services.api.stream.frames import event_frame
from services.api.stream.position import Layout, encoded
from services.api.stream.updates import KINDS, update
from services.api.stream.window import Event
from services.errors import InvalidMessage
from services.ports import Broker, Record, TopicReader

BATCH_RECORDS = 1000
"""Records that are handed to the event loop at once: as many as one read of Kafka returns."""

_log = structlog.get_logger()


class Reading:
    """The offsets of all partitions that were read.

    - `layout`: the partitions. `start`, `end`: their offsets when reading began.
    - `next`: the next offset to read.
    """

    def __init__(self, broker: Broker, back: int) -> None:
        self._broker, self._back = broker, back
        self._places: dict[tuple[str, int], int] = {}
        self.layout = Layout((), "")
        self.start: tuple[int, ...] = ()
        self.end: tuple[int, ...] = ()
        self.next: list[int] = []

    def begin(self, reader: TopicReader) -> tuple[bool, Iterable[Record]]:
        """Place a reader: some records before the end, or where the last one was.

        Return whether it begins anew, as it does if a topic is another one now, and the records to
        take before the reader is polled. Raises TransientError.
        """
        layout = Layout.of(
            (topic, self._broker.n_partitions(topic), self._broker.identity(topic))
            for topic in KINDS
        )
        if layout == self.layout:
            start = dict(zip(layout.partitions, self.next, strict=True))
            return False, reader.read_to_end(layout.partitions, start)
        spans = reader.start_at_end(layout.partitions, self._back)
        self.layout = layout
        self._places = {(tp.topic, tp.partition): n for n, tp in enumerate(layout.partitions)}
        self.start = tuple(spans[tp][0] for tp in layout.partitions)
        self.end = tuple(spans[tp][1] for tp in layout.partitions)
        self.next = [*self.start]
        return True, ()

    def batches(self, records: Iterable[Record]) -> Iterator[list[Event]]:
        """Yield the events of records, and move on."""
        left = iter(records)
        while batch := list(islice(left, BATCH_RECORDS)):
            yield [event for record in batch if (event := self._event(record))]

    def _event(self, record: Record) -> Event | None:
        """Return a record as an event; None for a tombstone or what can't be read."""
        index = self._places[record.topic, record.partition]
        self.next[index] = record.offset + 1
        try:
            told = update(record)
        except InvalidMessage as error:
            place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
            _log.warning("no event", **place, reason=str(error))
            return None
        if told is None:
            return None
        id = encoded(self.layout.mark, self.next, record.timestamp_ms)
        frame = event_frame(told, id)
        return Event(told, index, record.offset, record.timestamp_ms, frame)
