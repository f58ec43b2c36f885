"""`reportedly subscribers`: check, import, list, and remove subscribers."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import chain

import click
import msgspec

from services.alerter.channel import channel_refusal
from services.channels import SUBSCRIBER, subscriber_of
from services.commands import world
from services.commands.choices import require_known
from services.commands.group import Group
from services.commands.jsonl import say_none
from services.commands.listed_files import effect, ids_in_two, probe_new, report
from services.commands.topic import read_topic
from services.messages import Subscriber, Watch, decode, encode
from services.notifier.subscriber_file import SubscriberFile, check_subscribers
from services.ports import Outgoing
from services.runtime.files import read_up_to
from services.settings import Settings
from services.text.counts import counted
from services.text.problems import FileProblems, Problem, errors, refuse
from services.text.yaml_file import MAX_BYTES


@click.group(cls=Group)
def subscribers() -> None:
    """Check, import, list, and remove subscribers: people and desks that watches tell.

    \b
    Examples:
      reportedly subscribers check subscribers.yaml
      reportedly subscribers import subscribers.yaml
      reportedly subscribers list
      reportedly subscribers remove ann
    """


@subscribers.command()
@click.argument("files", nargs=-1, required=True)
def check(files: tuple[str, ...]) -> None:
    """Report every mistake in subscriber files, with line and correct form; needs no Kafka.

    Warnings stop nothing. The exit code is 2 if a file can't be imported.

    \b
    Example:
      reportedly subscribers check subscribers.yaml more.yaml
    """
    settings = world.settings()
    found = {path: _read(path, settings) for path in files}
    for path, read in found.items():
        if read.subscribers:
            usable = counted(len(read.subscribers), "subscriber")
            click.echo(f"{path}: {usable} can be used", err=bool(errors(read.problems)))
    report(_problems(found))


@subscribers.command(name="import")
@click.argument("file")
@click.option("--probe", "probes", is_flag=True, help="Send a test message to each new channel.")
def import_(file: str, probes: bool) -> None:
    """Check the subscribers of a YAML file and put them in force within a second.

    A file with a mistake saves nothing.

    \b
    Example:
      reportedly subscribers import subscribers.yaml --probe
    """
    settings = world.settings()
    found = _read(file, settings)
    report(found.problems)
    known = _channels(saved(settings).values())
    n_saved = save(settings, found.subscribers)
    click.echo(effect(n_saved, len(found.subscribers), "subscriber", "subscribers"))
    if probes:
        probe_new(settings, _channels(found.subscribers), known)


@subscribers.command(name="list")
def list_() -> None:
    """Write the saved subscribers as JSON Lines."""
    found = saved(world.settings()).values()
    for subscriber in found:
        click.echo(encode(subscriber))
    if not found:
        say_none("subscriber is saved: `reportedly subscribers import FILE` saves some")


@subscribers.command()
@click.argument("subscriber_id")
def remove(subscriber_id: str) -> None:
    """Delete a subscriber. Watches that still deliver to it are named: they reach nobody by it.

    \b
    Example:
      reportedly subscribers remove ann
    """
    settings = world.settings()
    require_known("subscriber", subscriber_id, saved(settings), "subscribers")
    world.send(settings, Outgoing("subscribers", subscriber_id, None))
    click.echo(f"{subscriber_id} removed")
    watches = [decode(Watch, value) for value in read_topic(settings, "watches").values()]
    for watch in watches:
        if any(subscriber_of(channel.to) == subscriber_id for channel in watch.deliver):
            click.echo(f"{watch.id} still delivers to {SUBSCRIBER}:{subscriber_id}", err=True)


def _channels(subscribers: Iterable[Subscriber]) -> list[str]:
    return [contact.to for each in subscribers for contact in each.targets]


def import_file(settings: Settings, path: str) -> int:
    """Save the subscribers of a file. Return their number, with those that are unchanged.

    Raises FileProblems with every mistake; then none is saved.
    """
    found = _read(path, settings)
    refuse(found.problems)
    save(settings, found.subscribers)
    return len(found.subscribers)


def check_files(paths: Sequence[str], settings: Settings) -> list[Problem]:
    """Return all mistakes of subscriber files, including warnings and ids in two files.

    Needs no Kafka.
    """
    return _problems({path: _read(path, settings) for path in paths})


def _problems(found: Mapping[str, SubscriberFile]) -> list[Problem]:
    ids = {path: [each.id for each in read.subscribers] for path, read in found.items()}
    return [*chain.from_iterable(read.problems for read in found.values()), *ids_in_two(ids)]


def save(settings: Settings, given: Sequence[Subscriber]) -> int:
    """Save the subscribers that are new or changed. Return the number of these."""
    known, now = saved(settings), world.now(settings)
    changed = [
        Outgoing("subscribers", each.id, encode(msgspec.structs.replace(each, saved_at=now)))
        for each in given
        if _undated(known.get(each.id)) != each
    ]
    if changed:
        world.send(settings, *changed)
    return len(changed)


def saved(settings: Settings) -> dict[str, Subscriber]:
    """Return the saved subscribers by id."""
    rows = read_topic(settings, "subscribers")
    return {key: decode(Subscriber, value) for key, value in rows.items()}


def _undated(subscriber: Subscriber | None) -> Subscriber | None:
    return subscriber and msgspec.structs.replace(subscriber, saved_at=None)


def _read(path: str, settings: Settings) -> SubscriberFile:
    try:
        content = read_up_to(path, MAX_BYTES)
    except FileProblems as error:
        return SubscriberFile([], error.problems)
    refusal = partial(channel_refusal, allowed=settings.fetch_allow_networks)
    return check_subscribers(content, path, refusal)
