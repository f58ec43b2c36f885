"""`reportedly deliveries replay`: send a webhook the revisions of a range of time again."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import click

from services.channels import address_of, scheme_of
from services.commands import world
from services.commands.choices import Moment
from services.commands.topic import read_topic
from services.errors import ConfigError
from services.messages import Alert, Subscriber, decode
from services.notifier.content import Letter
from services.notifier.deliveries.replay import Asked, replayed
from services.notifier.policies.links import LinkMaker
from services.notifier.service.targets import targets_of
from services.notifier.targets.target import Done, Target
from services.settings import Settings
from services.text.counts import counted


@click.command()
@click.option("--to", required=True, metavar="CHANNEL", help="The webhook: webhook:https://…")
@click.option("--since", required=True, type=Moment(), help="Changes of this time and later.")
@click.option("--until", type=Moment(), help="Changes before this time (default: now).")
@click.option("--dry-run", is_flag=True, help="Only count what would be sent.")
def replay(to: str, since: datetime, until: datetime | None, *, dry_run: bool) -> None:
    """Send a webhook again what it was to get in a range of news time, oldest first.

    Each message has the id of its first delivery, so a receiver drops what it has. It stops at the
    first one that is not taken, and says from where to go on.

    \b
    Examples:
      reportedly deliveries replay --to webhook:https://example.org/hook --since 2031-05-02
      reportedly deliveries replay --to … --since 2031-05-02 --until 2031-05-02T09:00Z --dry-run
    """
    if scheme_of(to) != "webhook":
        raise ConfigError(
            f"--to {to}: only a webhook is sent a range again; the other channels show what holds "
            "now"
        )
    settings = world.settings()
    asked = Asked(to, since, until or world.now(settings))
    if asked.since >= asked.until:
        raise click.UsageError(f"--since {_shown(asked.since)} is not before the end of the range")
    found = _found(settings, asked)
    if dry_run or not found:
        click.echo(f"{counted(len(found), 'message')} in this range for {to}")
        return
    n_sent, reason = asyncio.run(send_all(targets_of(world.whole(settings))["webhook"], to, found))
    click.echo(f"{counted(n_sent, 'message')} sent to {to}")
    if n_sent < len(found):
        left, at = len(found) - n_sent, found[n_sent].revision.at
        click.echo(
            f"{counted(left, 'message')} not sent: {reason}; go on with --since {_shown(at)}",
            err=True,
        )
        raise click.exceptions.Exit(1)


async def send_all(target: Target, to: str, letters: Sequence[Letter]) -> tuple[int, str]:
    """Send letters in order. Return how many were taken, and why the next one was not."""
    for n, letter in enumerate(letters):
        outcome = await target.post(address_of(to), letter)
        if not isinstance(outcome, Done):
            return n, outcome.reason
    return len(letters), ""


def _found(settings: Settings, asked: Asked) -> list[Letter]:
    alerts = (decode(Alert, value) for value in read_topic(settings, "alerts").values())
    saved = read_topic(settings, "subscribers").items()
    subscribers = {id: decode(Subscriber, value) for id, value in saved}
    links = LinkMaker(settings.public_url, settings.link_secret)
    return replayed(alerts, asked, subscribers, links)


def _shown(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else "no date"
