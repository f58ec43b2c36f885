"""The handbook of event types and rules (docs/events.md)."""

from collections.abc import Iterable, Iterator
from itertools import chain

from services.tagger.lexicon.ontology import EventType, ontology
from services.tagger.lexicon.rules import Rule, classes_of, rules, words_of


def handbook() -> str:
    """Return docs/events.md: the event types with their words, then all rules."""
    types = ontology()
    lines = [*_HEAD.splitlines(), "", "| event | is | PLOVER | CAMEO | family |", _TYPES_RULER]
    lines += map(_type_row, types)
    for kind in types:
        lines += ["", f"### {kind.event}", "", kind.about, "", *_words_of(kind), *_traits(kind)]
    section = ""
    for rule in rules():
        if rule.section != section:
            section = rule.section
            head = "| rule | says | example | where |"
            lines += ["", f"## Rules: {section}", "", head, _RULER]
        lines.append(_row(rule))
    lines += ["", "## Classes of words", "", *_classes()]
    return "\n".join(lines) + "\n"


_TYPES_RULER = "| --- | --- | --- | --- | --- |"
_RULER = "| --- | --- | --- | --- |"


def _type_row(kind: EventType) -> str:
    name = f"[{kind.event}](#{kind.event})"
    return f"| {name} | {kind.about} | {kind.plover} | {kind.cameo or '–'} | {kind.family} |"


def _row(rule: Rule) -> str:
    """Return the rule's line: its pattern, meaning, first example, and file."""
    first = rule.examples[0]
    example = " ".join(filter(None, (first.title, first.text))).replace("\n", " ")
    pattern = rule.pattern.replace("|", " or ")
    return f"| `{pattern}` | {rule.says} | {example} | {rule.where} |"


_HEAD = """\
# Events and rules

<!-- Made by `reportedly events handbook` from services/tagger/lexicon: change it there. -->

Every report carries the id of the rule that found it, and so does every mention, every passage of
boilerplate, and every cue that decided a stance. `reportedly tag --explain --full` shows them
beside the words; `reportedly events show ID` explains one. Behind `@` stands the rule's version.
The column "where" names a file of services/tagger.

## Event types

Where two types could be meant by a word, the one further up is taken if it holds up."""


def _words_of(kind: EventType) -> Iterator[str]:
    """Yield a line for each frame that a type has, with its words."""
    for frame, words in _frames(kind).items():
        if words:
            yield f"- `event/{kind.event}-{frame}`: {', '.join(words)}"


def _frames(kind: EventType) -> dict[str, list[str]]:
    objects = {verb: f"{verb} {_any(words)}" for verb, words in sorted(kind.with_object.items())}
    undergone = [words for verb, words in objects.items() if verb in kind.undergone]
    return {
        "verb": _verbs(kind),
        "subject": sorted(kind.intransitive) + _each("{} … as OFFICE", kind.as_subject_verbs),
        "actor": sorted(kind.subject_verbs),
        "object": [words for words in objects.values() if words not in undergone],
        "undergone": undergone,
        "thing": sorted(kind.things),
        "as": sorted(kind.as_verbs),
        "adjective": sorted(kind.adjectives | kind.participles),
        "spared": sorted(kind.spared_adjectives | kind.spared_verbs),
        "noun": _nouns(kind),
        "passing": sorted(kind.passing),
    }


def _verbs(kind: EventType) -> list[str]:
    verbs = sorted(kind.verbs) + _each("{} (passive)", kind.passive_verbs)
    verbs += [f"{verb} … {_any(words)}" for verb, words in sorted(kind.with_word.items())]
    return verbs + _each("{} (beside a violent means)", kind.amid)


def _nouns(kind: EventType) -> list[str]:
    nouns = sorted(kind.nouns) + sorted(kind.noun_phrases)
    return nouns + _each("{} of people", kind.nouns_of_people)


def _each(form: str, words: Iterable[str]) -> list[str]:
    return list(map(form.format, sorted(words)))


def _any(words: Iterable[str]) -> str:
    return "/".join(sorted(words))


def _traits(kind: EventType) -> Iterator[str]:
    if kind.patient_is:
        yield f"- It befalls: {', '.join(sorted(kind.patient_is))}; anything else is a target."
    if kind.counts:
        yield "- Numbers beside who undergoes it are counted."
    if kind.weak and kind.strong_nouns:
        strong = ", ".join(sorted(kind.strong_nouns))
        yield f"- Of its nouns only {strong} can stand without anybody in a role."
    elif kind.weak:
        yield "- Its nouns need somebody in a role."


def _classes() -> Iterator[str]:
    named = set(chain.from_iterable(classes_of(rule.pattern) for rule in rules()))
    for name in sorted(named - {"event"}):
        yield f"- `{name}`: {', '.join(sorted(words_of(name)))}"
