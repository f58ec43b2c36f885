"""What every rule id means, in words: looked up by id, and written as the handbook of the ontology (docs/events.md)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import get_args

import yaml

from services.tagger.layout.boilerplate import boilerplate_kinds
from services.tagger.lexicon.actors import ActorType
from services.tagger.lexicon.ontology import EventType, ontology
from services.tagger.lexicon.words import cues, read_lexicon
from services.tagger.sources.find import speech_words

_WORD = re.compile(r"\{([\w|]+)\}")
_VERSION = re.compile(r"@\d+$")


@dataclass(frozen=True)
class Rule:
    """A rule, or a family of rules that differ in a word: `pattern` has the word's class in braces."""

    pattern: str
    says: str
    section: str


@cache
def rules() -> tuple[Rule, ...]:
    """Return all rules, in the order of the handbook."""
    sections: Mapping[str, Mapping[str, str]] = yaml.safe_load(read_lexicon("rules.yaml"))
    return tuple(Rule(pattern, says, name) for name, row in sections.items() for pattern, says in row.items())


def rule_of(rule_id: str) -> Rule | None:
    """Return the rule that an id ("hedge/reportedly@1", its version may be left out) is of, or None."""
    name = _VERSION.sub("", rule_id)
    return next((rule for rule in rules() if _matcher(rule.pattern).fullmatch(name)), None)


@cache
def _matcher(pattern: str) -> re.Pattern[str]:
    parts = _WORD.split(pattern)
    return re.compile("".join(_any_of(part) if i % 2 else re.escape(part) for i, part in enumerate(parts)))


def _any_of(classes: str) -> str:
    words = sorted({re.escape(word.replace(" ", "-")) for name in classes.split("|") for word in _words(name)})
    return "(?:" + "|".join(words) + ")"


def _words(name: str) -> frozenset[str]:
    if name == "event":
        return frozenset(kind.event for kind in ontology())
    if name == "speech":
        return speech_words()
    if name == "boilerplate":
        return boilerplate_kinds()
    return _NAMES.get(name) or cues().named(name)


_NAMES = {
    "actor_type": frozenset(get_args(ActorType)),
    "label": frozenset({"person", "org", "norp", "gpe", "loc", "fac"}),
}


def handbook() -> str:
    """Return docs/events.md: the event types with the words that speak of them, then all rules."""
    lines = [*_HEAD.splitlines(), "", "| event | is | PLOVER | CAMEO | family |", "| --- | --- | --- | --- | --- |"]
    lines += [f"| [{k.event}](#{k.event}) | {k.about} | {k.plover} | {k.cameo or '–'} | {k.family} |" for k in ontology()]
    for kind in ontology():
        lines += ["", f"### {kind.event}", "", kind.about, "", *_words_of(kind), *_traits(kind)]
    section = ""
    for rule in rules():
        if rule.section != section:
            section = rule.section
            lines += ["", f"## Rules: {section}", "", "| rule | says |", "| --- | --- |"]
        lines.append(f"| `{rule.pattern.replace('|', ' or ')}` | {rule.says} |")
    lines += ["", "## Classes of words", "", *_classes()]
    return "\n".join(lines) + "\n"


_HEAD = """\
# Events and rules

<!-- Made by `reportedly events handbook` from services/tagger/lexicon: change it there. -->

Every report carries the id of the rule that found it, and so does every mention, every passage of boilerplate, and every
cue that decided a stance. `reportedly tag --explain` shows them beside the words; `reportedly events show ID` explains one.
Behind `@` stands the rule's version.

## Event types

Where two types could be meant by a word, the one further up is taken if it holds up."""


def _words_of(kind: EventType) -> Iterator[str]:
    """Yield a line for each frame that a type has, with its words."""
    verbs = sorted(kind.verbs) + sorted(f"{verb} (passive)" for verb in kind.passive_verbs)
    verbs += [f"{verb} … {'/'.join(sorted(words))}" for verb, words in sorted(kind.with_word.items())]
    verbs += sorted(f"{verb} (beside a violent means)" for verb in kind.amid)
    objects = {verb: f"{verb} {'/'.join(sorted(words))}" for verb, words in sorted(kind.with_object.items())}
    frames = {
        "verb": verbs,
        "subject": sorted(kind.intransitive) + [f"{verb} … as OFFICE" for verb in sorted(kind.as_subject_verbs)],
        "actor": sorted(kind.subject_verbs),
        "object": [words for verb, words in objects.items() if verb not in kind.undergone],
        "undergone": [words for verb, words in objects.items() if verb in kind.undergone],
        "thing": sorted(kind.things),
        "as": sorted(kind.as_verbs),
        "adjective": sorted(kind.adjectives | kind.participles),
        "noun": sorted(kind.nouns) + sorted(kind.noun_phrases) + [f"{noun} of people" for noun in sorted(kind.nouns_of_people)],
        "passing": sorted(kind.passing),
    }
    for frame, words in frames.items():
        if words:
            yield f"- `event/{kind.event}-{frame}`: {', '.join(words)}"


def _traits(kind: EventType) -> Iterator[str]:
    if kind.patient_is:
        yield f"- It befalls: {', '.join(sorted(kind.patient_is))}; anything else is a target."
    if kind.counts:
        yield "- Numbers beside who undergoes it are counted."
    if kind.weak and kind.strong_nouns:
        yield f"- Of its nouns only {', '.join(sorted(kind.strong_nouns))} can stand without anybody in a role."
    elif kind.weak:
        yield "- Its nouns need somebody in a role."


def _classes() -> Iterator[str]:
    named = {name for rule in rules() for group in _WORD.findall(rule.pattern) for name in group.split("|")}
    for name in sorted(named - {"event"}):
        yield f"- `{name}`: {', '.join(sorted(_words(name)))}"
