"""`reportedly alerts`: list alerts, and acknowledge, snooze, or mute them."""

import getpass
import uuid
from datetime import timedelta
from typing import Literal

import click
import msgspec

from services.commands import world
from services.commands.choices import require_known
from services.commands.group import Group
from services.commands.jsonl import say_none, write_line
from services.commands.topic import read_topic
from services.errors import ConfigError
from services.messages import Alert, Command, decode, encode
from services.orders import EVERYBODY, Books
from services.ports import JsonObject, Outgoing
from services.settings import Settings
from services.text.times import parse_length

Action = Literal["acknowledge", "snooze", "mute", "resume"]


@click.group(cls=Group)
def alerts() -> None:
    """List alerts; acknowledge, snooze, or mute them.

    An alert is named by its id; `--watch ID` instead means all alerts of a watch.

    \b
    Examples:
      reportedly alerts list | jq -r '[.alert_id, .watch_id, .last.text] | @tsv'
      reportedly alerts acknowledge 4f1c9a
      reportedly alerts snooze 4f1c9a --for 2h
      reportedly alerts mute --watch leadership
      reportedly alerts resume --watch leadership
    """


@alerts.command(name="list")
@click.option("--watch", help="Only alerts of this watch.")
def list_(watch: str | None) -> None:
    """Write the alerts as JSON Lines, each with its last revision and its commands."""
    settings = world.settings()
    asked = _asked(settings)
    found = [decode(Alert, value) for value in read_topic(settings, "alerts").values()]
    known = {alert.watch_id for alert in found}
    if watch is not None and watch not in known:
        require_known("watch", watch, known | read_topic(settings, "watches").keys())
    shown = [alert for alert in found if watch in (None, alert.watch_id)]
    for alert in shown:
        write_line(msgspec.json.encode(_row(alert, asked)))
    if not shown:
        say_none("alert yet")


def _asked(settings: Settings) -> Books:
    """Return the orders that readers gave."""
    books = Books()
    for value in read_topic(settings, "commands").values():
        books.take(decode(Command, value))
    return books


def _row(alert: Alert, asked: Books) -> JsonObject:
    in_force: dict[str, JsonObject] = {}
    for action in ("acknowledge", "snooze", "mute"):
        # Those on the alert itself come first, before those on all alerts of its watch.
        for c in asked.in_force(action, alert.alert_id, alert.watch_id, (EVERYBODY,))[:1]:
            in_force[action] = {"by": c.by, "at": c.at, "until": c.until}
    return {
        "alert_id": alert.alert_id,
        "watch_id": alert.watch_id,
        "state": alert.state,
        "revisions": max((r.number for r in alert.revisions), default=0),
        "last": alert.revisions[-1] if alert.revisions else None,
        "asked": in_force,
    }


_ID = click.argument("alert_id", required=False)
_WATCH = click.option("--watch", help="All alerts of this watch.")


@alerts.command()
@_ID
@_WATCH
def acknowledge(alert_id: str | None, watch: str | None) -> None:
    """Record that somebody has seen an alert: nobody else is told until its status changes."""
    _order("acknowledge", alert_id, watch)


@alerts.command()
@_ID
@_WATCH
@click.option("--for", "length", required=True, help="How long: 30m, 2h, 1d; at most 30d.")
def snooze(alert_id: str | None, watch: str | None, length: str) -> None:
    """Send nothing for a while, and then the last revision, if there was one."""
    try:
        wait = parse_length(length)
    except ValueError as error:
        raise ConfigError(str(error)) from error
    if wait > timedelta(days=30):
        raise ConfigError(
            f"{length} is too long to snooze: at most 30d; `mute` waits for a change of status"
        )
    _order("snooze", alert_id, watch, wait)


@alerts.command()
@_ID
@_WATCH
def mute(alert_id: str | None, watch: str | None) -> None:
    """Send nothing more about voices, numbers, and answers until the status changes."""
    _order("mute", alert_id, watch)


@alerts.command()
@_ID
@_WATCH
def resume(alert_id: str | None, watch: str | None) -> None:
    """End acknowledgement, snooze, and mute."""
    _order("resume", alert_id, watch)


def _order(
    action: Action, alert_id: str | None, watch: str | None, wait: timedelta | None = None
) -> None:
    """Send the command. Raises ConfigError for an unknown alert or watch."""
    if (alert_id is None) == (watch is None):
        raise ConfigError("name an alert by its id, or a watch with --watch")
    settings = world.settings()
    now = world.now(settings)
    last = 0
    if alert_id is not None:
        known = read_topic(settings, "alerts")
        require_known("alert", alert_id, known, "alerts")
        alert = decode(Alert, known[alert_id])
        watch = alert.watch_id
        last = max((revision.number for revision in alert.revisions), default=0)
    else:
        require_known("watch", watch or "", read_topic(settings, "watches"), "watches")
    command = Command(
        command_id=uuid.uuid4().hex,
        watch_id=watch or "",
        alert_id=alert_id,
        revision=last if action == "acknowledge" else 0,
        action=action,
        until=now + wait if wait else None,
        by=getpass.getuser(),
        at=now,
    )
    partition_key = command.watch_id
    message = Outgoing("commands", command.command_id, encode(command), partition_key=partition_key)
    world.send(settings, message)
    click.echo(
        f"{action}: {alert_id or f'all alerts of {watch}'}"
        + (f" until {command.until:%Y-%m-%d %H:%M} UTC" if wait else "")
    )
