"""CPU work in other processes. The work goes on if one of them dies.

batch ─► a share for each worker ─► results in order
              ├─ its worker ends ─► a new one; the share's items, one at a time
              │                         └─ an item that ends it again is given up: WorkerDied
              └─ its worker has grown ─► a new one is prepared beside it, and takes its place

Each worker is a pool of one process, so only the items that a worker held are blamed for its end.
"""

import asyncio
import math
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, Generic, Literal, TypeVar

import structlog

from services.errors import FatalError
from services.runtime import metrics, worker_process
from services.runtime.worker_process import Done

TRIES = 2
"""Times that an item, tried alone, may end its worker before it is given up.

The first time may be the machine's fault (too little memory).
"""

LIMIT_SECONDS = 120.0
"""Seconds of wall time that a share may take."""

RENEW_SHARE = 0.625
"""Of the memory that a worker may take: when it holds so much, a new one takes its place.

Source: spaCy remembers every word that it ever saw. A tagger grows by 220 MB in 5,000 articles of
real news, when our own caches of words are nearly full, and from then on by 5 to 20 kB an article:
of its 512 MB it lives some 10,000 articles. An item that does not find room in the rest of the
memory is tried again in a new worker.
"""

In = TypeVar("In")
Out = TypeVar("Out")
Cause = Literal["time", "memory", "crash"]

_log = structlog.get_logger()


class WorkerDied(Exception):
    """The result of an item that ended its worker each time it was tried alone.

    `cause` is one of
    - `time`: the item took more wall or CPU time than it may.
    - `memory`: it took more memory than it may.
    - `crash`: anything else, such as a crash of a library, or the system's out-of-memory killer.
    """

    def __init__(self, cause: Cause, detail: str) -> None:
        super().__init__(detail)
        self.cause: Cause = cause


class _Ended(Exception):
    """A worker ended before its share was done."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause: Cause = cause


class Workers(Generic[In, Out]):
    """Runs `function` (a batch in, results in order out) in `n` processes.

    Each process calls `initializer` first.

        workers = Workers(2, parse_each, prepare, limit_seconds=20, cpu_seconds=10)
        await workers.ready()
        result = (await workers.run([document]))[0]  # parse_each([document])[0], or WorkerDied
        workers.close()

    `function`, `initializer`, `initargs`, and all items must be picklable. Many tasks may call
    `run` at once: each share waits for a free worker.

    Each limit is for one share (for one item, if items are given one at a time):
    - `limit_seconds`: wall time in the worker. The wait for a free worker does not count.
    - `cpu_seconds`: CPU time of the worker's process; None: no limit.
    - `memory_bytes`: address space beyond what the worker had after `initializer`; None: no limit.
      Beyond it an allocation fails: Python raises MemoryError, a C library may crash. Linux only.

    A worker that has grown by `RENEW_SHARE` of `memory_bytes` goes on until a new one is prepared,
    which takes its place: libraries remember what they have read.

    If a share of several items ends its worker, each item is tried alone. `tries_on_timeout` is the
    number of times that an item alone may run out of time before it is given up; for other causes
    it is `TRIES`.
    """

    def __init__(
        self,
        n: int,
        function: Callable[[Sequence[In]], Sequence[Out]],
        initializer: Callable[..., None],
        initargs: tuple[object, ...] = (),
        limit_seconds: float = LIMIT_SECONDS,
        *,
        cpu_seconds: float | None = None,
        memory_bytes: int | None = None,
        tries_on_timeout: int = 1,
    ) -> None:
        self.on_progress: Callable[[], object] = lambda: None
        """Called in the event loop each time a share is done or has ended its worker."""
        self._tries = {"time": tries_on_timeout, "memory": TRIES, "crash": TRIES}
        limits = (limit_seconds, cpu_seconds or 0.0)
        self._limits = f"{limit_seconds:g} s" + (
            f", {cpu_seconds:g} s of CPU time" if cpu_seconds else ""
        )
        make = (initializer, initargs, memory_bytes)
        self._workers = [_Worker(function, limits, make) for _ in range(max(1, n))]
        self._free: asyncio.Queue[_Worker[In, Out]] = asyncio.Queue()
        for worker in self._workers:
            self._free.put_nowait(worker)

    async def ready(self) -> None:
        """Return once all workers have called the initializer.

        Raises what the initializer raised; FatalError if a worker died meanwhile.
        """
        try:
            await asyncio.gather(*(worker.do(()) for worker in self._workers))
        except _Ended as error:
            raise FatalError(
                "a worker process died while it was prepared: is there too little memory?"
            ) from error

    async def run(self, items: Sequence[In]) -> list[Out | WorkerDied]:
        """Return one result an item, in order. Raises what `function` raises, but MemoryError."""
        size = -(-len(items) // len(self._workers)) or 1
        shares = [items[at : at + size] for at in range(0, len(items), size)]
        done = await asyncio.gather(*map(self._share, shares))
        return [result for results in done for result in results]

    def close(self) -> None:
        """Kill the workers, without waiting for their work."""
        for worker in self._workers:
            worker.close()

    async def _share(self, items: Sequence[In]) -> Sequence[Out | WorkerDied]:
        if len(items) > 1:
            try:
                return await self._do(items)
            except _Ended as error:
                _log.warning(
                    "a worker ended; its items are tried one at a time",
                    items=len(items),
                    cause=error.cause,
                )
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
                _log.warning(
                    "an item ended its worker",
                    cause=cause,
                    tries=tries[cause],
                    of=self._tries[cause],
                )
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
        why = "out of memory" if cause == "memory" else "a crash, or want of memory"
        return f"it ended its worker {TRIES} times ({why})"


class _Worker(Generic[In, Out]):
    """One process. A new one takes its place when it ends, and when it has grown."""

    def __init__(
        self,
        function: Callable[[Sequence[In]], Sequence[Out]],
        limits: tuple[float, float],
        make: tuple[Callable[..., None], tuple[object, ...], int | None],
    ) -> None:
        self._function, self._limits, self._make = function, limits, make
        self._renew_bytes = RENEW_SHARE * (make[-1] or math.inf)
        self._process = _Process.of(make)
        self._next: tuple[_Process, Future[Done[Out]]] | None = None

    async def do(self, items: Sequence[In]) -> Sequence[Out]:
        """Return the results of a share.

        Raises what the function raises; _Ended if the process ended: then a new one is in place.
        """
        self._hand_over()
        try:
            done = await asyncio.wrap_future(self._submit(self._process, items))
        except MemoryError:
            # The process lives, but its libraries may be in any state.
            await self._renewed()
            raise _Ended("memory") from None
        except BrokenProcessPool:
            codes = await self._renewed()
            timed_out = not codes.isdisjoint({-signal.SIGALRM, -signal.SIGPROF})
            raise _Ended("time" if timed_out else "crash") from None
        if done.grown > self._renew_bytes and not self._next:
            following = _Process.of(self._make)
            self._next = following, self._submit(following, ())
        return done.results

    def close(self) -> None:
        self._process.end()
        if self._next:
            self._next[0].end()

    def _submit(self, process: "_Process", items: Sequence[In]) -> "Future[Done[Out]]":
        return process.pool.submit(worker_process.within, self._limits, self._function, items)

    def _hand_over(self) -> None:
        """Let the process that was prepared take the place of the one that has grown."""
        if self._next is None or not self._next[1].done():
            return
        (following, ready), self._next = self._next, None
        failed = ready.exception()
        if failed is not None:
            _log.warning("a new worker could not be prepared; the old one goes on", error=failed)
            following.end()
            return
        self._process.end()
        self._process = following
        metrics.count("reportedly_worker_renewals_total")

    async def _renewed(self) -> set[int]:
        """Put another process in place, at best the prepared one. Return the old exit codes."""
        following = self._next[0] if self._next else _Process.of(self._make)
        ended, self._process, self._next = self._process, following, None
        return await ended.ended()


@dataclass(frozen=True)
class _Process:
    """A pool of one process."""

    pool: ProcessPoolExecutor
    context: "_Spawn" = field(repr=False)

    @classmethod
    def of(cls, make: tuple[Callable[..., None], tuple[object, ...], int | None]) -> "_Process":
        context = _Spawn()
        pool = ProcessPoolExecutor(1, context, initializer=worker_process.start, initargs=make)
        return cls(pool, context)

    def end(self) -> None:
        """Kill it, without waiting for its work."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        # `shutdown` alone lets a worker finish its share, and our exit would wait for it: so kill.
        self._kill()

    async def ended(self) -> set[int]:
        """Kill it. Return its exit code, and those of what it started while it broke."""
        self._kill()
        # The pool's own thread reaps its processes. Until it has ended, an exit code may be lost.
        await asyncio.to_thread(self.pool.shutdown, wait=True)
        self._kill()  # the pool loses track of a process that it started while it broke
        return {process.exitcode or 0 for process in self.context.started}

    def _kill(self) -> None:
        for process in self.context.started:
            process.kill()


class _Spawn(SpawnContext):
    """Spawns processes and remembers them.

    They are never forked: Kafka's clients and the event loop hold threads and locks by then.
    """

    def __init__(self) -> None:
        self.started: list[SpawnProcess] = []

    # The name that multiprocessing calls.
    def Process(  # type: ignore[override]  # noqa: N802
        self, *args: Any, **kwargs: Any
    ) -> SpawnProcess:
        process = SpawnProcess(*args, **kwargs)
        self.started.append(process)
        return process
