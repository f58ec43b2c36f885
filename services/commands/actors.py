"""`reportedly actors`: list, check, and import dictionaries of actors."""

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Literal

import click
import msgspec

from services.commands import world
from services.commands.group import Group
from services.commands.jsonl import bounded_lines, write_line
from services.errors import ConfigError
from services.runtime.files import map_file
from services.tagger.lexicon.actors import Actor, packaged_actors, read_actors
from services.tagger.lexicon.compiled import MAGIC, compile_actors
from services.tagger.lexicon.importers import read_cameo, read_ftm
from services.tagger.lexicon.matcher import Lexicon, open_lexicon
from services.text.counts import counted
from services.text.yaml_file import MAX_BYTES

Format = Literal["auto", "yaml", "cameo", "ftm"]
_FORMAT = click.Choice(["auto", "yaml", "cameo", "ftm"])


@click.group(cls=Group)
def actors() -> None:
    """List, check, and import dictionaries of actors.

    \b
    Examples:
      reportedly actors list | jq 'select(.armed)'
      reportedly actors check own.yaml
      reportedly actors import entities.ftm.json phoenix.actors.txt --out known.actors
      REPORTEDLY_LEXICON=known.actors:own.yaml reportedly tag articles.jsonl
    """


@actors.command(name="list")
@click.argument("files", nargs=-1)
def list_(files: tuple[str, ...]) -> None:
    """Write actors as JSON Lines: those of the files, else ours and those of REPORTEDLY_LEXICON.

    Files may be YAML or compiled.
    """
    paths = files or tuple(filter(None, world.settings().lexicon.split(os.pathsep)))
    own = chain.from_iterable(open_lexicon(map_file(path), path) for path in paths)
    for actor in own if files else chain(packaged_actors(), own):
        write_line(msgspec.json.encode(actor))


@actors.command()
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--format", "form", type=_FORMAT, default="auto", show_default=True, help="What the files are."
)
def check(files: tuple[str, ...], form: Format) -> None:
    """Check dictionaries and count their actors and names.

    Every mistake is reported with file and line; then the exit code is 2.
    """
    for path in files:
        found = Lexicon(compile_actors(_check_ids(_read(path, form), path)), path)
        click.echo(f"{path}: {counted(len(found), 'actor')}, {counted(found.n_names, 'name')}")


@actors.command(name="import")
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--format", "form", type=_FORMAT, default="auto", show_default=True, help="What the files are."
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Compiled dictionary to write.",
)
def import_(files: tuple[str, ...], form: Format, out: Path) -> None:
    """Compile dictionaries into one file for REPORTEDLY_LEXICON.

    They may be YAML, CAMEO-style, or FollowTheMoney.

    If two actors have one id, the one of the later file counts.
    """
    compiled = compile_actors(chain.from_iterable(_read(path, form) for path in files))
    part = out.with_name(out.name + ".part")
    try:
        part.write_bytes(compiled)
        part.replace(out)  # a tagger keeps the old file mapped until it restarts
    except OSError as error:
        raise ConfigError(f"{out}: {error.strerror}") from error
    found = Lexicon(compiled)
    click.echo(
        f"{out}: {counted(len(found), 'actor')}, {counted(found.n_names, 'name')}, "
        f"{len(compiled) / 1e6:.1f} MB"
    )


def _read(path: str, form: Format) -> Iterable[Actor]:
    """Return the actors of a file. Raises ConfigError with file and line."""
    view = map_file(path)
    form = _form_of(path, view) if form == "auto" else form
    if bytes(view[: len(MAGIC)]) == MAGIC:
        return open_lexicon(view, path)
    if form == "ftm":
        return read_ftm(_lines(path), path)
    if form == "cameo":
        return read_cameo(map(_text, _lines(path)), path)
    return read_actors(bytes(view[: MAX_BYTES + 1]), path)


def _form_of(path: str, view: memoryview) -> Format:
    if path.endswith((".yaml", ".yml")):
        return "yaml"
    return "ftm" if bytes(view[:100]).lstrip().startswith(b"{") else "cameo"


def _lines(path: str) -> Iterator[bytes]:
    with Path(path).open("rb") as file:
        yield from bounded_lines(file, path)


def _text(line: bytes) -> str:
    """Return a line, read as UTF-8 or, for older dictionaries, as Latin-1."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _check_ids(found: Iterable[Actor], path: str) -> Sequence[Actor]:
    """Return the actors. Raises ConfigError if two have one id."""
    by_id: dict[str, Actor] = {}
    for actor in found:
        if actor.id in by_id:
            raise ConfigError(
                f"{path}: {actor.name!r} and {by_id[actor.id].name!r} have one id, {actor.id!r}"
            )
        by_id[actor.id] = actor
    return list(by_id.values())
