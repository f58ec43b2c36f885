"""`reportedly topics`: the Kafka topics of schemas/topics.yaml."""

import click

from services.commands import world
from services.commands.group import Group
from services.runtime.data_version import TOPIC, bring_up, marked, refuse_newer
from services.settings import Settings
from services.text.counts import counted


@click.group(cls=Group)
def topics() -> None:
    """Create the Kafka topics, and bring their data to the version that this program writes.

    \b
    Example:
      REPORTEDLY_KAFKA_BOOTSTRAP=kafka:9092 reportedly topics apply
    """


@topics.command(name="apply")
def apply_() -> None:
    """Create the missing topics, and migrate data of an older version.

    \b
    Example:
      reportedly topics apply
    """
    created = apply(world.settings())
    click.echo(f"{counted(len(created), 'topic')} created")


def apply(settings: Settings) -> list[str]:
    """Create missing topics, migrate and mark the data. Return the names of the created topics.

    Raises ConfigError for a topic with another partition count, and for data of an unusable
    version.
    """
    broker = world.kafka(settings)
    if broker.has(TOPIC):
        refuse_newer(marked(broker))
    created = broker.apply_topics(settings.partitions)
    bring_up(broker, is_new=settings.topic_prefix + "articles" in created)
    return created
