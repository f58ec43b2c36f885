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
    """Create the topics that are missing; existing ones are left as they are. Data of an older version is migrated.

    \b
    Example:
      reportedly topics apply
    """
    created = apply(world.settings())
    click.echo(f"{counted(len(created), 'topic')} created")


def apply(settings: Settings) -> list[str]:
    """Create what is missing, migrate and mark the data, and return the names of the topics that were created.

    Raises ConfigError for a topic of another partition count, and for data of a version that this program can't use.
    """
    broker = world.kafka(settings)
    if broker.has(TOPIC):
        refuse_newer(marked(broker))
    created = broker.apply_topics(settings.partitions)
    bring_up(broker, is_new=settings.topic_prefix + "articles" in created)
    return created
