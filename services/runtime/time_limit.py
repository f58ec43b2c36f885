"""A limit of CPU time inside a process: what takes longer is broken off, and the process lives on with all that it has loaded."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN_SECONDS = 0.5
"""After so much more CPU time it is broken off again, where the first time came in a call that lets no exception out."""


class OutOfTime(BaseException):
    """What was going on took too long. No Exception, so that nothing on its way out takes it for an error of its own."""


@contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Break off what runs inside after `seconds` of this process's CPU time in user mode. Raises OutOfTime.

    For the main thread only. The Python code that runs, or calls a C library, is broken off; one call of a C library is seen to
    its end first (patterns of `re` look for signals themselves). A machine under load takes nothing away: it is no wall time.
    """
    before = signal.signal(signal.SIGVTALRM, _break_off)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _break_off(number: int, frame: FrameType | None) -> None:
    raise OutOfTime
