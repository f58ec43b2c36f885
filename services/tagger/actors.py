"""Actors: who a dictionary knows, by what names, in what offices and when; read from YAML with file and line of every error."""

import re
from functools import cache
from typing import Any

import msgspec
import yaml

from services.errors import ConfigError
from services.messages import AttributionKind, MentionType
from services.tagger.dictionaries import read_lexicon


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
    type: MentionType
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
    rows = next((v for k, v in root.value if k.value == "actors"), None) if isinstance(root, yaml.MappingNode) else None
    if not isinstance(rows, yaml.SequenceNode):
        raise ConfigError(f"{name}:1: expected `actors:` with a list of actors")
    return [_read_actor(node, name) for node in rows.value]


def _read_actor(node: Any, name: str) -> Actor:
    try:
        return msgspec.convert(_plain(node), Actor)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{name}:{node.start_mark.line + 1}: {error}") from error


def _plain(node: Any) -> Any:
    """Return the value of a YAML node; scalars that look like dates or numbers stay words, but true and false are flags."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value) for value in node.value]
    return node.value.lower() == "true" if node.tag.endswith(":bool") and node.value.lower() in ("true", "false") else node.value


@cache
def packaged_actors() -> tuple[Actor, ...]:
    """Return the actors that come with the project."""
    return tuple(read_actors(read_lexicon("actors.yaml"), "actors.yaml"))
