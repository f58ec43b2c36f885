"""The rules, one object each: what an id means, where it is applied, examples, source, version."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import Literal, get_args

import msgspec
import yaml

from services.tagger.lexicon.actors import ActorType
from services.tagger.lexicon.ontology import ontology
from services.tagger.lexicon.words import cues, read_lexicon, speech

_WORD = re.compile(r"\{([\w|]+)\}")
_VERSION = re.compile(r"@\d+$")


_OtherBoilerplate = Literal["bio", "page-head", "related"]
"""The kinds of boilerplate that are no kinds of lines."""

_EntityLabel = Literal["person", "org", "norp", "gpe", "loc", "fac"]
"""The recogniser's labels, in lower case."""


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An article in which a rule applies."""

    title: str = ""
    text: str = ""


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of rules.yaml; see there. An example that is only a string is a text."""

    says: str
    where: str
    examples: tuple[str | Example, ...]
    source: str = ""
    version: int = 1


@dataclass(frozen=True)
class Rule:
    """A rule, or a family of rules that differ in a word: `pattern` has the word's class in braces.

    `where` is a file below services/tagger; the other fields are those of rules.yaml.
    """

    pattern: str
    section: str
    says: str
    where: str
    examples: tuple[Example, ...]
    source: str
    version: int


@cache
def rules() -> tuple[Rule, ...]:
    """Return all rules, in the order of the handbook."""
    raw = yaml.safe_load(read_lexicon("rules.yaml"))
    sections = msgspec.convert(raw, dict[str, dict[str, _Entry]])
    found: list[Rule] = []
    for section, entries in sections.items():
        for pattern, entry in entries.items():
            found.append(_rule(section, pattern, entry))
    return tuple(found)


def _rule(section: str, pattern: str, entry: _Entry) -> Rule:
    examples = tuple(e if isinstance(e, Example) else Example(text=e) for e in entry.examples)
    return Rule(pattern, section, entry.says, entry.where, examples, entry.source, entry.version)


@lru_cache(maxsize=16_384)
def rule_of(rule_id: str) -> Rule | None:
    """Return the rule that an id ("hedge/reportedly@1", the version may be left out) is of."""
    name = _VERSION.sub("", rule_id)
    return next((rule for rule in rules() if _matcher(rule.pattern).fullmatch(name)), None)


@lru_cache(maxsize=16_384)
def rule_id(name: str) -> str:
    """Return the id of a rule's name ("hedge/reportedly"): with the version that rules.yaml gives.

    A name that no entry knows is of version 1. An id is its own.
    """
    rule = rule_of(name)
    return f"{_VERSION.sub('', name)}@{rule.version if rule is not None else 1}"


def classes_of(pattern: str) -> tuple[str, ...]:
    """Return the classes of words in a pattern."""
    return tuple(chain.from_iterable(group.split("|") for group in _WORD.findall(pattern)))


def words_of(name: str) -> frozenset[str]:
    """Return the words of a class that a pattern names; ValueError for none."""
    own = _OWN.get(name)
    return own() if own is not None else cues().named(name)


@cache
def _matcher(pattern: str) -> re.Pattern[str]:
    parts = enumerate(_WORD.split(pattern))
    pieces = (_any_of(part) if i % 2 else re.escape(part) for i, part in parts)
    return re.compile("".join(pieces))


def _any_of(classes: str) -> str:
    words = frozenset[str]().union(*map(words_of, classes.split("|")))
    return "(?:" + "|".join(sorted(re.escape(word.replace(" ", "-")) for word in words)) + ")"


def _boilerplate_kinds() -> frozenset[str]:
    lines = yaml.safe_load(read_lexicon("boilerplate.yaml"))["lines"]
    return frozenset({*lines, *get_args(_OtherBoilerplate)})


_OWN: Mapping[str, Callable[[], frozenset[str]]] = {
    "event": lambda: frozenset(kind.event for kind in ontology()),
    "speech": lambda: speech().cues,
    "boilerplate": _boilerplate_kinds,
    "actor_type": lambda: frozenset(get_args(ActorType)),
    "label": lambda: frozenset(get_args(_EntityLabel)),
}
"""Classes of words in patterns that are none of cues.yaml."""
