"""The poller's process. It is the only part of the stage that is not pure.

`loop` runs the polls, `polling` carries out one, `publishing` sends its result.
"""

import asyncio

from services.poller.service.loop import Poller
from services.poller.service.parsers import Parsers, child_processes
from services.runtime.world import World


def run(world: World, parsers: Parsers | None = None) -> None:
    """Run until told to stop. Raises FatalError."""
    asyncio.run(Poller(world, parsers or child_processes()).run())
