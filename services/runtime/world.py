"""The ports of the outside world, for a `service.py`."""

from dataclasses import dataclass

from services.ports import Broker, Clock, Fetcher, Poster, SearchIndex, Stop
from services.settings import Settings


@dataclass(frozen=True)
class World:
    """The ports and settings of one process. `wiring.connect` makes it."""

    settings: Settings
    clock: Clock
    broker: Broker
    search: SearchIndex
    fetcher: Fetcher
    poster: Poster
    stop: Stop
