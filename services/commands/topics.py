"""`reportedly topics`: the Kafka topics of schemas/topics.yaml."""

import click

from services.commands import world
from services.commands.group import Group
from services.messages.rights import rights
from services.runtime.data_version import TOPIC, bring_up, marked, refuse_newer
from services.settings import Settings
from services.text.counts import counted


@click.group(cls=Group)
def topics() -> None:
    """Create the Kafka topics, bring their data to the version that this program writes, and say
    which service may do what.

    \b
    Examples:
      REPORTEDLY_KAFKA_BOOTSTRAP=kafka:9092 reportedly topics apply
      reportedly topics acls
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


@topics.command()
@click.option("--apply", "is_applied", is_flag=True, help="Make these the rules of the cluster.")
def acls(is_applied: bool) -> None:
    """Write what each service's user may do in Kafka, one right a line.

    With --apply, a cluster that keeps access rules gets them, and our users lose all others. Who
    applies them must be a super user of the cluster. The list has the topics of the first
    generation; --apply takes those of the one in use.

    \b
    Examples:
      reportedly topics acls
      reportedly topics acls --apply
    """
    settings = world.settings()
    if not is_applied:
        for right in rights(settings.topic_prefix):
            click.echo(right.line())
        return
    n_made, n_removed = world.kafka(settings).apply_rights()
    click.echo(f"{counted(n_made, 'access rule')} made, {n_removed} removed")


def apply(settings: Settings) -> list[str]:
    """Create missing topics, migrate and mark the data. Return the names of the created topics.

    Raises ConfigError for a topic with another partition count, and for data of an unusable
    version.
    """
    broker = world.kafka(settings)
    if broker.has(TOPIC):
        refuse_newer(marked(broker))
    created = broker.apply_topics(settings.partitions)
    bring_up(broker, is_new=broker.physical("articles") in created)
    return created
