"""What routes and pages need of the world."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.api.sender import Sender
from services.api.tables import M, Table, Tables
from services.messages import encode
from services.ports import Broker, Fetcher, Outgoing, SearchIndex
from services.runtime.world import World
from services.settings import Settings


def _machine_time() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Desk:
    """The ports of one process, and what it keeps for all requests.

    - `now`: news time, which may be virtual.
    - `settings`: those that pages show or check by.
    - `fetcher`: what asks addresses that people name; None: nothing does.
    - `world`: what sends messages to channels; None where none are sent.
    """

    search: SearchIndex
    broker: Broker
    sender: Sender
    tables: Tables
    now: Callable[[], datetime] = _machine_time
    settings: Settings = field(default_factory=Settings)
    fetcher: Fetcher | None = None
    world: World | None = None

    def save(self, table: Table[M], key: str, row: M | None, partition_key: str = "") -> None:
        """Write a row, None to remove it, and wait until this process reads it back.

        Blocks. Raises TransientError, Unwritable.
        """
        value = encode(row) if row is not None else None
        self.sender.send(Outgoing(table.topic, key, value, partition_key=partition_key or None))
        self.tables.wait_for(table, key, lambda found: found == row)

    async def save_soon(self, table: Table[M], key: str, row: M | None) -> None:
        """Do what `save` does, for routes that are coroutines."""
        await asyncio.to_thread(self.save, table, key, row)
