"""`reportedly dlq`: messages that could not be processed, kept with their reason."""

from collections.abc import Collection, Iterator

import click

from services.commands import world
from services.commands.choices import DeadLettered, dead_lettered_topics
from services.commands.group import Group
from services.commands.jsonl import say_none
from services.errors import ConfigError
from services.messages.topics import DEAD_LETTERS
from services.ports import Broker, Outgoing, Record, TopicPartition
from services.text.choices import not_allowed
from services.text.counts import counted


@click.group(cls=Group)
def dlq() -> None:
    """List, show, and redrive dead letters.

    \b
    Examples:
      reportedly dlq list
      reportedly dlq show articles 3
      reportedly dlq redrive articles --reason untaggable
    """


_TOPIC = DeadLettered()


@dlq.command(name="list")
@click.argument("topic", required=False, type=_TOPIC)
@click.option("--reason", help="Only letters filed under this reason.")
def list_(topic: str | None, reason: str | None) -> None:
    """Write one line for each dead letter (of TOPIC): topic, offset, reason, detail.

    \b
    Examples:
      reportedly dlq list
      reportedly dlq list articles --reason too-large
    """
    broker, seen, n = world.broker(world.settings()), set[str](), 0
    for name in (topic,) if topic else dead_lettered_topics():
        for letter in _letters(broker, name):
            filed, detail = (_header(letter, header) for header in ("reason", "detail"))
            seen.add(filed)
            if reason in (None, filed):
                n += 1
                click.echo(f"{name}\t{letter.offset}\t{filed}\t{detail}")
    _require_reason(reason, seen, n)
    if not n:
        say_none("dead letter")


@dlq.command()
@click.argument("topic", type=_TOPIC)
@click.argument("offset", type=click.IntRange(0))
def show(topic: str, offset: int) -> None:
    """Write the headers of one dead letter of TOPIC, a blank line, and the message unchanged.

    OFFSET is shown by `reportedly dlq list`.
    """
    found = next(
        (
            letter
            for letter in _letters(world.broker(world.settings()), topic)
            if letter.offset == offset
        ),
        None,
    )
    if found is None:
        raise ConfigError(f"{topic} has no dead letter at {offset}: see `reportedly dlq list`")
    for name in found.headers:
        click.echo(f"{name}: {_header(found, name)}")
    click.echo(f"key: {found.key}\n")
    click.echo(found.value or b"")


@dlq.command()
@click.argument("topic", type=_TOPIC)
@click.option("--reason", help="Only letters filed under this reason.")
def redrive(topic: str, reason: str | None) -> None:
    """Send the dead letters of TOPIC to it again, unchanged; the letters stay."""
    broker = world.broker(world.settings())
    producer, seen, n = broker.producer(), set[str](), 0
    for letter in _letters(broker, topic):
        seen.add(_header(letter, "reason"))
        if reason in (None, _header(letter, "reason")):
            producer.send(_as_it_was(topic, letter))
            n += 1
    producer.close()
    _require_reason(reason, seen, n)
    click.echo(f"{counted(n, 'message')} sent to {topic} again")


def _require_reason(reason: str | None, seen: Collection[str], found: int) -> None:
    """Raise ConfigError for a reason that no letter has, if there are letters."""
    if reason is not None and seen and not found:
        raise ConfigError(f"--reason {not_allowed(reason, sorted(seen))}")


def _as_it_was(topic: str, letter: Record) -> Outgoing:
    """Return the message for its original partition, which the key alone does not always give."""
    partition = _header(letter, "partition")
    return Outgoing(
        topic,
        letter.key,
        letter.value,
        partition=int(partition) if partition.isdigit() else None,
        headers={"tries": letter.headers.get("tries", b"1")},
    )


def _letters(broker: Broker, topic: str) -> Iterator[Record]:
    """Yield the dead letters of a topic."""
    reader, name = broker.reader(), topic + DEAD_LETTERS
    try:
        yield from reader.read_to_end(
            [TopicPartition(name, p) for p in range(broker.n_partitions(name))]
        )
    finally:
        reader.close()


def _header(letter: Record, name: str) -> str:
    return letter.headers.get(name, b"").decode("utf-8", "replace")
