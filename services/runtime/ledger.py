"""Messages written down at once, from any thread: for effects that must be on a topic before the next is tried."""

import threading
from collections.abc import Sequence
from contextlib import suppress

from services.errors import TransientError
from services.ports import Outgoing
from services.runtime.meter import Tally, produced
from services.runtime.world import World


class Ledger:
    """A producer of its own beside that of the service's loop."""

    def __init__(self, world: World, service: str) -> None:
        self._producer = world.broker.producer()
        self._service = service
        self._one = threading.Lock()

    def write(self, messages: Sequence[Outgoing]) -> None:
        """Return once they stand on their topics. Raises TransientError: none, some, or all of them do."""
        with self._one:
            for message in messages:
                self._producer.send(message)
            self._producer.flush()
        produced(self._service, Tally(messages))

    def close(self) -> None:
        """Let go. All that `write` returned from is acknowledged already."""
        with suppress(TransientError):
            self._producer.close()
