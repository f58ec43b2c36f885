"""Compacted topics as tables in memory: what the API knows without asking an engine.

A thread follows all of them with one reader. Requests see whole snapshots, which never change.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar, cast

import structlog

from services.errors import InvalidMessage, ReportedlyError, TransientError
from services.messages import (
    Feed,
    FeedTimings,
    Judgement,
    Mark,
    Message,
    Subscriber,
    Token,
    Verdict,
    Watch,
    decode,
)
from services.ports import Broker, Record, Stop, TopicPartition, TopicReader
from services.runtime import metrics

M = TypeVar("M", bound=Message)

POLL_SECONDS = 0.1
"""Seconds that one read of Kafka waits for records."""

RETRY_SECONDS = 1.0
"""Seconds to wait before Kafka is asked again."""

WRITE_SECONDS = 3.0
"""Seconds that a request waits for its own row. A row comes back within some tens of milliseconds;
who waits longer is answered, and reads it a little later."""

MOST_ROWS = 200_000
"""Rows of one table. Far more than a desk has; a row takes about a kilobyte. Further keys are left
out and counted."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Table(Generic[M]):
    """A compacted topic, and the message of its rows. `is_dated`: it is kept when rows came."""

    topic: str
    kind: type[M]
    is_dated: bool = False


WATCHES = Table("watches", Watch)
TOKENS = Table("tokens", Token)
SUBSCRIBERS = Table("subscribers", Subscriber)
FEEDS = Table("feeds", Feed)
FEED_TIMINGS = Table("feed-timings", FeedTimings, is_dated=True)
MARKS = Table("marks", Mark)
VERDICTS = Table("verdicts", Verdict)
JUDGEMENTS = Table("judgements", Judgement)

TABLES: tuple[Table[Any], ...] = (
    WATCHES,
    TOKENS,
    SUBSCRIBERS,
    FEEDS,
    FEED_TIMINGS,
    MARKS,
    VERDICTS,
    JUDGEMENTS,
)
"""All tables. A topic that is added here has the API among its consumers in topics.yaml."""


class Tables:
    """The tables of one process.

    `start` begins to follow them. Without it each question reads what has come: commands and tests
    ask so.
    """

    def __init__(
        self,
        broker: Broker,
        stop: Stop,
        tables: Iterable[Table[Any]] = TABLES,
        most_rows: int = MOST_ROWS,
    ) -> None:
        self._broker, self._stop, self._most_rows = broker, stop, most_rows
        self._tables = {table.topic: table for table in tables}
        self._rows: dict[str, Mapping[str, Message]] = dict.fromkeys(
            self._tables, MappingProxyType({})
        )
        self._written_ms: Mapping[str, Mapping[str, int]] = {}
        self._skipped: Counter[str] = Counter()
        self._reader: TopicReader | None = None
        self._is_ready = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @property
    def is_ready(self) -> bool:
        """True once every table was read to its end. Rows stay in force while Kafka is away."""
        if self._thread is None:
            self._read_now()
        return self._is_ready

    def n_skipped(self, topic: str) -> int:
        """Return the number of rows that could not be read, or had no room."""
        return self._skipped[topic]

    def rows(self, table: Table[M]) -> Mapping[str, M]:
        """Return the rows of a table by key, as they are now."""
        if self._thread is None:
            self._read_now()
        return cast("Mapping[str, M]", self._rows[table.topic])

    def written_ms(self, table: Table[Any]) -> Mapping[str, int]:
        """Return when Kafka took the rows of a dated table, by key, in Unix milliseconds."""
        rows = self.rows(table)
        found = self._written_ms.get(table.topic, {})
        return {key: found[key] for key in rows if key in found}

    def watches(self) -> Mapping[str, Watch]:
        return self.rows(WATCHES)

    def tokens(self) -> Mapping[str, Token]:
        return self.rows(TOKENS)

    def subscribers(self) -> Mapping[str, Subscriber]:
        return self.rows(SUBSCRIBERS)

    def feeds(self) -> Mapping[str, Feed]:
        return self.rows(FEEDS)

    def wait_for(
        self,
        table: Table[M],
        key: str,
        is_there: Callable[[M | None], bool],
        seconds: float = WRITE_SECONDS,
    ) -> bool:
        """Wait until a row is as it was written. Return False if that takes longer."""
        until = time.monotonic() + seconds
        with self._changed:
            while not is_there(self.rows(table).get(key)):
                left = until - time.monotonic()
                if left <= 0 or self._thread is None:
                    return False
                self._changed.wait(left)
        return True

    def start(self) -> None:
        """Follow the topics in a thread, until told to stop."""
        self._thread = threading.Thread(target=self._follow, name="tables", daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                self._step(POLL_SECONDS)
            except ReportedlyError as error:
                _log.warning("tables may be out of date", reason=str(error))
                self._let_go()
                self._stop.wait(RETRY_SECONDS)
        self._let_go()

    def _read_now(self) -> None:
        with self._changed:
            self._step(0.0)

    def _step(self, timeout_seconds: float) -> None:
        """Read what has come; all rows, if there is no reader yet. Raises TransientError."""
        if self._reader is not None:
            self._take(self._reader.poll(timeout_seconds), self._rows)
            return
        reader = self._broker.reader()
        try:
            partitions = [
                TopicPartition(topic, number)
                for topic in self._tables
                for number in range(self._broker.n_partitions(topic))
            ]
            self._skipped.clear()
            self._take(reader.read_to_end(partitions), {topic: {} for topic in self._tables})
        except TransientError:
            reader.close()
            raise
        self._reader = reader
        with self._changed:
            self._is_ready = True
            self._changed.notify_all()

    def _take(self, records: Iterable[Record], before: Mapping[str, Mapping[str, Message]]) -> None:
        """Put records into copies of the tables as they were, and show the copies at once."""
        changed: dict[str, dict[str, Message]] = {}
        written = {topic: dict(times) for topic, times in self._written_ms.items()}
        for record in records:
            topic = record.topic
            if topic not in changed:
                changed[topic] = dict(before[topic])
            self._put(changed[topic], record)
            if self._tables[topic].is_dated:
                written.setdefault(topic, {})[record.key or ""] = record.timestamp_ms
        if before is not self._rows:
            changed = {topic: changed.get(topic, {}) for topic in self._tables}
        if changed:
            with self._changed:
                self._rows |= {topic: MappingProxyType(rows) for topic, rows in changed.items()}
                self._written_ms = written
                self._changed.notify_all()

    def _put(self, rows: dict[str, Message], record: Record) -> None:
        key = record.key or ""
        if record.value is None:
            rows.pop(key, None)
            return
        if key not in rows and len(rows) >= self._most_rows:
            self._skip(record, "the table is full")
            return
        try:
            rows[key] = decode(self._tables[record.topic].kind, record.value)
        except InvalidMessage as error:
            rows.pop(key, None)  # What it replaced holds no more: a token may have been revoked.
            self._skip(record, str(error))

    def _skip(self, record: Record, reason: str) -> None:
        self._skipped[record.topic] += 1
        metrics.count("reportedly_api_rows_skipped_total", topic=record.topic)
        _log.warning("a row is left out", topic=record.topic, offset=record.offset, reason=reason)

    def _let_go(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None
