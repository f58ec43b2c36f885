"""The state of the engines, asked for at most every few seconds however many requests there are."""

import threading
import time

from services.ports import Broker, SearchIndex

FRESH_SECONDS = 2.0
"""Seconds for which an answer holds.

Each question opens new clients. Many at once would fill the process with threads.
"""


class Engines:
    """The state of both engines. Simultaneous requests share one answer."""

    def __init__(self, broker: Broker, search: SearchIndex) -> None:
        self._broker = broker
        self._search = search
        self._lock = threading.Lock()
        self._asked_at = float("-inf")
        self._up = (False, False)

    def state(self) -> tuple[bool, dict[str, str]]:
        """Return whether both are up, and the state of each."""
        with self._lock:
            if time.monotonic() - self._asked_at > FRESH_SECONDS:
                self._up = self._broker.is_up(), self._search.is_up()
                self._asked_at = time.monotonic()
            kafka, elastic = self._up
        return kafka and elastic, {"kafka": _word(kafka), "elasticsearch": _word(elastic)}


def _word(is_up: bool) -> str:
    return "up" if is_up else "down"
