"""The packaged word lists and the dictionaries of actors, read once and checked with file and line."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from services.errors import ConfigError
from services.messages import MentionType


class ActorRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An office held in a body (`of`: its actor id), from and to ISO days where known."""

    role: str
    of: str
    from_: str | None = msgspec.field(name="from", default=None)
    to: str | None = None


class Actor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of an actor dictionary; `kind` is how its words are attributed."""

    id: str
    type: MentionType
    name: str
    aliases: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    kind: str | None = None
    affiliation: tuple[str, ...] = ()
    roles: tuple[ActorRole, ...] = ()
    armed: bool = False


class EventType(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event of the ontology; see the head of lexicon/events.yaml for the fields."""

    event: str
    plover: str
    family: str
    verbs: frozenset[str] = frozenset()
    intransitive: frozenset[str] = frozenset()
    with_word: dict[str, frozenset[str]] = {}
    as_verbs: frozenset[str] = frozenset()
    adjectives: frozenset[str] = frozenset()
    nouns: frozenset[str] = frozenset()
    noun_phrases: tuple[str, ...] = ()
    noun_poss: str = "patient"
    no_object_is_passive: bool = False
    patient_is: frozenset[str] = frozenset()
    counts: bool = False


@dataclass(frozen=True)
class Actors:
    """All actors by id, and one pattern over all their names, longest first."""

    by_id: Mapping[str, Actor]
    by_name: Mapping[str, tuple[str, bool]]
    pattern: re.Pattern[str] = field(compare=False)

    def find(self, text: str) -> Iterable[tuple[int, int, Actor, bool]]:
        """Yield (start, end, actor, is_adjective) of every name, on word boundaries, the longest at each place."""
        for match in self.pattern.finditer(text):
            actor_id, adjective = self.by_name[match.group()]
            yield match.start(), match.end(), self.by_id[actor_id], adjective


def read_actors(text: str, name: str) -> list[Actor]:
    """Return the actors of a YAML dictionary. Raises ConfigError as `name:line: what is wrong`."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{name}:{line}: {error.problem}") from error
    rows = next((v for k, v in root.value if k.value == "actors"), None) if isinstance(root, yaml.MappingNode) else None
    if not isinstance(rows, yaml.SequenceNode):
        raise ConfigError(f"{name}:1: expected `actors:` with a list of actors")
    found = []
    for node in rows.value:
        value: Any = yaml.safe_load(yaml.serialize(node))
        try:
            found.append(msgspec.convert(value, Actor))
        except msgspec.ValidationError as error:
            raise ConfigError(f"{name}:{node.start_mark.line + 1}: {error}") from error
    return found


def build_actors(dictionaries: Sequence[Sequence[Actor]]) -> Actors:
    """Return all actors joined; a later dictionary replaces an earlier one's actor of the same id."""
    by_id = {actor.id: actor for actors in dictionaries for actor in actors}
    by_name: dict[str, tuple[str, bool]] = {}
    for actor in by_id.values():
        by_name |= dict.fromkeys((actor.name, *actor.aliases), (actor.id, False))
        by_name |= dict.fromkeys(actor.adjectives, (actor.id, True))
    names = sorted(by_name, key=len, reverse=True)
    return Actors(by_id, by_name, re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, names)) + r")(?!\w)"))


@cache
def packaged_actors() -> tuple[Actor, ...]:
    """Return the actors that come with the project."""
    return tuple(read_actors(_read("actors.yaml"), "actors.yaml"))


@cache
def ontology() -> tuple[EventType, ...]:
    """Return the event types, in order of precedence."""
    return tuple(msgspec.convert(yaml.safe_load(_read("events.yaml"))["events"], list[EventType]))


@cache
def cues() -> Mapping[str, frozenset[str]]:
    """Return the classes of cue words."""
    return {name: frozenset(map(str, words)) for name, words in yaml.safe_load(_read("cues.yaml")).items()}


def _read(name: str) -> str:
    return (files("services.tagger") / "lexicon" / name).read_text(encoding="utf-8")
