"""Answers that are kept for some minutes, by what was asked."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Lately(Generic[K, T]):
    """At most so many answers, each for so many seconds. Thread-safe."""

    def __init__(
        self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[K, tuple[float, T]] = OrderedDict()

    def get(self, key: K) -> T | None:
        """Return the answer, unless it is too old."""
        with self._lock:
            known = self._kept.get(key)
            if known is None or self._clock() - known[0] > self._seconds:
                self._kept.pop(key, None)
                return None
            self._kept.move_to_end(key)
            return known[1]

    def put(self, key: K, answer: T) -> None:
        """Keep an answer; the one that nobody asked for the longest makes room."""
        with self._lock:
            self._kept[key] = (self._clock(), answer)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
