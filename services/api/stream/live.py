"""The live stream of a process: its hub, and the places of its listeners."""

from services.api.stream.hub import Hub
from services.api.stream.seats import Seats
from services.api.stream.window import Window
from services.ports import Broker, Stop


class Live:
    """What the routes serve."""

    def __init__(
        self, broker: Broker, stop: Stop, window: Window | None = None, seats: Seats | None = None
    ) -> None:
        self.hub = Hub(broker, stop, window)
        self.seats = seats or Seats()

    @property
    def n_listeners(self) -> int:
        return self.seats.n_taken

    def wait_closed(self, timeout_seconds: float) -> bool:
        """Wait for the end of the reader, after the process was told to stop."""
        return self.hub.wait_closed(timeout_seconds)
