"""Whether the engines answer, asked at most every few seconds however many ask the API."""

import threading
import time
from typing import Any

from services.ports import Broker, SearchIndex

FRESH_SECONDS = 2.0
"""How long an answer holds. Each question opens clients of its own: a crowd of them would fill the process with threads."""


class Engines:
    """The state of both engines; those who ask at the same time share one answer."""

    def __init__(self, broker: Broker, search: SearchIndex) -> None:
        self._broker = broker
        self._search = search
        self._lock = threading.Lock()
        self._asked_at = float("-inf")
        self._up = (False, False)

    def state(self) -> tuple[bool, dict[str, Any]]:
        """Return whether both answer, and the state of each."""
        with self._lock:
            if time.monotonic() - self._asked_at > FRESH_SECONDS:
                self._up = self._broker.is_up(), self._search.is_up()
                self._asked_at = time.monotonic()
            kafka, elastic = self._up
        return kafka and elastic, {"kafka": _word(kafka), "elasticsearch": _word(elastic)}


def _word(is_up: bool) -> str:
    return "up" if is_up else "down"
