"""Test messages to the channels of a watch, from a request."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from math import ceil

from fastapi import FastAPI

from services.api.desk import Desk
from services.api.problems import Problem
from services.channels import subscriber_of
from services.messages import Watch
from services.ports import JsonObject
from services.watching.probing import probe

REST_SECONDS = 60.0
"""Seconds between two tests of one watch: each may wake somebody."""

MOST_REMEMBERED = 10_000
"""Watches whose last test is remembered."""

MOST_CHANNELS = 20
"""Channels that one test sends to; a desk has a few."""


def trials_of(app: FastAPI, desk: Desk) -> "Trials":
    """Return what sends the tests of an application: pages and routes share their rest."""
    if not hasattr(app.state, "trials"):
        app.state.trials = Trials(desk)
    found: Trials = app.state.trials
    return found


class Trials:
    """Sends tests, one at a time. For the event loop of the API."""

    def __init__(self, desk: Desk, clock: Callable[[], float] = time.monotonic) -> None:
        self._desk, self._clock = desk, clock
        self._sent_at: OrderedDict[str, float] = OrderedDict()
        self._sending = asyncio.Lock()

    async def send(self, watch: Watch) -> list[JsonObject]:
        """Return what became of the test on each channel. Raises Problem 429, 503."""
        if self._desk.world is None:
            raise Problem(503, "this process sends no messages")
        left = REST_SECONDS - (self._clock() - self._sent_at.get(watch.id, float("-inf")))
        if left > 0:
            raise Problem(
                429,
                "this watch was just tested: each test may wake somebody",
                headers={"retry-after": str(ceil(left))},
            )
        self._remember(watch.id)
        channels = [*dict.fromkeys(self._channels(watch))][:MOST_CHANNELS]
        async with self._sending:
            reasons = await probe(self._desk.world, channels)
        return [
            {"to": to, "is_delivered": not reason, "reason": reason}
            for to, reason in zip(channels, reasons, strict=True)
        ]

    def _channels(self, watch: Watch) -> Iterator[str]:
        """Yield the channels of a watch, and those of the subscribers that it names."""
        for channel in watch.deliver:
            id = subscriber_of(channel.to)
            if id is None:
                yield channel.to
            elif subscriber := self._desk.tables.subscribers().get(id):
                yield from (contact.to for contact in subscriber.targets)

    def _remember(self, id: str) -> None:
        self._sent_at[id] = self._clock()
        self._sent_at.move_to_end(id)
        if len(self._sent_at) > MOST_REMEMBERED:
            self._sent_at.popitem(last=False)
