"""CPU work in other processes, which outlives the death of any of them.

batch ─► a share a worker ─► results in order
              └─ a worker dies ─► a new pool; the shares it took along, one item at a time
                                        └─ an item that kills its worker again is given up: WorkerDied
"""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, Generic, TypeVar

import structlog

from services.errors import FatalError

TRIES = 2
"""How often an item may take its worker along before it is given up: once may be the machine's fault (memory)."""

In = TypeVar("In")
Out = TypeVar("Out")

_log = structlog.get_logger()
_unprepared: Exception | None = None


class WorkerDied(Exception):
    """What is returned in place of a result: the item ended its worker (memory, a crash, or no end in time) each time."""


class Workers(Generic[In, Out]):
    """Runs `function` (a batch in, results in order out) in `n` processes that `initializer` has prepared.

    A share that takes longer than `limit_seconds` counts as a death. All three callables must be picklable.
    """

    def __init__(
        self,
        n: int,
        function: Callable[[Sequence[In]], Sequence[Out]],
        initializer: Callable[..., None],
        initargs: tuple[Any, ...] = (),
        limit_seconds: float = 120.0,
    ) -> None:
        self._n = max(1, n)
        self._function = function
        self._prepare = (initializer, initargs)
        self._limit_seconds = limit_seconds
        self._pool = self._new_pool()

    async def ready(self) -> None:
        """Return once a worker is prepared. Raises what its initializer raised, and FatalError if it did not live through it."""
        try:
            await self._submit(())
        except BrokenProcessPool as error:
            raise FatalError("a worker process died while it was prepared: is there too little memory?") from error

    async def run(self, items: Sequence[In]) -> list[Out | WorkerDied]:
        """Return a result an item, in order."""
        size = -(-len(items) // self._n) or 1
        shares = [items[at : at + size] for at in range(0, len(items), size)]
        done = await asyncio.gather(*map(self._submit, shares), return_exceptions=True)
        if any(isinstance(result, BrokenProcessPool) for result in done):
            self._renew()
        results: list[Out | WorkerDied] = []
        for share, result in zip(shares, done, strict=True):
            if isinstance(result, BrokenProcessPool):
                results += [await self._alone(item) for item in share]
            elif isinstance(result, BaseException):
                raise result
            else:
                results += result
        return results

    def close(self) -> None:
        """End the workers, in the middle of whatever they do."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        # A worker asked to go goes when its share is done and its libraries have closed, and until then our exit waits; and one
        # that a call has started while the pool was breaking is known to nobody but us.
        for process in self._context.started:
            process.kill()

    async def _alone(self, item: In) -> Out | WorkerDied:
        for tries in range(1, TRIES + 1):
            try:
                (result,) = await self._submit((item,))
                return result
            except BrokenProcessPool:
                _log.warning("an item ended its worker", tries=tries, of=TRIES)
                self._renew()
        return WorkerDied(f"it ended its worker {TRIES} times (memory, a crash, or over {self._limit_seconds:.0f} s)")

    async def _submit(self, items: Sequence[In]) -> Sequence[Out]:
        # A coroutine, since a pool that broke a moment ago raises here, and the share must be tried again like any other.
        return await asyncio.wrap_future(self._pool.submit(_within, self._limit_seconds, self._function, items))

    def _renew(self) -> None:
        self.close()
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPoolExecutor:
        self._context = _Spawn()
        return ProcessPoolExecutor(self._n, self._context, initializer=_start, initargs=self._prepare)


class _Spawn(SpawnContext):
    """Starts processes afresh, and knows which. Never fork: Kafka clients and the event loop hold threads and locks by then."""

    def __init__(self) -> None:
        self.started: list[SpawnProcess] = []

    def Process(self, *args: Any, **kwargs: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: N802 - the name multiprocessing calls
        process = SpawnProcess(*args, **kwargs)
        self.started.append(process)
        return process


def _start(initializer: Callable[..., None], initargs: tuple[Any, ...]) -> None:
    # Ctrl-C reaches the whole process group; when to stop is the parent's word, and its death is ours.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    global _unprepared
    try:
        initializer(*initargs)
    except Exception as error:  # noqa: BLE001 - an initializer's error would be logged and lost; this one is raised by the call
        _unprepared = error


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _within(seconds: float, function: Callable[[Sequence[In]], Sequence[Out]], items: Sequence[In]) -> Sequence[Out]:
    """Call the function; the process dies (SIGALRM's default) when it is not back in time, even from inside a C library."""
    if _unprepared is not None:
        raise _unprepared
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return function(items)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
