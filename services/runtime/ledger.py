"""Messages written at once, in order, from any thread: effects are recorded before the next.

One thread writes. What comes while it waits for the broker goes out together with the next flush.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from services.errors import TransientError, Unwritable
from services.ports import Outgoing
from services.runtime.meter import Tally, produced
from services.runtime.retry import delay
from services.runtime.world import World

MOST_AT_ONCE = 1_000
"""Messages that share a flush at most, or those of one call."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Entry:
    messages: Sequence[Outgoing]
    written: "Future[None]" = field(default_factory=Future)


class Ledger:
    """A producer with a thread of its own. Thread-safe.

    `broke`: called once, on that thread, with an error that no retry mends. Nothing is written
    after it: it would stand before what could not be written.
    """

    def __init__(self, world: World, service: str, broke: Callable[[Exception], object]) -> None:
        self._service = service
        self._broke = broke
        self._failure: Exception | None = None
        self._producer = world.broker.producer()
        self._entries: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
        self._thread.start()

    def write(self, messages: Sequence[Outgoing]) -> "Future[None]":
        """Return a future that is done once the messages are acknowledged.

        While the broker does not take them they are tried again, so the order is kept. Messages
        whose future is cancelled before that may not be written. The future raises Unwritable,
        TransientError if the ledger was closed before, or the error that broke the ledger: some or
        all may be on their topics.
        """
        entry = _Entry(messages)
        self._entries.put(entry)
        return entry.written

    def close(self) -> None:
        """Write what waits, with one try, and close the producer."""
        self._is_closing.set()
        self._entries.put(None)
        self._thread.join()
        with suppress(TransientError, Unwritable):
            self._producer.close()

    def _run(self) -> None:
        while (first := self._entries.get()) is not None:
            batch, is_last = self._batch(first)
            self._write(batch)
            if is_last:
                return

    def _batch(self, first: _Entry) -> tuple[list[_Entry], bool]:
        """Return what waits, as much as goes out together, and whether that is the last."""
        batch, n = [first], len(first.messages)
        while n < MOST_AT_ONCE:
            try:
                entry = self._entries.get_nowait()
            except queue.Empty:
                break
            if entry is None:
                return batch, True
            batch.append(entry)
            n += len(entry.messages)
        return batch, False

    def _write(self, batch: list[_Entry]) -> None:
        """Write what was not taken back. Every future of it is done then."""
        waiting = [entry for entry in batch if entry.written.set_running_or_notify_cancel()]
        try:
            if self._failure is None:
                self._see_through(waiting)
        except Exception as error:  # noqa: BLE001 - told: what waits for this thread must not hang
            self._failure = error
            self._broke(error)
        _end(waiting, self._failure)

    def _see_through(self, entries: list[_Entry]) -> None:
        """Write entries, again while the broker does not take them."""
        tries = 0
        while waiting := [entry for entry in entries if not entry.written.done()]:
            try:
                self._together(waiting)
            except TransientError as error:
                tries += 1
                if self._is_closing.is_set():
                    _end(waiting, error)
                    return
                if tries == 1:
                    _log.warning("waiting to write down", n=len(waiting), reason=str(error))
                self._is_closing.wait(delay(tries))

    def _together(self, entries: list[_Entry]) -> None:
        """Write entries with one flush; each with its own if it does not say which is at fault."""
        sent = self._sent(entries)
        try:
            self._producer.flush()
        except Unwritable as error:
            if len(sent) == 1:
                _end(sent, error)
            else:
                for entry in sent:
                    self._together([entry])
            return
        produced(self._service, Tally(m for entry in sent for m in entry.messages))
        _end(sent, None)

    def _sent(self, entries: list[_Entry]) -> list[_Entry]:
        """Queue the messages of entries. Return the entries without those that can't be written."""
        sent: list[_Entry] = []
        for entry in entries:
            try:
                for message in entry.messages:
                    self._producer.send(message)
            except Unwritable as error:
                entry.written.set_exception(error)
            else:
                sent.append(entry)
        return sent


def _end(entries: Sequence[_Entry], error: Exception | None) -> None:
    """End the entries that have not ended yet."""
    for entry in entries:
        if entry.written.done():
            continue
        if error is None:
            entry.written.set_result(None)
        else:
            entry.written.set_exception(error)
