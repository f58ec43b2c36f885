"""The desk: what it takes is written before it counts as taken."""

import asyncio
from concurrent.futures import Future

import pytest
from notifying import MovingClock, alert
from stand_ins import stand_in

from services.errors import TransientError
from services.notifier.deliveries.shelf import Shelf
from services.notifier.deliveries.surroundings import Surroundings
from services.notifier.service.desk import Desk
from services.rows import MemoryRows


class SlowLedger:
    """Writes nothing before it is told to."""

    def __init__(self):
        self.futures = []

    def write(self, messages):
        self.futures.append(Future())
        return self.futures[-1]


def test_alerts_are_not_taken_for_written_before_they_are():
    """A batch that is repeated after an error changes nothing, and waits nevertheless."""

    async def play():
        ledger = SlowLedger()
        around = Surroundings(lambda _to: None)
        desk = Desk(around, stand_in(), stand_in(ledger), MovingClock(), print, write_seconds=0.01)
        await desk.add(0, Shelf(MemoryRows()))
        batch = [(0, "a", alert("log:"))]
        for _ in range(2):
            with pytest.raises(TransientError):
                await desk.take(batch)
        assert len(ledger.futures) == 1
        ledger.futures[0].set_result(None)
        await desk.take(batch)
        assert len(ledger.futures) == 1
        await desk.close()

    asyncio.run(play())
