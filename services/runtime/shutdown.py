"""Shutdown: SIGTERM and SIGINT set an event that every loop checks."""

import signal
import threading
from types import FrameType


class SignalStop:
    """A stop that a signal or a caller sets, once."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        self._event.set()

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, timeout_seconds: float) -> bool:
        return self._event.wait(timeout_seconds)


def install_stop() -> SignalStop:
    """Return a stop that SIGTERM and SIGINT set. A second signal ends the process at once."""
    stop = SignalStop()

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    return stop
