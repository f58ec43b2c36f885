"""`reportedly config check`: settings, secrets, files, and engines, one line each."""

import os
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click
import msgspec

from services.commands import preflight, subscribers, watches, world
from services.commands.feed_files import check_feed_files
from services.commands.group import Group
from services.commands.reach import CONNECT_SECONDS, Engine, Unreachable, shown_address
from services.commands.running import find, is_running
from services.errors import ConfigError, ReportedlyError
from services.runtime.private import MOUNTED
from services.runtime.secret_file import OTHERS
from services.settings import PREFIX, SECRETS, Settings
from services.text.counts import counted
from services.text.mail import mail_server

FILE = "_FILE"
"""The end of a variable that names the file of a value."""

_LOCAL = frozenset({"the JDK", f"{PREFIX}API_PORT"})
"""Checks of a machine that is about to run everything; they mean nothing while it does."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was checked: how it is, its name, and what was found or what to do."""

    how: Literal["ok", "note", "warning", "wrong"]
    name: str
    what: str = ""

    def __str__(self) -> str:
        return f"{self.how:<8} {self.name}{': ' if self.what else ''}{self.what}"


@click.group(cls=Group)
def config() -> None:
    """Check the configuration.

    \b
    Example:
      reportedly config check --watches watches.yaml
    """


@config.command()
@click.option("--feeds", multiple=True, help="OPML, YAML, or CSV file; may be given again.")
@click.option("--watches", "watch_files", multiple=True, help="Watch file; may be given again.")
@click.option("--subscribers", "people", multiple=True, help="Subscriber file; may be repeated.")
@click.option("--offline", is_flag=True, help="Ask no engine and no mail server.")
def check(
    feeds: tuple[str, ...], watch_files: tuple[str, ...], people: tuple[str, ...], *, offline: bool
) -> None:
    """Check settings, secrets, dictionaries, files, and engines. Write a line for each.

    A line begins with ok, note, warning, or wrong; what is wrong says what to do. Nothing is
    changed, but the folders of the data are made. The exit code is 2 if something is wrong.

    \b
    Examples:
      reportedly config check
      reportedly config check --feeds feeds.opml --watches watches.yaml --offline
    """
    wrong = 0
    for line in lines(os.environ, (feeds, watch_files, people), offline=offline):
        click.echo(str(line))
        wrong += line.how == "wrong"
    if wrong:
        raise ConfigError(f"{counted(wrong, 'thing is', 'things are')} wrong, see above")


Files = tuple[Sequence[str], Sequence[str], Sequence[str]]
"""Paths of files of feeds, of watches, and of subscribers."""


def lines(environ: Mapping[str, str], files: Files, *, offline: bool) -> Iterator[Line]:
    """Yield all that was checked of an environment, as it is checked."""
    environ, is_named = _of_system(environ)
    usable, found = _variables(environ)
    settings = world.settings_of(usable)
    looked_at = {f"{PREFIX}LEXICON", *(name for name, _ in preflight.checks(settings))}
    yield from (line for line in found if line.how != "ok" or line.name not in looked_at)
    yield from _machine(settings, is_named=is_named)
    lexicon = preflight.lexicon_problems(settings)
    yield from (Line("wrong", *_split(line)) for line in lexicon)
    if settings.lexicon and not lexicon:
        yield Line("ok", f"{PREFIX}LEXICON", settings.lexicon)
    yield from _files(msgspec.structs.replace(settings, lexicon="") if lexicon else settings, files)
    if not offline:
        yield from _engines(settings, is_named=is_named)
        yield from _mail(settings)


def _of_system(environ: Mapping[str, str]) -> tuple[Mapping[str, str], bool]:
    """Return the environment with the addresses of the system that runs in the data folder.

    Also whether there are such addresses, or the environment names some.
    """
    found = find(environ)
    if found is None:
        return environ, True
    return {**found.variables, **environ}, bool(found.variables)


def _variables(environ: Mapping[str, str]) -> tuple[dict[str, str], list[Line]]:
    """Return the usable variables, and a line for each one that is set."""
    usable: dict[str, str] = {}
    found: list[Line] = []
    for name in sorted(name for name in environ if name.startswith(PREFIX)):
        try:
            world.settings_of({name: environ[name]})
        except ConfigError as error:
            found.append(Line("wrong", *_split(str(error), name)))
            continue
        usable[name] = environ[name]
        found.append(_variable(name, environ))
    return usable, found


def _variable(name: str, environ: Mapping[str, str]) -> Line:
    """Return the line of a variable that can be used. It holds no secret."""
    value, plain = environ[name], name.removesuffix(FILE)
    if name.endswith(FILE) and plain in environ:
        return Line("wrong", name, f"{plain} is set, too: take one of them out")
    if name.endswith(FILE):
        is_open = not value.startswith(MOUNTED) and Path(value).stat().st_mode & OTHERS
        what = f"others can read {value}: run chmod 600 {value}"
        return Line("warning", name, what) if is_open else Line("ok", name, value)
    if name.removeprefix(PREFIX).lower() in SECRETS:
        what = f"other programs may see an environment: put it into a file, and set {name}{FILE}"
        return Line("warning", name, what)
    return Line("ok", name, "set" if "@" in value else value)


def _machine(settings: Settings, *, is_named: bool) -> Iterator[Line]:
    for name, look in preflight.checks(settings):
        if not (is_named and name in _LOCAL):
            yield from _checked(name, look)
    if is_running(settings.data_dir / "run"):
        yield Line("note", "the system", f"it runs on {settings.data_dir}")


def _checked(name: str, look: Callable[[], Iterable[str]]) -> Iterator[Line]:
    problems = [*look()]
    yield from (Line("wrong", *_split(problem, name)) for problem in problems)
    if not problems:
        yield Line("ok", name)


def _split(problem: str, name: str = f"{PREFIX}LEXICON") -> tuple[str, str]:
    """Return a name and what is wrong with it, of a line that may begin with the name."""
    return name, problem.removeprefix(name).lstrip(": ")


def _files(settings: Settings, files: Files) -> Iterator[Line]:
    of_feeds, of_watches, of_people = files
    for paths, look in (
        (of_feeds, check_feed_files),
        (of_watches, watches.check_files),
        (of_people, subscribers.check_files),
    ):
        for path in paths:
            problems = look([path], settings)
            for problem in problems:
                place = f"{path}:{problem.line}" if problem.line else path
                yield Line("warning" if problem.is_warning else "wrong", place, problem.what)
            if not problems:
                yield Line("ok", path)


def _engines(settings: Settings, *, is_named: bool) -> Iterator[Line]:
    asks: dict[Engine, Callable[[], bool]] = {
        "Kafka": lambda: world.kafka(settings).is_up(),
        "Elasticsearch": lambda: world.index(settings).is_up(),
    }
    for engine, ask in asks.items():
        if is_named:
            yield _asked(engine, shown_address(engine, settings), ask)
        else:
            yield Line("note", engine, "none is named, and none runs here: `reportedly up` does")


def _asked(engine: Engine, address: str, ask: Callable[[], bool]) -> Line:
    try:
        if ask():
            return Line("ok", engine, f"answers at {address}")
    except Unreachable as error:
        return Line("wrong", engine, f"no answer at {address}: {error.what_to_do}")
    except ReportedlyError as error:
        return Line("wrong", engine, str(error).replace("\n", " "))
    return Line("wrong", engine, f"{address} takes connections and does not answer: see its log")


def _mail(settings: Settings) -> Iterator[Line]:
    if not settings.smtp_url:
        return
    server = mail_server(settings.smtp_url)
    name, place = "the mail server", f"{server.host}:{server.port}"
    try:
        socket.create_connection((server.host, server.port), CONNECT_SECONDS).close()
    except OSError as error:
        what = f"{place} can't be reached ({error}): correct {PREFIX}SMTP_URL"
        yield Line("wrong", name, what)
    else:
        yield Line("ok", name, f"{place} takes connections; `reportedly notify test` sends a mail")
