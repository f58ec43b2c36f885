"""Answers of engines that are asked for at most every few seconds, however many requests come."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """An answer that is asked for anew after some seconds. Simultaneous requests share one."""

    def __init__(
        self,
        ask: Callable[[], T],
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask, self._seconds, self._clock = ask, seconds, clock
        self._lock = threading.Lock()
        self._answer: tuple[float, T] | None = None

    def get(self) -> T:
        """Return the answer. Blocks while it is asked for; raises what asking raises."""
        with self._lock:
            if self._answer is None or self._clock() - self._answer[0] > self._seconds:
                self._answer = (self._clock(), self._ask())
            return self._answer[1]

    def lately(self, within_seconds: float) -> T:
        """Return the answer if it is no older, and ask anew beside if it is not fresh; else wait.

        So only who comes after a long pause waits.
        """
        answer = self._answer
        age = self._clock() - answer[0] if answer is not None else float("inf")
        if answer is None or age > within_seconds:
            return self.get()
        if age > self._seconds:
            self._ask_beside()
        return answer[1]

    def soon(self, within_seconds: float) -> T | None:
        """Return the answer if it is no older; else None, and ask for it beside. Never blocks."""
        answer = self._answer
        if answer is not None and self._clock() - answer[0] <= within_seconds:
            return answer[1]
        self._ask_beside()
        return None

    def _ask_beside(self) -> None:
        if not self._lock.locked():
            threading.Thread(target=self.get, name="kept", daemon=True).start()

    def forget(self) -> None:
        """Ask anew next time."""
        with self._lock:
            self._answer = None
