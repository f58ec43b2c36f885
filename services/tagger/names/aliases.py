"""Names that the text itself makes one person's: "also known as", "the nom de guerre of".

An alias need not be known as a name before: what stands there in capitals becomes a mention.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from services.messages import Mention, Span
from services.tagger.lexicon.words import forms
from services.tagger.names.full_names import full_name
from services.tagger.names.mentions import Mentions

_OPENING = r"[“\"'‘(]?"
_ALIAS = (
    r"(?P<alias>[A-Z][\w’'-]+(?: (?:(?:al|el|bin|ibn|abu|de|la|van|von)[ -])*[A-Z][\w’'-]*){0,4})"
)
_KNOWN_AS = r"(?:who (?:is|was) )?(?:(?:also|better|best|\w+ly) )?"
_NAMED_BY_WITHIN = 20
"""Characters before a name that may say that another name is its alias ("the name by which")."""


def aliases(mentions: Mentions) -> Iterator[tuple[Mention, Mention]]:
    """Yield pairs of mentions of one person, the one with the usual name first."""
    for name in _people(mentions):
        alias = _alias_behind(mentions, name)
        if alias is not None:
            yield name, alias
    for first, second in pairwise(_people(mentions)):
        between = mentions.text[first.end : second.start]
        if _in_words(between) in forms().alias_nouns or _is_named_by(mentions.text, second):
            yield second, first
        elif between == " (" and _is_other_spelling(first, second):
            yield (second, first) if full_name(first.surface).has_initials else (first, second)


def _people(mentions: Mentions) -> list[Mention]:
    return [m for m in mentions.in_order() if m.type == "person" and m.is_name]


def _alias_behind(mentions: Mentions, name: Mention) -> Mention | None:
    """Return the mention of an alias behind a name, a new one if there is none."""
    match = _known_as().match(mentions.text, name.end)
    if match is None:
        return None
    span: Span = match.span("alias")
    known = mentions.overlapping(*span)
    person = next((m for m in known if m.type == "person" and m.start == span[0]), None)
    if person is not None or any(m.actor_id or not _is_inside(m, span) for m in known):
        return person
    for part in known:
        mentions.drop(part)
    return mentions.add(*span, "person", "mention/alias")


def _is_inside(mention: Mention, span: Span) -> bool:
    return span[0] <= mention.start and mention.end <= span[1]


@cache
def _known_as() -> re.Pattern[str]:
    phrases = "|".join(map(re.escape, sorted(forms().aliases, key=len, reverse=True)))
    return re.compile(rf",? {_OPENING}{_KNOWN_AS}(?i:{phrases}),? {_OPENING}{_ALIAS}")


def _is_named_by(text: str, name: Mention) -> bool:
    """Return whether the words before a name say that another is its alias."""
    before = text[max(0, name.start - _NAMED_BY_WITHIN) : name.start].lower()
    return before.rstrip().endswith(tuple(forms().named_by))


def _in_words(between: str) -> str:
    return " ".join(re.findall(r"[\w’'-]+", between.lower()))


def _is_other_spelling(first: Mention, second: Mention) -> bool:
    """Return whether a name in brackets is the one before it, in full or in another script."""
    ours, theirs = full_name(first.surface), full_name(second.surface)
    return bool(ours.words and theirs.words) and ours.sounds[-1] == theirs.sounds[-1]
