"""The hub of the live stream: one thread reads Kafka for all listeners of a process.

It begins some records before the end, so that a listener that comes back with the id of its last
event goes on where it was, even if another process had served it. What the window no longer holds
is not read again for one listener: it is told what it lost, and where to fetch it.
"""

import asyncio
import contextlib
import functools
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import structlog

from services.api.stream.frames import comment_frame, lost_frame
from services.api.stream.position import Layout, Position, decoded, encoded
from services.api.stream.reading import Reading
from services.api.stream.window import Event, Listener, Sees, Window
from services.errors import ReportedlyError, TransientError
from services.ports import Broker, Record, Stop, TopicReader

RETRY_SECONDS = 1.0
"""Seconds to wait before Kafka is asked again."""

POLL_SECONDS = 0.1
"""Seconds that one read of Kafka waits for records: the most by which an event is delayed.

All events of one read go to a listener in one piece, so that is what many listeners cost less by.
"""

BACK_RECORDS = 100
"""Records of each partition that the window begins with.

Two topics of twelve partitions hold 50 seconds of it at 50 updates a second: a process is replaced
in a tenth of that.
"""

BEAT_SECONDS = 15.0
"""Seconds between two comments on a quiet stream. Proxies commonly close one after a minute."""

MOST_HIDDEN = 500
"""Events passed over after which a listener is told its place again, a tenth of the window.

Otherwise who sees little would come back with an id that the window does not reach.
"""

SLOW = "this listener is too slow"
AWAY = "this listener was away for longer than the stream remembers"
NO_PLACE = "the id names no place in this stream"
ANEW = "the stream has begun anew"
"""Why something is lost."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a listener asks for.

    - `last_id`: the id of its last event; "" if it is new.
    - `since`: events from this time on are for it, too, as far as the window holds them.
    - `may_stay`: asked at each heartbeat and before events are sent; once it is false, the stream
      ends.
    """

    last_id: str = ""
    since: datetime | None = None
    sees: Sees = field(default=lambda _: True)
    may_stay: Callable[[], bool] = field(default=lambda: True)


class Hub:
    """The reader of a process and its window.

    The reader starts with the first listener and ends with `stop`.
    """

    def __init__(
        self,
        broker: Broker,
        stop: Stop,
        window: Window | None = None,
        beat_seconds: float = BEAT_SECONDS,
        back: int = BACK_RECORDS,
    ) -> None:
        self._broker, self._stop = broker, stop
        self._window = window or Window()
        self._beat_seconds, self._back = beat_seconds, back
        self._layout = Layout((), "")
        self._next: list[int] = []
        self._is_reading = False
        self._has_ended = False
        self._came = asyncio.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def wait_closed(self, timeout_seconds: float) -> bool:
        """Wait until the reader has closed its client, after `stop` was set.

        Return False if it takes longer.
        """
        if self._thread is not None:
            self._thread.join(timeout_seconds)
        return self._thread is None or not self._thread.is_alive()

    async def listen(self, asked: Asked) -> AsyncIterator[bytes]:
        """Yield server-sent events, several at once where several wait, until told to stop.

        The first is a comment, sent once nothing more is missed. While Kafka is away, the stream
        stays open, with heartbeats only.
        """
        self._start()
        while not self._is_reading and not self._has_ended:
            if not await self._news():
                yield comment_frame("still here")
        if self._has_ended:
            return
        listener, first = self._enter(asked)
        yield first
        while not self._has_ended and asked.may_stay():
            if piece := self._next_piece(listener):
                yield piece
            elif not await self._news():
                yield comment_frame("still here")

    def _enter(self, asked: Asked) -> tuple[Listener, bytes]:
        """Return a listener in its place, and the first piece that it is sent."""
        window, now = self._window, tuple(self._next)
        new = Listener(window.end, now, window.era, asked.sees)
        if asked.last_id:
            place = decoded(self._layout, asked.last_id)
            if place is None:
                return new, lost_frame(None, None, NO_PLACE, self._id(now))
            return self._again(replace(new, number=window.first, had=place.offsets), place)
        if asked.since is None:
            return new, comment_frame("from now on", self._id(now))
        number = window.number_at(int(asked.since.timestamp() * 1000))
        listener = replace(new, number=number, had=(0,) * len(now))
        return listener, comment_frame("from then on", self._id(window.start))

    def _again(self, listener: Listener, place: Position) -> tuple[Listener, bytes]:
        """Return a listener that comes back, and what it is told."""
        starts = self._window.start
        missing = sum(max(0, a - b) for a, b in zip(starts, place.offsets, strict=True))
        if not missing:
            return listener, comment_frame("from your place on", self._id(place.offsets))
        id = self._id([*map(max, starts, place.offsets)])
        return listener, lost_frame(missing, place.at, AWAY, id, is_exact=False)

    def _next_piece(self, listener: Listener) -> bytes:
        """Return what a listener is sent next; b"" if there is nothing."""
        if listener.era != self._window.era:
            listener.era, listener.number = self._window.era, self._window.first
            listener.had = (0,) * len(self._next)
            return lost_frame(None, _time(listener.passed_ms), ANEW, self._id(self._window.start))
        since = _time(listener.passed_ms)
        if n := self._window.lost(listener):
            id = self._id([*map(max, self._window.start, listener.had)])
            return lost_frame(n, since, SLOW, id)
        piece = self._window.take(listener)
        if not piece and listener.n_hidden >= MOST_HIDDEN:
            listener.n_hidden = 0
            return comment_frame("still here", self._id(self._next))
        return piece

    def _id(self, offsets: Sequence[int]) -> str:
        """Return the id of a place that a listener has reached now."""
        return encoded(self._layout.mark, offsets, int(time.time() * 1000))

    async def _news(self) -> bool:
        """Wait until something came, for a heartbeat at most. Return whether it did."""
        try:
            await asyncio.wait_for(self._came.wait(), self._beat_seconds)
        except TimeoutError:
            return False
        return True

    def _start(self) -> None:
        if self._thread is None:
            self._loop = asyncio.get_running_loop()
            self._thread = threading.Thread(target=self._read, name="live-stream", daemon=True)
            self._thread.start()

    def _read(self) -> None:
        """Read until `stop`. After an error a new reader goes on where the last one was."""
        reading = Reading(self._broker, self._back)
        try:
            while not self._stop.is_set():
                try:
                    self._read_with_one(reading)
                except ReportedlyError as error:
                    _log.warning("the live stream starts over", reason=str(error))
                    self._stop.wait(RETRY_SECONDS)
        finally:
            self._in_loop(self._end)

    def _read_with_one(self, reading: Reading) -> None:
        reader = self._broker.reader()
        try:
            is_new, records = reading.begin(reader)
            if is_new:
                self._in_loop(
                    functools.partial(self._begin, reading.layout, reading.start, reading.end)
                )
            while not self._stop.is_set():
                for events in reading.batches(records):
                    self._in_loop(functools.partial(self._add, events, tuple(reading.next)))
                records = self._poll(reader)
        finally:
            reader.close()

    def _poll(self, reader: TopicReader) -> list[Record]:
        try:
            return reader.poll(POLL_SECONDS)
        except TransientError as error:
            _log.warning("the live stream waits for Kafka", reason=str(error))
            self._stop.wait(RETRY_SECONDS)
            return []

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

    def _begin(self, layout: Layout, start: tuple[int, ...], end: tuple[int, ...]) -> None:
        self._layout, self._next = layout, [*end]
        self._window.begin(start)
        self._is_reading = True

    def _add(self, events: list[Event], offsets: tuple[int, ...]) -> None:
        for event in events:
            self._window.add(event)
        self._next = [*map(max, self._next, offsets)]

    def _end(self) -> None:
        self._has_ended = True


def _time(at_ms: int) -> datetime | None:
    return datetime.fromtimestamp(at_ms / 1000, UTC) if at_ms else None
