"""Jobs in many lanes: one after another within a lane, lanes side by side.

No lane delays another.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Generic, TypeVar

from services.errors import FatalError

MOST_AT_ONCE = 256
"""Jobs that run at the same time.

Each holds a connection, and a process may open 1,024 files by default.
"""

MOST_WAITING_BYTES = 64 * 1024 * 1024
"""Bytes of all waiting jobs, shared evenly among the lanes in use.

Source: an eighth of the memory that compose gives a notifier.
"""

BEAT_SECONDS = 1.0
"""The time between two beats of the loop, in seconds."""

LEAST_SHARE_BYTES = 1024 * 1024
"""Bytes that a lane may hold however many others there are."""

J = TypeVar("J")

Work = Callable[[J, Callable[[], list[J]]], Awaitable[bool]]
"""Does a job. Returns True if it is done, or False if it was stopped before.

The second argument is a function. It returns all jobs that wait behind this one in its lane; they
then count as done together with it.
"""


class Lanes(Generic[J]):
    """Runs `work` in an event loop on a thread of its own.

    One other thread may call the methods. The loop calls `beat` once a second while it goes round.
    """

    def __init__(
        self,
        work: Work[J],
        n_bytes: Callable[[J], int],
        beat: Callable[[], object] = lambda: None,
    ) -> None:
        self._work = work
        self._n_bytes = n_bytes
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[J]] = {}
        self._held_bytes: dict[str, int] = {}
        self._open: set[J] = set()
        self._finished: list[J] = []
        self._failure: BaseException | None = None
        self._is_closing = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        self._thread = threading.Thread(target=self._loop.run_forever, name="lanes", daemon=True)
        self._thread.start()
        self._beating = asyncio.run_coroutine_threadsafe(self._beat(beat), self._loop)

    def put(self, lane: str, job: J, is_limited: bool = True) -> bool:
        """Queue a job. Return False if its lane is limited and full."""
        n_bytes = self._n_bytes(job)
        with self._changed:
            held = self._held_bytes.get(lane, 0)
            share = MOST_WAITING_BYTES // len(self._held_bytes.keys() | {lane})
            if is_limited and held and held + n_bytes > max(LEAST_SHARE_BYTES, share):
                return False
            self._held_bytes[lane] = held + n_bytes
            self._open.add(job)
            is_new = lane not in self._waiting
            self._waiting.setdefault(lane, deque()).append(job)
        if is_new:
            self._loop.call_soon_threadsafe(self._start, lane)
        return True

    def wait(self, jobs: Collection[J], seconds: float) -> None:
        """Return once all these jobs are done, or after `seconds`."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._failure is not None or self._open.isdisjoint(jobs), seconds
            )

    def finished(self) -> list[J]:
        """Return the jobs done since the last call. Raises FatalError if `work` raised."""
        with self._changed:
            if self._failure is not None:
                raise FatalError(
                    f"the work of a lane broke off: {type(self._failure).__name__}: {self._failure}"
                )
            done, self._finished = self._finished, []
        return done

    def take_back(self, is_wanted: Callable[[J], bool]) -> list[J]:
        """Remove and return the jobs that have not begun and for which `is_wanted` is true."""
        taken: list[J] = []
        with self._changed:
            for lane, queue in self._waiting.items():
                back = [job for job in queue if is_wanted(job)]
                for job in back:
                    queue.remove(job)
                self._let_go(lane, back)
                taken += back
        return taken

    def close(self, seconds: float) -> None:
        """Start no more jobs, let running ones end for `seconds`, and cancel the rest."""
        with self._changed:
            self._is_closing = True
        self._beating.cancel()
        asyncio.run_coroutine_threadsafe(self._end(seconds), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _beat(self, beat: Callable[[], object]) -> None:
        while True:
            beat()
            await asyncio.sleep(BEAT_SECONDS)

    async def _end(self, seconds: float) -> None:
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _start(self, lane: str) -> None:
        task = self._loop.create_task(self._drive(lane))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            with self._changed:
                self._failure = failure
                self._changed.notify_all()

    async def _drive(self, lane: str) -> None:
        """Do a lane's jobs until none waits."""
        while True:
            async with self._room:
                with self._changed:
                    queue = self._waiting[lane]
                    if self._is_closing:
                        return
                    if not queue:
                        del self._waiting[lane]
                        return
                    doing = [queue.popleft()]
                rest = partial(self._take_rest, lane, doing)
                if not await self._work(doing[0], rest):
                    return
                with self._changed:
                    self._let_go(lane, doing)
                    self._finished += doing
                    self._changed.notify_all()

    def _take_rest(self, lane: str, doing: list[J]) -> list[J]:
        with self._changed:
            rest = list(self._waiting[lane])
            self._waiting[lane].clear()
        doing += rest
        return rest

    def _let_go(self, lane: str, jobs: Collection[J]) -> None:
        if not jobs:
            return
        self._open.difference_update(jobs)
        self._held_bytes[lane] -= sum(map(self._n_bytes, jobs))
        if self._held_bytes[lane] <= 0:
            del self._held_bytes[lane]
