"""`reportedly notify`: run the notifier, or send a test message."""

import click

from services.alerter.channel import channel_refusal
from services.channels import subscriber_of
from services.commands import world
from services.commands.choices import require_known
from services.commands.group import Group
from services.commands.run import run_service
from services.errors import ConfigError
from services.settings import Settings


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
def notify(context: click.Context) -> None:
    """Deliver alert revisions until told to stop; or send a test.

    \b
    Examples:
      REPORTEDLY_KAFKA_BOOTSTRAP=kafka:9092 reportedly notify
      reportedly notify test webhook:https://example.org/hook
      reportedly notify test subscriber:ann
    """
    if context.invoked_subcommand is None:
        run_service("notifier")


@notify.command()
@click.argument("target")
def test(target: str) -> None:
    """Send a test message to a channel, or to all channels of a subscriber, at once.

    Writes what each answers. The exit code is 1 if one does not take it. Only a subscriber needs
    Kafka.

    \b
    Examples:
      reportedly notify test webhook:https://example.org/hook
      reportedly notify test subscriber:ann
    """
    from services.commands.probe import probe

    settings = world.settings()
    if not probe(settings, _channels(settings, target)):
        raise click.exceptions.Exit(1)


def _channels(settings: Settings, target: str) -> list[str]:
    """Return the channels that are meant. Raises ConfigError for one that can't be used."""
    from services.commands.subscribers import saved

    why = channel_refusal(target, settings.fetch_allow_networks)
    if why is not None:
        raise ConfigError(why)
    id = subscriber_of(target)
    if id is None:
        return [target]
    with world.lent_addresses(click.get_current_context()):
        known = saved(world.settings())
    require_known("subscriber", id, known, "subscribers")
    return [contact.to for contact in known[id].targets]
