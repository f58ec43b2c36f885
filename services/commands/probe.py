"""Test messages to channels, sent at once by the notifier's own targets."""

import asyncio
import uuid
from collections.abc import Sequence

import click

from services.commands import world
from services.notifier.content import Notice
from services.notifier.policies.links import LinkMaker
from services.notifier.service.couriers import Couriers
from services.notifier.service.targets import targets_of
from services.notifier.targets.target import Done, Outcome
from services.settings import Settings

SUBJECT = "A test of Reportedly"
LINE = "This channel works: the alerts that are sent to it arrive here."


def probe(settings: Settings, channels: Sequence[str]) -> bool:
    """Send a test message to each channel, and write what each answers.

    Return True if all took it. Raises ConfigError for unusable settings of channels.
    """
    couriers = Couriers(targets_of(world.whole(settings)), LinkMaker())
    message = Notice(uuid.uuid4().hex, SUBJECT, (LINE,))

    async def answers() -> list[Outcome]:
        return await asyncio.gather(*(couriers.send(message, to) for to in channels))

    outcomes = asyncio.run(answers())
    for to, outcome in zip(channels, outcomes, strict=True):
        said = (
            "test message delivered" if isinstance(outcome, Done) else f"failed: {outcome.reason}"
        )
        click.echo(f"{to}: {said}", err=not isinstance(outcome, Done))
    return all(isinstance(outcome, Done) for outcome in outcomes)
