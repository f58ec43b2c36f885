"""Shutdown: SIGTERM and SIGINT set a stop that every loop checks."""

import faulthandler
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from types import FrameType

import structlog

from services.runtime.watchdog import HUNG_EXIT, where

DUMP_SECONDS = 5.0
"""Seconds after which a process is ended by C code alone, if Python code can't end it."""

_log = structlog.get_logger()


class SignalStop:
    """A stop that a signal or a caller sets, once.

    While `interrupts` is true, a signal also raises KeyboardInterrupt in the main thread.
    """

    def __init__(self, *, interrupts: bool = False) -> None:
        self.interrupts = interrupts
        self._event = threading.Event()

    def set(self) -> None:
        self._event.set()

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, timeout_seconds: float) -> bool:
        return self._event.wait(timeout_seconds)


def install_stop(*, interrupts: bool = False, end_seconds: float | None = None) -> SignalStop:
    """Return a stop that SIGTERM and SIGINT set. A second signal ends the process at once.

    They are heeded even if they were ignored before, as shells have it for jobs in the background.
    With `end_seconds`, a process that has not ended so long after the signal is ended, with a line
    that names where it hangs.
    """
    stop = SignalStop(interrupts=interrupts)
    told: SimpleQueue[int] = SimpleQueue()
    main = threading.get_ident()
    is_told = False

    def on_signal(number: int, _frame: FrameType | None) -> None:
        nonlocal is_told
        if is_told:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        is_told = True
        # The main thread may hold the event's lock at this moment, and would wait for itself for
        # ever. A SimpleQueue is made for handlers.
        told.put(number)
        if stop.interrupts:
            raise KeyboardInterrupt

    def listen() -> None:
        told.get()
        stop.set()
        if end_seconds is not None:
            _end_later(end_seconds, main)

    threading.Thread(target=listen, name="stop", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    return stop


def _end_later(seconds: float, main: int, end: Callable[[int], object] = os._exit) -> None:
    """End the process after `seconds`, unless it has ended by then. `main`: its thread's id."""
    faulthandler.dump_traceback_later(seconds + DUMP_SECONDS, exit=True)
    time.sleep(seconds)
    _log.error("the process does not end, it is ended", after_seconds=seconds, where=where(main))
    sys.stderr.flush()
    end(HUNG_EXIT)
