"""Actors: the people and bodies of a dictionary, read from YAML.

Every error has its file and line.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Literal

import msgspec
import yaml

from services.messages import AttributionKind
from services.tagger.lexicon.words import read_lexicon
from services.text.problems import FileProblems, Problem, refuse
from services.text.typed_yaml import read_row
from services.text.yaml_file import compose_yaml, line_of

ActorType = Literal["person", "group", "organisation", "state", "place"]


class ActorRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An office held in a body, from and to ISO days where known.

    `of` is the actor id of the body, "" where it is not known.
    """

    role: str
    of: str = ""
    from_: str | None = msgspec.field(name="from", default=None)
    to: str | None = None


class ActorCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A CAMEO or PLOVER actor code ("SYRREB"), from and to ISO days where known."""

    code: str
    from_: str | None = msgspec.field(name="from", default=None)
    to: str | None = None


class Actor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An entry of an actor dictionary.

    `kind` is how its words are attributed, `country` an ISO 3166-1 code.
    """

    id: str
    type: ActorType
    name: str
    aliases: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    kind: AttributionKind | None = None
    affiliation: tuple[str, ...] = ()
    roles: tuple[ActorRole, ...] = ()
    armed: bool = False
    country: str | None = None
    codes: tuple[ActorCode, ...] = ()

    def role_at(self, day: str | None) -> ActorRole | None:
        """Return the office held on an ISO day, else the first listed."""
        held = [r for r in self.roles if day and (r.from_ or "") <= day <= (r.to or "9999")]
        return next(iter(held or self.roles), None)


def slug(name: str) -> str:
    """Return an actor id made of a name: lower-case words joined by hyphens."""
    return "-".join(re.findall(r"[^\W_]+", name.casefold().replace("'", "").replace("’", "")))


def read_actors(text: bytes | str, name: str) -> list[Actor]:
    """Return the actors of a YAML dictionary. Raises FileProblems with every mistake in it."""
    root = compose_yaml(text, name)
    rows = (
        next((v for k, v in root.value if k.value == "actors"), None)
        if isinstance(root, yaml.MappingNode)
        else None
    )
    if not isinstance(rows, yaml.SequenceNode):
        raise FileProblems(
            [
                Problem(
                    name,
                    1,
                    "actors: was expected, with actors below, each beginning with - id: …",
                )
            ]
        )
    found: dict[str, Actor] = {}
    problems: list[Problem] = []
    for node in rows.value:
        actor, of_actor = _read_actor(node, name)
        if actor is not None and actor.id in found:
            both = f"{actor.name!r} and {found[actor.id].name!r}"
            what = f"{both} have one id, {actor.id!r}: give one of them another"
            of_actor.append(Problem(name, line_of(node), what))
        if actor is not None:
            found[actor.id] = actor
        problems += of_actor
    refuse(problems)
    return list(found.values())


def _read_actor(node: yaml.Node, name: str) -> tuple[Actor | None, list[Problem]]:
    row, problems = read_row(node, Actor, "an actor", name)
    if problems:
        return None, problems
    actor = msgspec.convert(row, Actor)
    if not slug(actor.id) or not slug(actor.name):
        problems.append(
            Problem(
                name, line_of(node), f"id {actor.id!r} and name {actor.name!r} need a letter each"
            )
        )
    for day in _days(actor):
        if not _is_day(day):
            problems.append(Problem(name, line_of(node), f"{day!r} is no day like 2031-05-02"))
    return actor, problems


def _days(actor: Actor) -> Iterator[str]:
    terms: tuple[ActorRole | ActorCode, ...] = (*actor.roles, *actor.codes)
    for term in terms:
        yield from filter(None, (term.from_, term.to))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@cache
def packaged_actors() -> tuple[Actor, ...]:
    """Return the actors that come with the project."""
    return tuple(read_actors(read_lexicon("actors.yaml"), "actors.yaml"))
