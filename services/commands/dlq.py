"""`reportedly dlq`: messages that could not be processed, kept with their reason."""

import os
from collections.abc import Iterator

import click

from services.adapters.kafka import KafkaBroker
from services.errors import ConfigError
from services.messages.topics import DEAD_LETTERS, state_topics, topics
from services.ports import Outgoing, Record, TopicPartition
from services.settings import Settings


@click.group()
def dlq() -> None:
    """List, show, and redrive dead letters.

    \b
    Examples:
      reportedly dlq list
      reportedly dlq show articles 3
      reportedly dlq redrive articles --reason untaggable
    """


@dlq.command(name="list")
def list_() -> None:
    """Write one line a dead letter: topic, offset, reason, detail."""
    broker = _broker()
    for spec in topics():
        if spec.name.endswith(DEAD_LETTERS) and spec.name.removesuffix(DEAD_LETTERS) not in state_topics():
            for letter in _letters(broker, spec.name):
                reason, detail = (_header(letter, name) for name in ("reason", "detail"))
                click.echo(f"{spec.name.removesuffix(DEAD_LETTERS)}\t{letter.offset}\t{reason}\t{detail}")


@dlq.command()
@click.argument("topic")
@click.argument("offset", type=int)
def show(topic: str, offset: int) -> None:
    """Write the headers of one dead letter of TOPIC, a blank line, and the message as it came. OFFSET is what `list` shows."""
    found = next((letter for letter in _letters(_broker(), topic + DEAD_LETTERS) if letter.offset == offset), None)
    if found is None:
        raise ConfigError(f"{topic} has no dead letter at {offset}: see `reportedly dlq list`")
    for name in found.headers:
        click.echo(f"{name}: {_header(found, name)}")
    click.echo(f"key: {found.key}\n")
    click.echo(found.value or b"")


@dlq.command()
@click.argument("topic")
@click.option("--reason", help="Only letters filed under this reason.")
def redrive(topic: str, reason: str | None) -> None:
    """Send the dead letters of TOPIC to it again, as they were; the letters stay."""
    broker = _broker()
    producer, n = broker.producer(), 0
    for letter in _letters(broker, topic + DEAD_LETTERS):
        if reason in (None, _header(letter, "reason")):
            producer.send(_as_it_was(topic, letter))
            n += 1
    producer.close()
    click.echo(f"{n} message{'s' if n != 1 else ''} sent to {topic} again")


def _as_it_was(topic: str, letter: Record) -> Outgoing:
    """Return the message for the partition it came from: on some topics the key alone does not tell which one that is."""
    partition = _header(letter, "partition")
    return Outgoing(
        topic,
        letter.key,
        letter.value,
        partition=int(partition) if partition.isdigit() else None,
        headers={"tries": letter.headers.get("tries", b"1")},
    )


def _broker() -> KafkaBroker:
    settings = Settings.parse(os.environ)
    return KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)


def _letters(broker: KafkaBroker, topic: str) -> Iterator[Record]:
    """Yield the letters of a dead-letter topic. Raises ConfigError for one of rows of state: they are no messages."""
    if topic.removesuffix(DEAD_LETTERS) in state_topics():
        raise ConfigError(f"{topic} holds rows of state, not messages: see `reportedly state --help`")
    reader = broker.reader()
    try:
        yield from reader.read_to_end([TopicPartition(topic, p) for p in range(broker.n_partitions(topic))])
    finally:
        reader.close()


def _header(letter: Record, name: str) -> str:
    return letter.headers.get(name, b"").decode("utf-8", "replace")
