"""Messages written at once, from any thread: for effects to record before the next is tried."""

import threading
from collections.abc import Sequence
from contextlib import suppress

from services.errors import TransientError
from services.ports import Outgoing
from services.runtime.meter import Tally, produced
from services.runtime.world import World


class Ledger:
    """A producer apart from that of the service's loop. Thread-safe."""

    def __init__(self, world: World, service: str) -> None:
        self._producer = world.broker.producer()
        self._service = service
        self._one = threading.Lock()

    def write(self, messages: Sequence[Outgoing]) -> None:
        """Return once the messages are acknowledged.

        Raises TransientError: none, some, or all of them may be on their topics.
        """
        with self._one:
            for message in messages:
                self._producer.send(message)
            self._producer.flush()
        produced(self._service, Tally(messages))

    def close(self) -> None:
        """Close the producer. Everything that `write` returned for is already acknowledged."""
        with suppress(TransientError):
            self._producer.close()
