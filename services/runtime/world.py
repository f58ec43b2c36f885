"""The ports of the outside world, for a `service.py`."""

from dataclasses import dataclass

from services.ports import Broadcaster, Broker, Clock, Fetcher, Mailer, Poster, SearchIndex, Stop
from services.rows import MemoryRows, RowsFactory
from services.settings import Settings


@dataclass(frozen=True)
class World:
    """The ports and settings of one process. `wiring.connect` makes it.

    `rows` opens the rows that a machine holds its partition in. `mailer` is None without a mail
    server.
    """

    settings: Settings
    clock: Clock
    broker: Broker
    search: SearchIndex
    fetcher: Fetcher
    poster: Poster
    stop: Stop
    rows: RowsFactory = lambda _: MemoryRows()
    mailer: Mailer | None = None
    broadcaster: Broadcaster | None = None
