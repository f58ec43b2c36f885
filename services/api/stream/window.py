"""The newest events of the stream, and what of them a listener is still to get. Pure.

A listener is a number in the window and the offsets that it had before, so a thousand of them need
no copies. Events of partitions that it is ahead in are passed over.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from services.api.stream.updates import Update

WINDOW_EVENTS = 5_000
"""Events kept for listeners that are behind: 100 seconds at 50 a second."""

WINDOW_BYTES = 16 * 1024 * 1024
"""Bytes of events kept for them. One event is kept whatever its size."""

MOST_SENT_BYTES = 64 * 1024
"""Bytes handed to a connection at once: as many as the server lets wait before it stops a sender.

So a listener that is far behind holds no copy of the window.
"""

Sees = Callable[[Update], bool]
"""Tells whether a listener may see an event, and wants it."""


@dataclass(frozen=True, slots=True)
class Event:
    """An update in its place.

    - `index`, `offset`: its partition in the layout, and its offset there. `at_ms`: Kafka's time.
    - `frame`: what is sent.
    """

    update: Update
    index: int
    offset: int
    at_ms: int
    frame: bytes


@dataclass(slots=True)
class Listener:
    """How far one listener has come.

    - `number`: of the next event. `had`: events below these offsets are not for it.
    - `era`: that of the window which its numbers are of.
    - `passed_ms`: Kafka's time of the last event that it got or passed over.
    - `n_hidden`: events passed over since it was last told its place.
    """

    number: int
    had: tuple[int, ...]
    era: int
    sees: Sees = field(default=lambda _: True)
    passed_ms: int = 0
    n_hidden: int = 0


class Window:
    """Events numbered from 0 in order of arrival.

    - `start`: the offsets before the first one. `era`: rises when all events are forgotten.
    """

    def __init__(
        self,
        start: Sequence[int] = (),
        most_events: int = WINDOW_EVENTS,
        most_bytes: int = WINDOW_BYTES,
    ) -> None:
        self._most_events = most_events
        self._most_bytes = most_bytes
        self._events: deque[Event] = deque()
        self._n_bytes = 0
        self.first = 0
        self.era = 0
        self.start = [*start]

    @property
    def end(self) -> int:
        """The number of the next event."""
        return self.first + len(self._events)

    def begin(self, start: Sequence[int]) -> None:
        """Forget all events. Their numbers are not given again."""
        self.era += 1
        self.first = self.end
        self._events.clear()
        self._n_bytes = 0
        self.start = [*start]

    def add(self, event: Event) -> None:
        """Append an event. Drop the oldest ones beyond the bounds."""
        self._events.append(event)
        self._n_bytes += len(event.frame)
        while len(self._events) > 1 and (
            len(self._events) > self._most_events or self._n_bytes > self._most_bytes
        ):
            dropped = self._events.popleft()
            self._n_bytes -= len(dropped.frame)
            self.first += 1
            self.start[dropped.index] = dropped.offset + 1

    def lost(self, listener: Listener) -> int:
        """Return how many events a listener has lost, and move it to the oldest one left."""
        n = max(0, self.first - listener.number)
        listener.number = max(self.first, listener.number)
        return n

    def number_at(self, at_ms: int) -> int:
        """Return the number of the first event at or after a time; the end if there is none."""
        found = (n for n, event in enumerate(self._events, self.first) if event.at_ms >= at_ms)
        return next(found, self.end)

    def take(self, listener: Listener) -> bytes:
        """Return what a listener is to be sent next, and move it on; b"" at the end."""
        frames, size = [], 0
        for event in self._from(listener.number):
            listener.number += 1
            if event.offset < listener.had[event.index]:
                continue
            listener.passed_ms = event.at_ms
            if not listener.sees(event.update):
                listener.n_hidden += 1
                continue
            listener.n_hidden = 0
            frames.append(event.frame)
            size += len(event.frame)
            if size >= MOST_SENT_BYTES:
                break
        return b"".join(frames)

    def _from(self, number: int) -> Iterator[Event]:
        # A deque finds a place from its nearer end; most listeners are at this one.
        for place in range(number - self.first, len(self._events)):
            yield self._events[place]
