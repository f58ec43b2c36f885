"""People and bodies without a name: groups ("the Iraqi security forces") and pronouns.

They are read after the reports, which make the phrases they need from the parse: what is added here
stands in no report. It tells a reader and the index who is spoken of in sentences without an event.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from services.messages import Mention, Span
from services.tagger.lexicon.words import cues, endings, forms
from services.tagger.names.mentions import Mentions
from services.tagger.names.titles import WORD, add_titles

_PHRASE_WORDS = 12
"""Words that a phrase may have before its head."""
_OF = re.compile(r" of (?:the )?[A-Z][\w’-]+(?: [A-Z][\w’-]+)*")
_PRONOUN = re.compile(r"\b(?:I|[Mm]y|me|[Hh]e|[Ss]he|[Hh]im|[Hh]er|[Hh]is)\b(?!\.)")
_WE = re.compile(r"\b(?:[Ww]e|us)\b")


def add_unnamed(mentions: Mentions) -> None:
    """Widen names by the titles before them, and add offices, groups, and pronouns."""
    words = list(map(re.Match.span, WORD.finditer(mentions.text)))
    add_titles(mentions, words)
    _add_groups(mentions, words)
    _add_pronouns(mentions)


def _add_groups(mentions: Mentions, words: Sequence[Span]) -> None:
    for number, (start, end) in enumerate(words):
        if is_people(mentions.text[start:end]):
            _add_group(mentions, words, number)


def _add_group(mentions: Mentions, words: Sequence[Span], head: int) -> None:
    alone, end = words[head]
    start = _phrase_start(mentions, words, head)
    if start == alone and mentions.text[start:end].lower() in forms().also_adjectives:
        return
    of = _OF.match(mentions.text, end)
    span = start, of.end() if of else end
    beside = mentions.overlapping(*span)
    if all(_is_part(known, span) or _is_around(known, span) for known in beside):
        bodies = _bodies(mentions, span)
        mentions.add(*span, "group", "phrase/group", form="description", affiliation=bodies)


def _is_part(known: Mention, span: Span) -> bool:
    """Return whether a mention may stand inside a group's phrase: a country, a short name."""
    if known.type in ("nationality", "state", "place"):
        return True
    start, end = span
    is_short = 2 * (known.end - known.start) < end - start
    return is_short and start <= known.start and known.end <= end


def _is_around(known: Mention, span: Span) -> bool:
    """Return whether a group complements another phrase ("the leader of the group")."""
    return known.form == "description" and known.start < span[0] and span[1] <= known.end


@lru_cache(maxsize=32_768)
def is_people(word: str) -> bool:
    """Return whether a word is one for many people ("troops", "farmers")."""
    lowered = word.lower()
    is_plural = lowered.endswith("s") and lowered[:-1] in cues().person_nouns
    return is_plural or lowered in cues().group_words


def _phrase_start(mentions: Mentions, words: Sequence[Span], head: int) -> int:
    """Return where a phrase starts whose head is word `head`.

    It starts at its article, or at the first of the words that describe the head.
    """
    text, start = mentions.text, words[head][0]
    for number in range(head - 1, max(-1, head - _PHRASE_WORDS), -1):
        a, b = words[number]
        if text[b : words[number + 1][0]] not in (" ", "’s ", "'s "):
            break
        if text[a:b].lower() in cues().determiners:
            return a
        if not _describes(text[a:b].lower(), mentions.at(a, b)):
            break
        start = a
    return start


def _describes(word: str, known: Mention | None) -> bool:
    if word in cues().group_modifiers or word[:1].isdigit():
        return True
    is_name = known is not None and known.type not in ("thing", "role")
    return is_name or word.endswith(endings().descriptions)


def _bodies(mentions: Mentions, span: Span) -> tuple[str, ...]:
    inside = mentions.inside(*span)
    kinds = ("nationality", "state", "group", "organisation")
    bodies = (mention for mention in inside if mention.type in kinds)
    return tuple(dict.fromkeys(body.actor_id or body.key for body in bodies))


def _add_pronouns(mentions: Mentions) -> None:
    for match in _PRONOUN.finditer(mentions.text):
        last = mentions.person_before(match.start())
        if last is not None and not mentions.overlaps(*match.span()):
            start, end = match.span()
            same = {"key": last.key, "actor_id": last.actor_id}
            mentions.add(start, end, "person", "phrase/pronoun", form="pronoun", **same)
    for match in _WE.finditer(mentions.text):
        if not mentions.overlaps(*match.span()):
            mentions.add(*match.span(), "group", "phrase/pronoun", form="pronoun", key="")
