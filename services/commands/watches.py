"""`reportedly watches`: import, list, and try what subscribers wait for."""

import os
from pathlib import Path

import click
import msgspec

from services.adapters.clock import clock_from
from services.adapters.kafka import KafkaBroker
from services.alerter.watch_file import read_watches
from services.commands.topic import read_topic
from services.commands.try_query import test
from services.errors import ConfigError
from services.messages import Watch, decode, encode
from services.ports import Outgoing
from services.settings import Settings
from services.tagger.lexicon.ontology import ontology


@click.group()
def watches() -> None:
    """Import, list, remove, and try watches.

    \b
    Examples:
      reportedly watches import watches.yaml
      reportedly watches list
      reportedly watches remove leadership
      reportedly watches test '"orran front" AND (leader OR commander)' articles.jsonl
    """


watches.add_command(test)


@watches.command(name="import")
@click.argument("file")
def import_(file: str) -> None:
    """Check the watches of a YAML file and put them in force."""
    n = import_file(Settings.parse(os.environ), file)
    click.echo(f"{n} watch{'es' if n != 1 else ''} saved")


@watches.command(name="list")
def list_() -> None:
    """Write the saved watches as JSON Lines."""
    for watch in saved(Settings.parse(os.environ)).values():
        click.echo(encode(watch))


@watches.command()
@click.argument("watch_id")
def remove(watch_id: str) -> None:
    """Delete a watch. Its open alerts are still corrected for 30 days after their last revision.

    \b
    Example:
      reportedly watches remove leadership
    """
    settings = Settings.parse(os.environ)
    known = saved(settings)
    if watch_id not in known:
        raise ConfigError(f"no watch is called {watch_id}; there are {', '.join(sorted(known)) or 'none'}")
    producer = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix).producer()
    producer.send(Outgoing("watches", watch_id, None))
    producer.close()
    click.echo(f"{watch_id} removed")


def import_file(settings: Settings, path: str) -> int:
    """Save the watches of a file and return how many. A changed one gets the next version, an unchanged one keeps its own.

    Raises ConfigError with file and line for a watch that can't be used; then none is saved.
    """
    found = read_file(path)
    known, now = saved(settings), clock_from(settings.clock).now()
    producer = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix).producer()
    for watch in found:
        old = known.get(watch.id)
        if old and msgspec.structs.replace(watch, version=old.version, saved_at=old.saved_at) == old:
            continue
        version = old.version + 1 if old else 1
        producer.send(Outgoing("watches", watch.id, encode(msgspec.structs.replace(watch, version=version, saved_at=now))))
    producer.close()
    return len(found)


def read_file(path: str) -> list[Watch]:
    """Return the watches of a file. Raises ConfigError with file and line for one that can't be used."""
    try:
        return read_watches(Path(path).read_text(encoding="utf-8"), path, known_names())
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def known_names() -> dict[str, list[str]]:
    """Return what watches can ask for by name."""
    return {"event": [event_type.event for event_type in ontology()]}


def saved(settings: Settings) -> dict[str, Watch]:
    """Return the saved watches by id."""
    return {key: decode(Watch, value) for key, value in read_topic(settings, "watches").items()}
