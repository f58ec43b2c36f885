"""CPU work in other processes, which outlives the death of any of them.

batch ─► a share a worker ─► results in order
              └─ its worker ends ─► a new one; the share's items, one at a time
                                        └─ an item that ends its worker again is given up: WorkerDied

Each worker is a pool of one process. So an end is blamed on what that worker had in hand, and on nothing else.
"""

import asyncio
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import structlog

from services.errors import FatalError
from services.runtime import metrics

TRIES = 2
"""How often an item alone may end its worker before it is given up: once may be the machine's fault (memory)."""

LIMIT_SECONDS = 120.0
"""Seconds of wall time that a share may take."""

In = TypeVar("In")
Out = TypeVar("Out")
Cause = Literal["time", "memory", "crash"]

_log = structlog.get_logger()
_unprepared: Exception | None = None


class WorkerDied(Exception):
    """Returned in place of a result, for an item that ended its worker whenever it was tried alone.

    `cause`: `time` (over a limit of wall or CPU time), `memory` (over the limit of memory), or `crash` (anything else: a
    crash of a library, or an end by the system for want of memory).
    """

    def __init__(self, cause: Cause, detail: str) -> None:
        super().__init__(detail)
        self.cause: Cause = cause


class _Ended(Exception):
    """A worker ended, or was given up, in the middle of a share."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause: Cause = cause


class Workers(Generic[In, Out]):
    """Runs `function` (a batch in, results in order out) in `n` processes that `initializer` has prepared.

        workers = Workers(2, parse_each, prepare, limit_seconds=20, cpu_seconds=10, memory_bytes=512 * 1024 * 1024)
        await workers.ready()
        result = (await workers.run([document]))[0]  # what `parse_each([document])[0]` is, or a WorkerDied
        workers.close()

    `function`, `initializer`, `initargs`, and all items must be picklable. `run` may be called by many tasks at once: each
    share waits for a free worker, and is blamed for nothing but its own worker's end.

    Limits, each of one share (of one item, where items are given one at a time):
    - `limit_seconds`: wall time in the worker, without the wait for it.
    - `cpu_seconds`: CPU time of the worker's process; None: no limit.
    - `memory_bytes`: address space that the worker may take on top of what it had after `initializer`; None: no limit.
      Beyond it an allocation fails: MemoryError in Python, whatever a C library makes of it otherwise. On Linux only.

    A share of several items that ends its worker is tried again item by item. `tries_on_timeout`: how often an item alone may
    run out of time before it is given up; for other ends this is `TRIES`.
    """

    def __init__(
        self,
        n: int,
        function: Callable[[Sequence[In]], Sequence[Out]],
        initializer: Callable[..., None],
        initargs: tuple[Any, ...] = (),
        limit_seconds: float = LIMIT_SECONDS,
        *,
        cpu_seconds: float | None = None,
        memory_bytes: int | None = None,
        tries_on_timeout: int = 1,
    ) -> None:
        self.on_progress: Callable[[], object] = lambda: None
        """Called in the event loop whenever a share is done or has ended its worker: a sign that the work moves."""
        self._tries = {"time": tries_on_timeout, "memory": TRIES, "crash": TRIES}
        limits = (limit_seconds, cpu_seconds or 0.0)
        self._limits = f"{limit_seconds:g} s" + (f", {cpu_seconds:g} s of CPU time" if cpu_seconds else "")
        start = (_start, (initializer, initargs, memory_bytes))
        self._workers = [_Worker(function, limits, start) for _ in range(max(1, n))]
        self._free: asyncio.Queue[_Worker[In, Out]] = asyncio.Queue()
        for worker in self._workers:
            self._free.put_nowait(worker)

    async def ready(self) -> None:
        """Return once all are prepared. Raises what the initializer raised, and FatalError if one did not live through it."""
        try:
            await asyncio.gather(*(worker.do(()) for worker in self._workers))
        except _Ended as error:
            raise FatalError("a worker process died while it was prepared: is there too little memory?") from error

    async def run(self, items: Sequence[In]) -> list[Out | WorkerDied]:
        """Return a result an item, in order. Raises what `function` raises, MemoryError excepted."""
        size = -(-len(items) // len(self._workers)) or 1
        shares = [items[at : at + size] for at in range(0, len(items), size)]
        done = await asyncio.gather(*map(self._share, shares))
        return [result for results in done for result in results]

    def close(self) -> None:
        """End the workers, in the middle of whatever they do."""
        for worker in self._workers:
            worker.close()

    async def _share(self, items: Sequence[In]) -> Sequence[Out | WorkerDied]:
        if len(items) > 1:
            try:
                return await self._do(items)
            except _Ended as error:
                _log.warning("a worker ended; its items are tried one at a time", items=len(items), cause=error.cause)
        return [await self._alone(item) for item in items]

    async def _alone(self, item: In) -> Out | WorkerDied:
        tries = dict.fromkeys(self._tries, 0)
        while True:
            try:
                (result,) = await self._do((item,))
                return result
            except _Ended as error:
                cause = error.cause
                tries[cause] += 1
                _log.warning("an item ended its worker", cause=cause, tries=tries[cause], of=self._tries[cause])
                if tries[cause] >= self._tries[cause]:
                    return WorkerDied(cause, self._detail(cause))

    async def _do(self, items: Sequence[In]) -> Sequence[Out]:
        worker = await self._free.get()
        try:
            return await worker.do(items)
        except _Ended as error:
            metrics.count("reportedly_worker_deaths_total", cause=error.cause)
            raise
        finally:
            self._free.put_nowait(worker)
            self.on_progress()

    def _detail(self, cause: Cause) -> str:
        if cause == "time":
            return f"it took longer than it may ({self._limits})"
        return f"it ended its worker {TRIES} times ({'out of memory' if cause == 'memory' else 'a crash, or want of memory'})"


class _Worker(Generic[In, Out]):
    """One process, replaced when it ends."""

    def __init__(
        self,
        function: Callable[[Sequence[In]], Sequence[Out]],
        limits: tuple[float, float],
        start: tuple[Callable[..., None], tuple[Any, ...]],
    ) -> None:
        self._function = function
        self._limits = limits
        self._start = start
        self._pool = self._new_pool()

    async def do(self, items: Sequence[In]) -> Sequence[Out]:
        """Return the results of a share. Raises _Ended, with a new process in place, and what the function raises."""
        try:
            return await asyncio.wrap_future(self._pool.submit(_within, self._limits, self._function, items))
        except MemoryError:
            # The process lives, but what it holds by now is not known.
            await self._renewed()
            raise _Ended("memory") from None
        except BrokenProcessPool:
            codes = await self._renewed()
            timed_out = not codes.isdisjoint({-signal.SIGALRM, -signal.SIGPROF})
            raise _Ended("time" if timed_out else "crash") from None

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        # A worker asked to go goes when its share is done and its libraries have closed, and until then our exit waits.
        for process in self._context.started:
            process.kill()

    async def _renewed(self) -> set[int]:
        """Put a new pool in place, and return the exit codes of the former one's processes."""
        pool, started = self._pool, self._context.started
        for process in started:
            process.kill()
        self._pool = self._new_pool()
        # The pool's thread reaps them: a code asked for before it has ended may be lost.
        await asyncio.to_thread(pool.shutdown, wait=True)
        for process in started:
            process.kill()  # one that the last call started while the pool was breaking is known to nobody but us
        return {process.exitcode or 0 for process in started}

    def _new_pool(self) -> ProcessPoolExecutor:
        self._context = _Spawn()
        initializer, initargs = self._start
        return ProcessPoolExecutor(1, self._context, initializer=initializer, initargs=initargs)


class _Spawn(SpawnContext):
    """Starts processes afresh, and knows which. Never fork: Kafka clients and the event loop hold threads and locks by then."""

    def __init__(self) -> None:
        self.started: list[SpawnProcess] = []

    def Process(self, *args: Any, **kwargs: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: N802 - the name multiprocessing calls
        process = SpawnProcess(*args, **kwargs)
        self.started.append(process)
        return process


def _start(initializer: Callable[..., None], initargs: tuple[Any, ...], memory_bytes: int | None) -> None:
    # Ctrl-C reaches the whole process group; when to stop is the parent's word, and its death is ours.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    global _unprepared
    try:
        initializer(*initargs)
    except Exception as error:  # noqa: BLE001 - an initializer's error would be logged and lost; this one is raised by the call
        _unprepared = error
    if memory_bytes is not None:
        _limit_memory(memory_bytes)


def _limit_memory(more_bytes: int) -> None:
    """Let this process take `more_bytes` of address space beyond what it has; where Linux does not tell that, nothing is done."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        pages = int(statm.read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + more_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _within(limits: tuple[float, float], function: Callable[[Sequence[In]], Sequence[Out]], items: Sequence[In]) -> Sequence[Out]:
    """Call the function; the process ends by a signal when it is over a limit, even inside a C library.

    `limits`: seconds of wall time (SIGALRM) and of CPU time (SIGPROF); 0 is no limit.
    """
    if _unprepared is not None:
        raise _unprepared
    wall, cpu = limits
    signal.setitimer(signal.ITIMER_REAL, wall)
    signal.setitimer(signal.ITIMER_PROF, cpu)
    try:
        return function(items)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
