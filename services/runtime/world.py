"""All that a `service.py` may use of the world, as ports."""

from dataclasses import dataclass

from services.ports import Broker, Clock, Fetcher, Poster, SearchIndex, Stop
from services.settings import Settings


@dataclass(frozen=True)
class World:
    """Made once a process by `wiring.connect`."""

    settings: Settings
    clock: Clock
    broker: Broker
    search: SearchIndex
    fetcher: Fetcher
    poster: Poster
    stop: Stop
