"""The live stream: every new alert, read once for each process and sent to all listeners.

One thread reads Kafka from its end on and puts each alert into a `Window`, which keeps the newest
ones. A listener is a position in the window, so that a thousand of them need no threads and no
copies. If the position of a slow listener has left the window, the listener is sent the number of
alerts it missed and where to fetch them, and continues with the oldest that is left.
"""

import asyncio
import contextlib
import functools
import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import structlog
from sse_starlette import ServerSentEvent

from services.errors import InvalidMessage, ReportedlyError, TransientError
from services.messages import Alert, decode
from services.ports import Broker, Record, Stop, TopicPartition, TopicReader

TOPIC = "alerts"
RETRY_SECONDS = 1.0
"""Seconds to wait before Kafka is asked again."""
POLL_SECONDS = 0.1
"""Seconds that one read of Kafka waits for records: the most by which an alert is delayed."""

MOST_LISTENERS = 500
"""Listeners of one process.

Each holds a connection, and a process may commonly open 1,024 files.
"""

WINDOW_EVENTS = 1000
"""Alerts kept for listeners that are behind."""

WINDOW_BYTES = 16 * 1024 * 1024
"""Bytes of alerts kept for listeners that are behind. One alert is kept whatever its size."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Missed:
    """Alerts that a listener will not get. `n` is their number; None if it is unknown."""

    n: int | None


class Window:
    """The newest events, numbered from 0 in order of arrival."""

    def __init__(self, most_events: int = WINDOW_EVENTS, most_bytes: int = WINDOW_BYTES) -> None:
        self._most_events = most_events
        self._most_bytes = most_bytes
        self._events: deque[tuple[ServerSentEvent | Missed, int]] = deque()
        self._n_bytes = 0
        self._first = 0

    @property
    def end(self) -> int:
        """The number of the next event."""
        return self._first + len(self._events)

    def add(self, event: ServerSentEvent | Missed, n_bytes: int) -> None:
        """Append an event. Drop the oldest ones beyond the bounds."""
        self._events.append((event, n_bytes))
        self._n_bytes += n_bytes
        while len(self._events) > 1 and (
            len(self._events) > self._most_events or self._n_bytes > self._most_bytes
        ):
            self._n_bytes -= self._events.popleft()[1]
            self._first += 1

    def take(self, number: int) -> tuple[ServerSentEvent | Missed, int]:
        """Return the event of this number, or what was missed, and the next number to ask for."""
        if number < self._first:
            return Missed(self._first - number), self._first
        return self._events[number - self._first][0], number + 1


class Live:
    """The reader of a process and its listeners.

    The reader starts with the first listener and ends with `stop`.
    """

    def __init__(
        self,
        broker: Broker,
        stop: Stop,
        most_listeners: int = MOST_LISTENERS,
        window: Window | None = None,
    ) -> None:
        self._broker = broker
        self._stop = stop
        self.most_listeners = most_listeners
        self._window = window or Window()
        self._n_listeners = 0
        self._came = asyncio.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_reading = False
        self._has_ended = False

    @property
    def n_listeners(self) -> int:
        return self._n_listeners

    def enter(self) -> bool:
        """Reserve a place for a listener. Return False if there is none."""
        if self._n_listeners >= self.most_listeners:
            return False
        self._n_listeners += 1
        return True

    def leave(self) -> None:
        """Free the place."""
        self._n_listeners -= 1

    def wait_closed(self, timeout_seconds: float) -> bool:
        """Wait until the reader has closed its client, after `stop` was set.

        Return False if it takes longer.
        """
        if self._thread is not None:
            self._thread.join(timeout_seconds)
        return self._thread is None or not self._thread.is_alive()

    async def events(self) -> AsyncIterator[ServerSentEvent]:
        """Yield every new alert until the process is told to stop.

        The first event is a comment, sent once nothing more is missed. While Kafka is away, the
        stream stays open and silent.
        """
        self._start()
        while not self._is_reading and not self._has_ended:
            await self._came.wait()
        number = self._window.end
        if not self._has_ended:
            yield ServerSentEvent(comment="from now on")
        while not self._has_ended:
            if number == self._window.end:
                await self._came.wait()
                continue
            found, number = self._window.take(number)
            yield lost(found) if isinstance(found, Missed) else found

    def _start(self) -> None:
        if self._thread is None:
            self._loop = asyncio.get_running_loop()
            self._thread = threading.Thread(target=self._read, name="live-alerts", daemon=True)
            self._thread.start()

    def _read(self) -> None:
        """Read until `stop`.

        After an error a new reader starts at the end, and listeners are sent a gap.
        """
        n_readers = 0
        try:
            while not self._stop.is_set():
                n_readers += 1
                try:
                    self._read_with_one(is_first=n_readers == 1)
                except ReportedlyError as error:
                    _log.warning("the live stream starts over", reason=str(error))
                    self._stop.wait(RETRY_SECONDS)
        finally:
            self._in_loop(self._end)

    def _read_with_one(self, *, is_first: bool) -> None:
        reader = self._broker.reader()
        try:
            if not self._patiently_start(reader):
                return
            self._in_loop(functools.partial(self._begin, is_first))
            while not self._stop.is_set():
                try:
                    records = reader.poll(POLL_SECONDS)
                except TransientError as error:
                    _log.warning("the live stream waits for Kafka", reason=str(error))
                    self._stop.wait(RETRY_SECONDS)
                    continue
                events = [
                    (event, len(record.value or b""))
                    for record in records
                    if (event := as_event(record))
                ]
                if events:
                    self._in_loop(functools.partial(self._add, events))
        finally:
            reader.close()

    def _patiently_start(self, reader: TopicReader) -> bool:
        """Move the reader to the end of the topic, waiting for Kafka.

        Return False if told to stop.
        """
        while not self._stop.is_set():
            try:
                reader.start_at_end(
                    [TopicPartition(TOPIC, p) for p in range(self._broker.n_partitions(TOPIC))]
                )
            except TransientError as error:
                _log.warning("the live stream waits for Kafka", reason=str(error))
                self._stop.wait(RETRY_SECONDS)
            else:
                return True
        return False

    def _in_loop(self, what: Callable[[], None]) -> None:
        """Run a step in the event loop, which alone touches the window.

        Do nothing if the loop has ended.
        """
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._step, what)

    def _step(self, what: Callable[[], None]) -> None:
        what()
        came, self._came = self._came, asyncio.Event()
        came.set()

    def _begin(self, is_first: bool) -> None:
        if not is_first:
            self._window.add(Missed(None), 0)
        self._is_reading = True

    def _add(self, events: list[tuple[ServerSentEvent, int]]) -> None:
        for event, n_bytes in events:
            self._window.add(event, n_bytes)

    def _end(self) -> None:
        self._has_ended = True


def as_event(record: Record) -> ServerSentEvent | None:
    """Return the event of a record; None for a tombstone or an unreadable alert."""
    if record.value is None:
        return None
    try:
        alert = decode(Alert, record.value)
    except InvalidMessage as error:
        _log.warning(
            "no alert", partition=record.partition, offset=record.offset, reason=str(error)
        )
        return None
    return ServerSentEvent(
        data=record.value.decode(), event="alert", id=f"{alert.alert_id}:{alert.version}"
    )


def lost(missed: Missed) -> ServerSentEvent:
    """Return the event `lost`: the number of missed revisions, and where to fetch them.

    The number is null if it is unknown.
    """
    why = (
        "this listener is too slow"
        if missed.n is not None
        else "the reader of the topic had to start over"
    )
    return ServerSentEvent(
        data=json.dumps({"count": missed.n, "reason": why, "fetch": "/v1/alerts"}), event="lost"
    )
