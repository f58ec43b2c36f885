"""`reportedly state`: show, restore, or drop unreadable rows of state."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import click

from services.alerter.alerts import AlertMachine
from services.commands import world
from services.commands.choices import OneOf
from services.commands.group import Group
from services.commands.jsonl import say_none
from services.commands.set_aside import letters_of, set_aside_rows
from services.errors import ConfigError
from services.messages.topics import state_topics, topics
from services.notifier.deliveries.shelf import Shelf
from services.ports import Broker, TopicPartition
from services.rows import MemoryRows
from services.runtime.loading import Restores, load
from services.runtime.set_aside import Letter, is_alive
from services.tracker.block.machine import FoldMachine
from services.tracker.route import RouteMachine

_MACHINES: dict[str, Callable[[], Restores]] = {
    "article-blocks": RouteMachine,
    "tracker-state": FoldMachine,
    "alerter-state": lambda: AlertMachine(dict, 1, lambda: datetime.now(UTC)),
    "delivery-states": lambda: Shelf(MemoryRows()),
}
"""State topic to the machine that must be able to read its rows.

The poller's topics are not among them. It reads a feed anew, and can't publish an unreadable
article.
"""

_TOPIC = OneOf("TOPIC", state_topics)


@click.group(cls=Group)
def state() -> None:
    """Show unreadable rows of state, and restore or drop them.

    A service sets such a row aside and goes on without it. `health` exits with 1 while there is
    one.

    \b
    Examples:
      reportedly state list
      reportedly state show alerter-state '3/alert|8d78123f6f2d'
      reportedly state restore alerter-state '3/alert|8d78123f6f2d'
      reportedly state drop alerter-state '3/alert|8d78123f6f2d'
    """


@state.command(name="list")
def list_() -> None:
    """Write one line for each row: topic, row (partition/key), its offset, reason, detail.

    \b
    Example:
      reportedly state list
    """
    found = set_aside_rows(world.broker(world.settings()))
    if not found:
        say_none("row is set aside: every row of state can be read")
    for letter in found:
        waits = "asked back: " if letter.is_asked_back else ""
        place = (letter.row.topic, letter.name, str(letter.row.offset))
        click.echo("\t".join((*place, letter.reason, f"{waits}{letter.detail}")))


@state.command()
@click.argument("topic", type=_TOPIC)
@click.argument("row")
def show(topic: str, row: str) -> None:
    """Write place and reason of one ROW of TOPIC, a blank line, and the row unchanged.

    \b
    Example:
      reportedly state show alerter-state '3/alert|8d78123f6f2d'
    """
    letter = _letter(world.broker(world.settings()), topic, row)
    place = {
        "topic": topic,
        "partition": letter.row.partition,
        "offset": letter.row.offset,
        "key": letter.row.key,
    }
    for name, value in (place | {"reason": letter.reason, "detail": letter.detail}).items():
        click.echo(f"{name}: {value}")
    click.echo()
    click.echo(letter.row.value or b"")


@state.command()
@click.argument("topic", type=_TOPIC)
@click.argument("row")
def restore(topic: str, row: str) -> None:
    """Restore a ROW of TOPIC that a corrected version can read.

    The row is checked here. The service takes it when it next loads its state: restart it.

    \b
    Example:
      reportedly state restore alerter-state '3/alert|8d78123f6f2d'
    """
    settings = world.settings()
    broker = world.broker(settings)
    letter = _letter(broker, topic, row)
    _require_readable(letter)
    _require_not_written_anew(broker, letter)
    world.send(settings, replace(letter, is_asked_back=True).written("state"))
    owner = next(spec.producers[0] for spec in topics() if spec.name == topic).partition("-")[0]
    click.echo(f"{row} is put back when the {owner} next starts: restart it if it runs")


@state.command()
@click.argument("topic", type=_TOPIC)
@click.argument("row")
def drop(topic: str, row: str) -> None:
    """Print a ROW of TOPIC and remove it for good.

    \b
    Example:
      reportedly state drop alerter-state '3/alert|8d78123f6f2d' > row.json
    """
    settings = world.settings()
    letter = _letter(world.broker(settings), topic, row)
    click.echo(letter.row.value or b"")
    world.send(settings, letter.gone())
    click.echo(f"{row} of {topic} is dropped", err=True)


def _letter(broker: Broker, topic: str, row: str) -> Letter:
    found = letters_of(broker, topic).get(row)
    if found is None:
        raise ConfigError(
            f"no row {row} of {topic} is set aside: `reportedly state list` shows those that are"
        )
    return found


def _require_readable(letter: Letter) -> None:
    """Raise ConfigError for a row that this version can't read."""
    topic = letter.row.topic
    machine = _MACHINES.get(topic)
    if machine is None:
        raise ConfigError(
            f"rows of {topic} are not put back: the service has begun anew without them; "
            "`reportedly state drop` it"
        )
    for _, verdict in load(lambda: [letter.row], machine).unreadable:
        raise ConfigError(
            f"{letter.name} of {topic} can't be read by this version either: {verdict}"
        )


def _require_not_written_anew(broker: Broker, letter: Letter) -> None:
    """Raise ConfigError if the state has a newer row with the same key."""
    reader, newest = broker.reader(), None
    try:
        for record in reader.read_to_end([TopicPartition(letter.row.topic, letter.row.partition)]):
            newest = record if record.key == letter.row.key else newest
    finally:
        reader.close()
    if newest is not None and is_alive(newest):
        raise ConfigError(
            f"{letter.name} of {letter.row.topic} was written anew at offset {newest.offset} and "
            "is older than that: "
            "`reportedly state drop` it"
        )
