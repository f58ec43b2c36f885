"""Dead letters, read from Kafka within bounds, and sent again."""

import time
from collections.abc import Sequence

from services.api.kept import Kept
from services.api.sender import Sender
from services.desk.pipeline.redrive import Letter, as_it_was, letters, mark
from services.messages.topics import DEAD_LETTERS, letter_topics
from services.ports import Broker, Record, TopicPartition

NEWEST = 200
"""Letters of a topic that are shown: more than a person looks through one by one."""

MOST_REDRIVEN = 1_000
"""Newest letters of a topic that one request looks at. `reportedly dlq redrive` has no bound."""

KEPT_SECONDS = 5.0
"""Seconds for which the letters hold. Reading them opens a client of Kafka."""

READ_SECONDS = 5.0
"""Seconds that reading may take. What has not come by then is left out."""

POLL_SECONDS = 0.2


class Letters:
    """The dead letters of all topics but those of state, whose rows are put back elsewhere."""

    def __init__(self, broker: Broker, sender: Sender) -> None:
        self._broker, self._sender = broker, sender
        self._kept = Kept(self._ask, KEPT_SECONDS)

    def newest(self) -> list[Letter]:
        """Return the newest letters of each topic, the newest first. Raises TransientError."""
        return self._kept.get()

    def redrive(self, topic: str, reason: str, by: str, offset: int | None = None) -> int:
        """Send the letters of a topic again that wait, and mark them. Return their number.

        `reason`: only letters filed under it; "": all. `offset`: only this one, also if it was sent
        again before. Raises TransientError; what was sent by then is marked.
        """
        records = self._records([topic], MOST_REDRIVEN)
        known = {letter.offset: letter for letter in letters(records)}
        n = 0
        for record in records:
            letter = known.get(record.offset)
            if letter is None or (reason and letter.reason != reason):
                continue
            if record.offset == offset if offset is not None else letter.waits:
                self._sender.send(as_it_was(topic, record))
                self._sender.send(mark(topic, record, by))
                n += 1
        self._kept.forget()
        return n

    def _ask(self) -> list[Letter]:
        records = self._records(letter_topics(), NEWEST)
        by_topic: dict[str, list[Record]] = {}
        for record in records:
            by_topic.setdefault(record.topic, []).append(record)
        found = [letter for rows in by_topic.values() for letter in letters(rows)]
        return sorted(found, key=lambda letter: letter.at, reverse=True)

    def _records(self, topics: Sequence[str], back: int) -> list[Record]:
        """Return the last records of the dead letters of topics, by offset."""
        reader = self._broker.reader()
        try:
            names = [topic + DEAD_LETTERS for topic in topics]
            spans = reader.start_at_end(
                [TopicPartition(n, p) for n in names for p in range(self._broker.n_partitions(n))],
                back,
            )
            left = {tp for tp, (start, end) in spans.items() if start < end}
            found: list[Record] = []
            until = time.monotonic() + READ_SECONDS
            while left and time.monotonic() < until:
                for record in reader.poll(POLL_SECONDS):
                    found.append(record)
                    tp = TopicPartition(record.topic, record.partition)
                    if record.offset + 1 >= spans[tp][1]:
                        left.discard(tp)
        finally:
            reader.close()
        return sorted(found, key=lambda record: (record.topic, record.offset))
