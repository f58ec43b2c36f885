"""Test messages to channels, sent at once by the notifier's own targets."""

import asyncio
import uuid
from collections.abc import Sequence

from services.notifier.content import Notice
from services.notifier.policies.links import LinkMaker
from services.notifier.service.couriers import Couriers
from services.notifier.service.targets import targets_of
from services.notifier.targets.target import Done
from services.runtime.world import World

SUBJECT = "A test of Reportedly"
LINE = "This channel works: the alerts that are sent to it arrive here."


async def probe(world: World, channels: Sequence[str]) -> list[str]:
    """Send a test message to each channel. Return why each did not take it; "" if it did.

    To be called from the event loop that sends all messages of the process. Raises ConfigError for
    unusable settings of channels.
    """
    couriers = Couriers(targets_of(world), LinkMaker())
    message = Notice(uuid.uuid4().hex, SUBJECT, (LINE,))
    outcomes = await asyncio.gather(*(couriers.send(message, to) for to in channels))
    return ["" if isinstance(outcome, Done) else outcome.reason for outcome in outcomes]
