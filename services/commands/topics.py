"""`reportedly topics`: the Kafka topics of schemas/topics.yaml."""

import os

import click

from services.adapters.kafka import KafkaBroker
from services.settings import Settings


@click.group()
def topics() -> None:
    """Create the Kafka topics.

    \b
    Example:
      REPORTEDLY_KAFKA_BOOTSTRAP=kafka:9092 reportedly topics apply
    """


@topics.command(name="apply")
def apply_() -> None:
    """Create the topics that are missing; existing ones are left as they are."""
    created = apply(Settings.parse(os.environ))
    click.echo(f"{len(created)} topics created")


def apply(settings: Settings) -> list[str]:
    """Create what is missing and return its names. Raises ConfigError for a topic of another partition count."""
    return KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix).apply_topics(settings.partitions)
