"""A CPU time limit inside a process.

Work beyond it is interrupted; the process keeps all it has loaded.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN_SECONDS = 0.5
"""Seconds of CPU time after which the interruption is repeated.

The first may have come inside a call that swallows exceptions.
"""


class OutOfTime(BaseException):
    """The work took too long.

    Not an Exception, so that no handler on its way takes it for another error.
    """


@contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Interrupt the context after `seconds` of this process's CPU time in user mode.

    Raises OutOfTime.

    For the main thread only. Python code is interrupted at once; a call of a C library ends first
    (patterns of `re` check for signals themselves). CPU time does not pass while other processes
    run.
    """
    before = signal.signal(signal.SIGVTALRM, _break_off)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _break_off(_number: int, _frame: FrameType | None) -> None:
    raise OutOfTime
