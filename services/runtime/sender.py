"""Sends from an event loop: items of many tasks in one batch, by a blocking function on a thread.

task ─► sent(item) ─┐
task ─► sent(item) ─┼─► send([item, item, …]) ─► each task goes on
…                   ┘        ├─ TransientError: again, with growing pauses, as long as it takes
                             └─ any other error: item by item; one that fails alone fails its task
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import structlog

from services.errors import FatalError, TransientError
from services.runtime.health import Heartbeat
from services.runtime.retry import delay

BATCH = 200
"""The most items in one call of `send`."""

TRIES = 3
"""Tries at an item that fails with an unexpected error, before its task gets the error."""

IDLE_SECONDS = 0.2
"""Seconds that the loop waits for an item before it beats again."""

Item = TypeVar("Item")

_log = structlog.get_logger()


class Sender(Generic[Item]):
    """One loop (`run`) that sends for many tasks (`sent`).

    `send` runs on a thread, never twice at the same time.
    """

    def __init__(
        self,
        send: Callable[[Sequence[Item]], None],
        heartbeat: Heartbeat,
        stopping: Callable[[], bool],
    ) -> None:
        self._send = send
        self._heartbeat = heartbeat
        self._stopping = stopping
        self._queue: asyncio.Queue[tuple[Item, asyncio.Future[None]]] = asyncio.Queue()
        self._n_in_hand = 0

    @property
    def n_unsent(self) -> int:
        """The number of items not sent yet."""
        return self._queue.qsize() + self._n_in_hand

    async def sent(self, item: Item) -> None:
        """Return when the item has been sent.

        Raises what `send` raised for it, except TransientError and FatalError.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((item, done))
        await done

    async def run(self) -> None:
        """Send until told to stop. Raises FatalError."""
        while not self._stopping():
            self._heartbeat.beat(unsent=self.n_unsent)
            batch = await self._next()
            self._n_in_hand = len(batch)
            if batch:
                await self._see_through(batch)
            self._n_in_hand = 0

    async def _next(self) -> list[tuple[Item, asyncio.Future[None]]]:
        try:
            batch = [await asyncio.wait_for(self._queue.get(), IDLE_SECONDS)]
        except TimeoutError:
            return []
        while not self._queue.empty() and len(batch) < BATCH:
            batch.append(self._queue.get_nowait())
        return batch

    async def _see_through(self, batch: list[tuple[Item, asyncio.Future[None]]]) -> None:
        n_unforeseen = 0
        while True:
            error = await self._patiently([item for item, _ in batch])
            n_unforeseen += 1
            if error is None or (n_unforeseen >= TRIES and len(batch) == 1):
                for _, done in batch:
                    _end(done, error)
                return
            if self._stopping():
                return
            _log.error(
                "sending failed in a way that was not foreseen",
                items=len(batch),
                tries=n_unforeseen,
                exc_info=error,
            )
            if len(batch) > 1:
                for one in batch:
                    await self._see_through([one])
                return
            await asyncio.sleep(delay(n_unforeseen))

    async def _patiently(self, items: Sequence[Item]) -> Exception | None:
        """Send until it succeeds.

        Return an unexpected error, or TransientError if told to stop before.
        """
        tries = 0
        while not self._stopping():
            try:
                await asyncio.to_thread(self._send, items)
                return None
            except TransientError as error:
                tries += 1
                _log.warning(
                    "waiting to publish, nothing is lost", items=len(items), reason=str(error)
                )
                self._heartbeat.beat("waiting", reason=str(error), unsent=self.n_unsent)
                await asyncio.sleep(delay(tries))
            except FatalError:
                raise
            except Exception as error:  # noqa: BLE001 - it must not stop the other items
                return error
        return TransientError("told to stop before it was sent")


def _end(done: "asyncio.Future[None]", error: Exception | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
