"""Sends spans to a collector, if the operator names one. Nothing of a service waits for it.

Spans wait in a bounded queue for a thread. What does not fit in, and what the collector does not
take, is dropped and counted.
"""

import queue
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import structlog

from services.errors import TransientError
from services.ports import Collector, Outgoing, Record, Span
from services.runtime import metrics
from services.runtime.spans import first_span, is_sampled, spans
from services.runtime.trail import WAY

MOST_WAITING = 4_096
"""Spans that wait at most, of 0.7 kB each: 3 MB.

Source: an article of the demo has 13, so these are all spans of six articles a second for fifty
seconds.
"""

BATCH = 512
"""Spans of one request. Source: the default of OpenTelemetry's own processor."""

GATHER_SECONDS = 1.0
"""Seconds between two requests, unless a batch is full before."""

PAUSE_SECONDS = 5.0
"""Seconds after a request that failed, in which nobody asks the collector."""

CLOSE_SECONDS = 2.0
"""Seconds that the end of a service waits for its last spans. It has eight in all."""

MOST_BEGUN = 10_000
"""Records in hand whose begin is known. What a rebalance took away is never ended."""

_log = structlog.get_logger()


class Sender:
    """Hands spans to a collector, from a thread of its own. `put` never blocks and never raises."""

    def __init__(
        self,
        collector: Collector,
        service: str,
        share: float = 1.0,
        *,
        most: int = MOST_WAITING,
        gather_seconds: float = GATHER_SECONDS,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._collector, self._service, self._share = collector, service, share
        self._gather_seconds, self._pause_seconds = gather_seconds, pause_seconds
        self._waiting: queue.Queue[Span] = queue.Queue(most)
        self._closing = threading.Event()
        self._is_away = False
        self._thread = threading.Thread(target=self._run, name="traces", daemon=True)
        self._thread.start()

    def put(self, span: Span) -> None:
        """Queue a span of a sampled trace."""
        if not is_sampled(span.trace, self._share):
            return
        try:
            self._waiting.put_nowait(span)
        except queue.Full:
            self._count("dropped", 1)

    def close(self) -> None:
        """Send what waits, for `CLOSE_SECONDS` at most."""
        self._closing.set()
        self._thread.join(CLOSE_SECONDS)
        self._collector.close()

    def _run(self) -> None:
        is_closing = False
        while not is_closing or not (self._is_away or self._waiting.empty()):
            is_full = self._waiting.qsize() >= BATCH
            pause = self._pause_seconds if self._is_away else self._gather_seconds
            is_closing = self._closing.wait(0.0 if is_full and not self._is_away else pause)
            if batch := self._batch():
                self._send(batch)

    def _batch(self) -> list[Span]:
        found: list[Span] = []
        while len(found) < BATCH:
            try:
                found.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return found

    def _send(self, batch: Sequence[Span]) -> None:
        try:
            self._collector.send(batch)
        except TransientError as error:
            if not self._is_away:
                _log.warning(
                    "traces are dropped until their collector takes them", reason=str(error)
                )
            self._is_away = True
            self._count("dropped", len(batch))
            return
        if self._is_away:
            _log.info("the collector takes traces again")
        self._is_away = False
        self._count("sent", len(batch))

    def _count(self, outcome: str, n: int) -> None:
        metrics.count("reportedly_spans_total", n, service=self._service, outcome=outcome)


_sender: Sender | None = None
"""The one of this process, as its metrics are; None: nobody wants traces, and they cost nothing."""


@contextmanager
def traced(collector: Collector | None, service: str, share: float = 1.0) -> Iterator[None]:
    """Send the spans of this process to a collector inside the context; None: to nobody."""
    global _sender
    if collector is None:
        yield
        return
    _sender = sender = Sender(collector, service, share)
    try:
        yield
    finally:
        _sender = None
        sender.close()


class Traced:
    """The spans of one loop: each record from when it was read until it was done."""

    def __init__(self, service: str, group: str) -> None:
        self._service, self._group = service, group
        self._begun: dict[tuple[str, int, int], int] = {}

    def begin(self, records: Iterable[Record]) -> None:
        """Note when records were read, at the first time that they are named."""
        if _sender is None:
            return
        now = time.time_ns()
        for record in records:
            if record.topic in WAY:
                self._begun.setdefault(_place(record), now)
        while len(self._begun) > MOST_BEGUN:
            del self._begun[next(iter(self._begun))]

    def end(self, records: Iterable[Record]) -> None:
        """Make the spans of records that are done."""
        if (sender := _sender) is None:
            return
        now = time.time_ns()
        for record in records:
            began = self._begun.pop(_place(record), now)
            for span in spans(record, self._service, self._group, began, now):
                sender.put(span)

    def published(self, messages: Iterable[Outgoing], began_ns: int) -> None:
        """Make the first spans of articles that were acknowledged."""
        if (sender := _sender) is None:
            return
        now = time.time_ns()
        for message in messages:
            if message.topic == "articles":
                for span in first_span(
                    Record("articles", 0, 0, None, message.value), began_ns, now
                ):
                    sender.put(span)


def _place(record: Record) -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset
