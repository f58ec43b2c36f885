"""The packaged ontology of events and the classes of cue words, read once."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec
import yaml


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
