"""`reportedly deliveries`: what waits, what was given up, and destinations in trouble."""

import getpass
import uuid
from collections.abc import Iterator

import click
import msgspec

from services.commands import world
from services.commands.delivery_replay import replay
from services.commands.group import Group
from services.commands.jsonl import say_none, write_line
from services.commands.topic import read_topic
from services.commands.webhook_keys import keys
from services.messages import Command, DeliveryRow, DeliveryState, Destination, decode, encode
from services.ports import JsonObject, Outgoing
from services.settings import Settings
from services.text.counts import counted


@click.group(cls=Group)
def deliveries() -> None:
    """List deliveries that are not done; try again those that were given up.

    A webhook may get a range of changes again, and keys of its own.

    \b
    Examples:
      reportedly deliveries list | jq -r '[.state, .to, .reason] | @tsv'
      reportedly deliveries list --state given-up
      reportedly deliveries redrive --to webhook:https://example.org/hook
      reportedly deliveries redrive --watch leadership
      reportedly deliveries replay --to webhook:https://example.org/hook --since 2031-05-02
      reportedly deliveries keys
    """


deliveries.add_command(replay)
deliveries.add_command(keys)

_STATES = ("waiting", "given-up", "failing", "off")


@deliveries.command(name="list")
@click.option("--watch", help="Only of this watch.")
@click.option("--to", metavar="CHANNEL", help="Only to this destination.")
@click.option("--state", type=click.Choice(_STATES), help="Only in this state.")
def list_(watch: str | None, to: str | None, state: str | None) -> None:
    """Write what waits or was given up, and destinations in trouble, as JSON Lines.

    The states are waiting and given-up of a delivery, failing and off of a destination.
    """
    shown = [
        row
        for row in _rows(world.settings())
        if watch in (None, row["watch_id"])
        and to in (None, row["to"])
        and state in (None, row["state"])
    ]
    for row in shown:
        write_line(msgspec.json.encode(row))
    if not shown:
        say_none("delivery waits or was given up")


@deliveries.command()
@click.argument("alert_id", required=False)
@click.option("--watch", help="All of a watch.")
@click.option("--to", metavar="CHANNEL", help="All to a destination; one that is off is on again.")
@click.option("--all", "is_all", is_flag=True, help="All that were given up.")
def redrive(alert_id: str | None, watch: str | None, to: str | None, *, is_all: bool) -> None:
    """Try again what was given up: of an alert, a watch, a destination, or all.

    Each message has the id of its first try, so a receiver drops what it has. People get one
    message that tells what holds now. What came while a destination was off is not sent again.

    \b
    Examples:
      reportedly deliveries redrive 4f1c9a
      reportedly deliveries redrive --to webhook:https://example.org/hook
      reportedly deliveries redrive --all
    """
    named = [part for part in (alert_id, watch, to) if part is not None]
    if bool(named) == is_all:
        raise click.UsageError("name an alert, --watch, or --to; or give --all")
    settings = world.settings()
    found = [
        row
        for row in _rows(settings)
        if row["state"] != "waiting" and _is_meant(row, alert_id, watch, to)
    ]
    if not found:
        say_none("such delivery was given up, and no such destination is in trouble")
        return
    for watch_id in sorted({row["watch_id"] for row in found}):
        world.send(settings, _command(settings, watch_id, alert_id, to))
    click.echo(f"{counted(len(found), 'row')} to be tried again")


def _command(settings: Settings, watch_id: str, alert_id: str | None, to: str | None) -> Outgoing:
    command = Command(
        command_id=uuid.uuid4().hex,
        watch_id=watch_id,
        alert_id=alert_id,
        action="redrive",
        to=to or "",
        by=getpass.getuser(),
        at=world.now(settings),
    )
    return Outgoing("commands", command.command_id, encode(command), partition_key=watch_id)


def _is_meant(row: JsonObject, alert_id: str | None, watch: str | None, to: str | None) -> bool:
    """Return True if a row is of what was named. A destination in trouble is of no alert."""
    return (
        alert_id in (None, row.get("alert_id"))
        and watch in (None, row["watch_id"])
        and to in (None, row["to"])
    )


def _rows(settings: Settings) -> Iterator[JsonObject]:
    for value in read_topic(settings, "delivery-states").values():
        row = decode(DeliveryRow, value)
        if row.destination is not None:
            yield _of_destination(row.destination)
        elif row.delivery is not None and row.delivery.outcome in ("waiting", "given-up"):
            yield _of_delivery(row.delivery)


def _of_destination(row: Destination) -> JsonObject:
    return {
        "state": row.trouble,
        "watch_id": row.watch_id,
        "to": row.to,
        "reason": row.reason,
        "since": row.since,
        "owner_told": row.is_told and bool(row.others),
    }


def _of_delivery(row: DeliveryState) -> JsonObject:
    return {
        "state": row.outcome,
        "watch_id": row.watch_id,
        "to": row.to,
        "reason": row.reason,
        "alert_id": row.alert_id,
        "shown": row.shown,
        "tries": row.earlier_attempts + row.attempts,
        "next_try": row.due_at,
        "ended_at": row.ended_at,
    }
