"""`reportedly watches`: check, import, list, remove, and try watches."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Literal

import click
import msgspec

from services.alerter.expected import ARTICLES_A_DAY
from services.alerter.understood import understood
from services.alerter.vocabulary import Vocabulary
from services.alerter.watch_file import WatchFile, check_watches, expected_alerts, read_watches
from services.channels import subscriber_of
from services.commands import world
from services.commands.choices import require_known
from services.commands.group import Group
from services.commands.jsonl import say_none
from services.commands.listed_files import effect, ids_in_two, probe_new, report
from services.commands.reach import answers
from services.commands.topic import read_topic
from services.commands.try_query import test
from services.commands.vocabulary import vocabulary
from services.commands.watch_search import search_watch
from services.messages import Watch, decode, encode
from services.ports import Outgoing
from services.runtime.files import read_up_to
from services.settings import Settings
from services.text.counts import counted
from services.text.problems import FileProblems, Problem, errors
from services.text.yaml_file import MAX_BYTES

Fate = Literal["new", "changed", "unchanged"]
"""The effect of an import on a watch."""


MOST_TOLD = 50
"""Watches of a file whose meaning is told: more would hide what is told of the file."""


@click.group(cls=Group)
def watches() -> None:
    """Check, import, list, remove, and try watches.

    \b
    Examples:
      reportedly watches check watches.yaml
      reportedly watches import watches.yaml --dry-run
      reportedly watches import watches.yaml
      reportedly watches list
      reportedly watches remove leadership
      reportedly watches test '"orran front" AND (leader OR commander)' articles.jsonl
      reportedly watches search leadership
    """


watches.add_command(test)
watches.add_command(search_watch)


@watches.command()
@click.argument("files", nargs=-1, required=True)
def check(files: tuple[str, ...]) -> None:
    """Report every mistake in watch files, with line and correct form; needs no Kafka.

    Shows how each watch was understood, and how many alerts a day to expect of it.
    Actors are looked up in our dictionary and in those of REPORTEDLY_LEXICON. Warnings stop
    nothing. The exit code is 2 if a file can't be imported.

    \b
    Example:
      REPORTEDLY_LEXICON=own.yaml reportedly watches check watches.yaml more.yaml
    """
    settings = world.settings()
    names = vocabulary(settings)
    found = {path: _read(path, settings, names) for path in files}
    for path, read in found.items():
        is_refused = bool(errors(read.problems))
        if read.watches:
            usable = counted(len(read.watches), "watch", "watches")
            click.echo(f"{path}: {usable} can be used", err=is_refused)
        _tell_meaning(read, names, err=is_refused)
    report(_problems(found))


@watches.command(name="import")
@click.argument("file")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Show what would be saved, and how many alerts a day to expect; save nothing.",
)
@click.option("--probe", "probes", is_flag=True, help="Send a test message to each new channel.")
def import_(file: str, dry_run: bool, probes: bool) -> None:
    """Check the watches of a YAML file and put them in force.

    Shows first how each was understood and how many alerts a day to expect. A file with a mistake
    saves nothing.

    \b
    Examples:
      reportedly watches import watches.yaml --dry-run     # needs no Kafka
      reportedly watches import watches.yaml --probe
    """
    settings = world.settings()
    names = vocabulary(settings)
    found = _read(file, settings, names)
    report(found.problems)
    if dry_run:
        _show(found, settings, names)
    else:
        _tell_meaning(found, names, err=True)
        given = [compiled.watch for compiled in found.watches]
        _save(settings, given, probes=probes)


@watches.command(name="list")
def list_() -> None:
    """Write the saved watches as JSON Lines."""
    found = saved(world.settings()).values()
    for watch in found:
        click.echo(encode(watch))
    if not found:
        say_none("watch is saved: `reportedly watches import FILE` saves some")


@watches.command()
@click.argument("watch_id")
def remove(watch_id: str) -> None:
    """Delete a watch. Its open alerts are still corrected for 30 days after their last revision.

    \b
    Example:
      reportedly watches remove leadership
    """
    settings = world.settings()
    known = saved(settings)
    require_known("watch", watch_id, known, "watches")
    world.send(settings, Outgoing("watches", watch_id, None))
    click.echo(f"{watch_id} removed")


def _save(settings: Settings, given: Sequence[Watch], *, probes: bool) -> None:
    """Save watches, and try their new channels if that is asked for."""
    known = {*_channels(saved(settings).values())}
    click.echo(effect(save(settings, given), len(given), "watch", "watches"))
    new = [to for to in _channels(given) if to not in known]
    people = {id: to for to in new if (id := subscriber_of(to)) is not None}
    if people and (unknown := people.keys() - read_topic(settings, "subscribers").keys()):
        names = ", ".join(sorted(unknown))
        how = "`reportedly subscribers import FILE` saves some"
        click.echo(f"no subscriber has the id {names} yet: {how}", err=True)
    if probes:
        probe_new(settings, new, people.values())


def _channels(watches: Iterable[Watch]) -> list[str]:
    return [channel.to for watch in watches for channel in watch.deliver]


def import_file(settings: Settings, path: str) -> int:
    """Save the watches of a file. Return their number, with those that are unchanged.

    Raises FileProblems with every mistake; then none is saved.
    """
    given = read_file(path, settings)
    save(settings, given)
    return len(given)


def save(settings: Settings, watches: Sequence[Watch]) -> int:
    """Save the watches that are new or changed, in a new version. Return the number of these."""
    known, now = saved(settings), world.now(settings)
    changed: list[Outgoing] = []
    for watch in watches:
        if fate(watch, known) == "unchanged":
            continue
        version = known[watch.id].version + 1 if watch.id in known else 1
        newer = msgspec.structs.replace(watch, version=version, saved_at=now)
        changed.append(Outgoing("watches", watch.id, encode(newer)))
    if changed:
        world.send(settings, *changed)
    return len(changed)


def fate(watch: Watch, known: Mapping[str, Watch]) -> Fate:
    """Return the effect of an import on a watch, if `known` are saved."""
    old = known.get(watch.id)
    if old is None:
        return "new"
    return (
        "unchanged"
        if msgspec.structs.replace(watch, version=old.version, saved_at=old.saved_at) == old
        else "changed"
    )


def check_files(paths: Sequence[str], settings: Settings) -> list[Problem]:
    """Return all mistakes of watch files, including warnings and ids in two files.

    Needs no Kafka.
    """
    names = vocabulary(settings)
    return _problems({path: _read(path, settings, names) for path in paths})


def _problems(found: Mapping[str, WatchFile]) -> list[Problem]:
    ids = {path: [one.watch.id for one in read.watches] for path, read in found.items()}
    return [*chain.from_iterable(read.problems for read in found.values()), *ids_in_two(ids)]


def read_file(path: str, settings: Settings | None = None, *, delivers: bool = True) -> list[Watch]:
    """Return the watches of a file. The settings default to those of the environment.

    With `delivers` False, for commands that deliver nothing, channels may be wrong or missing.
    Raises FileProblems with every mistake.
    """
    settings = settings or world.settings()
    # Read the file first: the dictionaries take seconds to load.
    content, allowed = read_up_to(path, MAX_BYTES), settings.fetch_allow_networks
    return read_watches(content, path, vocabulary(settings), allowed, delivers=delivers)


def _read(path: str, settings: Settings, names: Vocabulary) -> WatchFile:
    try:
        content = read_up_to(path, MAX_BYTES)
    except FileProblems as error:
        return WatchFile([], error.problems)
    return check_watches(content, path, names, settings.fetch_allow_networks)


def _tell_meaning(found: WatchFile, names: Vocabulary, *, err: bool) -> None:
    """Write how each watch was understood, and the alerts a day to expect of it."""
    for compiled in found.watches[:MOST_TOLD]:
        expected = _rounded(expected_alerts(compiled, names))
        waits_for = understood(compiled.watch, names.name_of)
        click.echo(f"  {compiled.watch.id}: {waits_for}; about {expected} alerts a day", err=err)
    if (more := len(found.watches) - MOST_TOLD) > 0:
        click.echo(f"  and {counted(more, 'more watch', 'more watches')}", err=err)


def _show(found: WatchFile, settings: Settings, names: Vocabulary) -> None:
    """Write a line for each watch: the import's effect, the alerts a day expected, and its id."""
    known: Mapping[str, Watch] | None = saved(settings) if answers("Kafka", settings) else None
    if known is None:
        click.echo(
            f"No Kafka at {settings.kafka_bootstrap}: which watches are new or changed can't be "
            "told",
            err=True,
        )
    for compiled in found.watches:
        state = fate(compiled.watch, known) if known is not None else "valid"
        click.echo(
            f"{state:<10} {_rounded(expected_alerts(compiled, names)):>7} a day  "
            f"{compiled.watch.id}"
        )
    click.echo(
        f"Alerts a day are rough: of {ARTICLES_A_DAY:,} articles. Nothing was saved.", err=True
    )


def _rounded(expected: float) -> str:
    return f"{expected:,.0f}" if expected >= 1 else "less than 1"


def saved(settings: Settings) -> dict[str, Watch]:
    """Return the saved watches by id."""
    return {key: decode(Watch, value) for key, value in read_topic(settings, "watches").items()}
