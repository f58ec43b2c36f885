"""Ctrl-C: the first ends the run in ten seconds, the second at once. Nothing of it stays.

Schedules under way are given up: their threads wait for services and engines for minutes, so the
process leaves without them.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

import psutil

END_SECONDS = 8.0
"""Seconds for a gentle end, of the ten promised. Both engines take some two on a quiet machine."""

INTERRUPTED = 130
"""The exit code: that of a shell for what Ctrl-C ended."""


class Ending:
    """Handles SIGINT from `install` on. The first raises KeyboardInterrupt in the main thread.

    `farewell`: tells what is kept, and how to go on. It is called once, as the last thing.
    """

    def __init__(self, farewell: Callable[[], None], seconds: float = END_SECONDS) -> None:
        self._farewell, self._seconds = farewell, seconds
        self._leaving = threading.Lock()
        self.is_asked = False

    def install(self) -> None:
        """Take SIGINT from now on. For the main thread."""
        signal.signal(signal.SIGINT, self._interrupted)

    def leave(self) -> None:
        """Kill what still runs, and end this process, whatever its threads wait for."""
        with self._leaving:  # Never let go: whoever comes second has nothing left to do.
            kill_descendants()
            with suppress(Exception):
                self._farewell()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(INTERRUPTED)

    def _interrupted(self, _number: int, _frame: FrameType | None) -> None:
        if self.is_asked:
            self._now()
            return
        self.is_asked = True
        # Threads that lose their services and engines now are not worth a word.
        threading.excepthook = lambda _: None
        threading.Thread(target=self._later, name="ending", daemon=True).start()
        _tell(f"\nending, {self._seconds:.0f} s at most; Ctrl-C again ends at once\n")
        raise KeyboardInterrupt

    def _later(self) -> None:
        threading.Event().wait(self._seconds)
        self.leave()

    def _now(self) -> None:
        # In a thread: the main thread may have been interrupted in the middle of `leave`.
        threading.Thread(target=self.leave, name="ending-now", daemon=True).start()


def _tell(text: str) -> None:
    """Write to standard error, past its buffer: the main thread may be writing to it."""
    with suppress(OSError):
        os.write(2, text.encode())


def wake_descendants() -> None:
    """Let go on what a fault has paused: what is stopped hears no SIGTERM."""
    _signal_descendants(signal.SIGCONT)


def kill_descendants() -> None:
    """Kill all processes that this one started, and theirs."""
    _signal_descendants(signal.SIGKILL)


def _signal_descendants(number: int) -> None:
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            one.send_signal(number)
