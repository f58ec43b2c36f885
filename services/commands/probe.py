"""Test messages to channels, and what each answers."""

import asyncio
from collections.abc import Sequence

import click

from services.commands import world
from services.settings import Settings


def probe(settings: Settings, channels: Sequence[str]) -> bool:
    """Send a test message to each channel, and write what each answers.

    Return True if all took it. Raises ConfigError for unusable settings of channels.
    """
    from services.watching.probing import probe as answers

    reasons = asyncio.run(answers(world.whole(settings), channels))
    for to, reason in zip(channels, reasons, strict=True):
        said = f"failed: {reason}" if reason else "test message delivered"
        click.echo(f"{to}: {said}", err=bool(reason))
    return not any(reasons)
