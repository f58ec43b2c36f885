"""The inside of a worker process: its preparation, its limits, and its end with its parent."""

import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

_STATM = Path("/proc/self/statm")
"""Pages of this process (proc(5)): first its address space, then what is in memory. Linux only."""

_unprepared: Exception | None = None
_resident_at_start = 0


@dataclass(frozen=True, slots=True)
class Done(Generic[Out]):
    """The results of a share, and the bytes in memory beyond those after the preparation."""

    results: Sequence[Out]
    grown: int


def start(
    initializer: Callable[..., None], initargs: tuple[object, ...], memory_bytes: int | None
) -> None:
    """Prepare this process. What the initializer raises is raised by `within`."""
    # Ctrl-C reaches the whole process group, but the parent decides when to stop. If the parent
    # dies, this process ends too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    global _unprepared, _resident_at_start
    try:
        initializer(*initargs)
    except Exception as error:  # noqa: BLE001 - the pool would only log it; `within` raises it
        _unprepared = error
    _resident_at_start = _pages(1)
    if memory_bytes is not None:
        _limit_memory(memory_bytes)


def within(
    limits: tuple[float, float],
    function: Callable[[Sequence[In]], Sequence[Out]],
    items: Sequence[In],
) -> Done[Out]:
    """Call the function. A signal ends the process if it is over a limit, even inside a C library.

    `limits` are seconds of wall time (SIGALRM) and of CPU time (SIGPROF); 0: no limit.
    """
    if _unprepared is not None:
        raise _unprepared
    wall, cpu = limits
    signal.setitimer(signal.ITIMER_REAL, wall)
    signal.setitimer(signal.ITIMER_PROF, cpu)
    try:
        results = function(items)
        return Done(results, (_pages(1) - _resident_at_start) * resource.getpagesize())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)


def _pages(column: int) -> int:
    return int(_STATM.read_text(encoding="ascii").split()[column]) if _STATM.exists() else 0


def _limit_memory(more_bytes: int) -> None:
    """Limit the address space of this process to `more_bytes` beyond its present size.

    Without /proc (not on Linux) there is no limit.
    """
    pages = _pages(0)
    if pages:
        limit = pages * resource.getpagesize() + more_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
