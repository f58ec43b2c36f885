"""`reportedly dlq`: messages that could not be processed, kept with their reason."""

import os
from collections.abc import Iterator

import click

from services.adapters.kafka import KafkaBroker
from services.messages.topics import DEAD_LETTERS, topics
from services.ports import Outgoing, Record, TopicPartition
from services.settings import Settings


@click.group()
def dlq() -> None:
    """List and redrive dead letters.

    \b
    Examples:
      reportedly dlq list
      reportedly dlq redrive articles --reason untaggable
    """


@dlq.command(name="list")
def list_() -> None:
    """Write one line a dead letter: topic, offset, reason, detail."""
    broker = _broker()
    for spec in topics():
        if spec.name.endswith(DEAD_LETTERS):
            for letter in _letters(broker, spec.name):
                reason, detail = (_header(letter, name) for name in ("reason", "detail"))
                click.echo(f"{spec.name.removesuffix(DEAD_LETTERS)}\t{letter.offset}\t{reason}\t{detail}")


@dlq.command()
@click.argument("topic")
@click.option("--reason", help="Only letters filed under this reason.")
def redrive(topic: str, reason: str | None) -> None:
    """Send the dead letters of TOPIC to it again, as they were; the letters stay."""
    broker = _broker()
    producer, n = broker.producer(), 0
    for letter in _letters(broker, topic + DEAD_LETTERS):
        if reason in (None, _header(letter, "reason")):
            producer.send(Outgoing(topic, letter.key, letter.value))
            n += 1
    producer.close()
    click.echo(f"{n} message{'s' if n != 1 else ''} sent to {topic} again")


def _broker() -> KafkaBroker:
    settings = Settings.parse(os.environ)
    return KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)


def _letters(broker: KafkaBroker, topic: str) -> Iterator[Record]:
    reader = broker.reader()
    try:
        yield from reader.read_to_end([TopicPartition(topic, p) for p in range(broker.n_partitions(topic))])
    finally:
        reader.close()


def _header(letter: Record, name: str) -> str:
    return letter.headers.get(name, b"").decode("utf-8", "replace")
