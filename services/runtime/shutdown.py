"""Stopping: SIGTERM and SIGINT set an event that every loop looks at."""

import signal
import threading
from types import FrameType


class SignalStop:
    """Set once, by a signal or by hand."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        self._event.set()

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, timeout_seconds: float) -> bool:
        return self._event.wait(timeout_seconds)


def install_stop() -> SignalStop:
    """Return a stop that SIGTERM and SIGINT set; a second signal ends the process at once."""
    stop = SignalStop()

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    return stop
