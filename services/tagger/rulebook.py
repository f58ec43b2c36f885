"""The handbook of event types and rules (docs/events.md)."""

from collections.abc import Iterator

from services.tagger.lexicon.ontology import EventType, ontology
from services.tagger.lexicon.rules import Rule, classes_of, rules, words_of


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
            lines += ["", f"## Rules: {section}", "", "| rule | says | example | where |", _RULER]
        lines.append(_row(rule))
    lines += ["", "## Classes of words", "", *_classes()]
    return "\n".join(lines) + "\n"


_RULER = "| --- | --- | --- | --- |"


def _row(rule: Rule) -> str:
    """Return the rule's line: its pattern, meaning, first example, and file."""
    first = rule.examples[0]
    example = " ".join(part for part in (first.title, first.text) if part).replace("\n", " ")
    pattern = rule.pattern.replace("|", " or ")
    return f"| `{pattern}` | {rule.says} | {example} | {rule.where} |"


_HEAD = """\
# Events and rules

<!-- Made by `reportedly events handbook` from services/tagger/lexicon: change it there. -->

Every report carries the id of the rule that found it, and so does every mention, every passage of boilerplate, and every
cue that decided a stance. `reportedly tag --explain` shows them beside the words; `reportedly events show ID` explains one.
Behind `@` stands the rule's version. The column "where" names a file of services/tagger.

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
    named = {name for rule in rules() for name in classes_of(rule.pattern)}
    for name in sorted(named - {"event"}):
        yield f"- `{name}`: {', '.join(sorted(words_of(name)))}"
