"""Actors: who a dictionary knows, by what names, in what offices and when; read from YAML with file and line of every error."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, Literal

import msgspec
import yaml

from services.errors import ConfigError
from services.messages import AttributionKind
from services.tagger.lexicon.words import read_lexicon

ActorType = Literal["person", "group", "organisation", "state", "place"]


class ActorRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An office held in a body (`of`: its actor id, "" where not known), from and to ISO days where known."""

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
    """An entry of an actor dictionary; `kind` is how its words are attributed, `country` an ISO 3166-1 code."""

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
        """Return the office held on an ISO day, else the last one held; the first listed where the day is not known."""
        held = [r for r in self.roles if day and (r.from_ or "") <= day <= (r.to or "9999")]
        return next(iter(held or self.roles), None)


def slug(name: str) -> str:
    """Return an actor id made of a name: lower-case words joined by hyphens."""
    return "-".join(re.findall(r"[^\W_]+", name.casefold().replace("'", "").replace("’", "")))


def read_actors(text: str, name: str) -> list[Actor]:
    """Return the actors of a YAML dictionary. Raises ConfigError as `name:line: what is wrong`."""
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{name}:{line}: {error.problem}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigError(f"{name}:{line}: a character that no YAML file may hold (code {error.character})") from error
    rows = next((v for k, v in root.value if k.value == "actors"), None) if isinstance(root, yaml.MappingNode) else None
    if not isinstance(rows, yaml.SequenceNode):
        raise ConfigError(f"{name}:1: expected `actors:` with a list of actors")
    found: dict[str, Actor] = {}
    for node in rows.value:
        actor = _read_actor(node, name)
        if actor.id in found:
            raise _error(node, name, f"{actor.name!r} and {found[actor.id].name!r} have one id, {actor.id!r}")
        found[actor.id] = actor
    return list(found.values())


def _read_actor(node: Any, name: str) -> Actor:
    try:
        actor = msgspec.convert(_plain(node), Actor)
    except msgspec.ValidationError as error:
        raise _error(node, name, str(error)) from error
    if not slug(actor.id) or not slug(actor.name):
        raise _error(node, name, f"id {actor.id!r} and name {actor.name!r} need a letter each")
    if (day := next((day for day in _days(actor) if not _is_day(day)), None)) is not None:
        raise _error(node, name, f"{day!r} is no day like 2031-05-02")
    return actor


def _error(node: Any, name: str, what: str) -> ConfigError:
    return ConfigError(f"{name}:{node.start_mark.line + 1}: {what}")


def _days(actor: Actor) -> Iterator[str]:
    terms = [(role.from_, role.to) for role in actor.roles] + [(code.from_, code.to) for code in actor.codes]
    return (day for term in terms for day in term if day)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _plain(node: Any) -> Any:
    """Return the value of a YAML node; scalars that look like dates or numbers stay words, but true and false are flags."""
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value) for value in node.value]
    return node.value.lower() == "true" if node.tag.endswith(":bool") and node.value.lower() in ("true", "false") else node.value


@cache
def packaged_actors() -> tuple[Actor, ...]:
    """Return the actors that come with the project."""
    return tuple(read_actors(read_lexicon("actors.yaml"), "actors.yaml"))
