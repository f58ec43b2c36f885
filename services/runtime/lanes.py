"""Jobs in many lanes: one after another within a lane, lanes side by side.

No lane delays another.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

MOST_AT_ONCE = 256
"""Jobs that run at the same time.

Each holds a connection, and a process may open 1,024 files by default.
"""

J = TypeVar("J")


class Lanes(Generic[J]):
    """Runs `work` for each job. Its methods are called in one event loop.

    `broke`: called with what `work` raised.
    """

    def __init__(
        self, work: Callable[[J], Awaitable[None]], broke: Callable[[BaseException], object]
    ) -> None:
        self._work = work
        self._broke = broke
        self._waiting: dict[str, deque[J]] = {}
        self._running: dict[asyncio.Task[None], J] = {}
        self._drivers: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(MOST_AT_ONCE)

    def put(self, lane: str, job: J) -> None:
        """Queue a job behind those of its lane."""
        if lane in self._waiting:
            self._waiting[lane].append(job)
            return
        self._waiting[lane] = deque([job])
        driver = asyncio.get_running_loop().create_task(self._drive(lane))
        self._drivers.add(driver)
        driver.add_done_callback(self._drivers.discard)

    async def end(self, is_meant: Callable[[J], bool], seconds: float) -> None:
        """Begin no more of some jobs, let running ones end for `seconds`, and cancel the rest."""
        for lane, queue in self._waiting.items():
            self._waiting[lane] = deque(job for job in queue if not is_meant(job))
        running = [task for task, job in self._running.items() if is_meant(job)]
        if running:
            _, late = await asyncio.wait(running, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _drive(self, lane: str) -> None:
        """Do a lane's jobs until none waits."""
        while self._waiting[lane]:
            async with self._room:
                if not self._waiting[lane]:
                    break
                job = self._waiting[lane].popleft()
                task = asyncio.get_running_loop().create_task(self._guarded(job))
                self._running[task] = job
                await asyncio.wait([task])
                del self._running[task]
        del self._waiting[lane]

    async def _guarded(self, job: J) -> None:
        try:
            await self._work(job)
        except Exception as error:  # noqa: BLE001 - told: one job must not end its lane in silence
            self._broke(error)
