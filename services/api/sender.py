"""Sends messages from requests, each acknowledged before the request is answered."""

import threading

from services.ports import Broker, Outgoing, Producer


class Sender:
    """Blocks, so it is for threads."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._lock = threading.Lock()
        self._producer: Producer | None = None

    def send(self, message: Outgoing) -> None:
        """Return once it is acknowledged. Raises TransientError, InvalidMessage."""
        with self._lock:
            self._producer = self._producer or self._broker.producer()
            self._producer.send(message)
            self._producer.flush()
