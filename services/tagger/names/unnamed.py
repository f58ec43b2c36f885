"""People and bodies that a text speaks of without a name: groups ("the Iraqi security forces") and pronouns.

Read after the reports, which make the phrases they need from the parse: what is added here stands in no report. It tells a
reader and the index who is spoken of in the sentences that tell of no event.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from services.messages import Mention, Span
from services.tagger.lexicon.words import cues
from services.tagger.names.mentions import Mentions
from services.tagger.names.titles import WORD, add_titles

_PHRASE_WORDS = 12
"""Words that a phrase may have before its head."""
_OF = re.compile(r" of (?:the )?[A-Z][\w’-]+(?: [A-Z][\w’-]+)*")
_PRONOUN = re.compile(r"\b(?:I|[Mm]y|me|[Hh]e|[Ss]he|[Hh]im|[Hh]er|[Hh]is)\b(?!\.)")
_WE = re.compile(r"\b(?:[Ww]e|us)\b")
_ALSO_ADJECTIVES = frozenset({"military", "media"})
"""Bodies only behind an article or another word ("the military"), not before a noun ("military aid")."""
_PERSON_WITHIN = 400
"""Characters before a pronoun in which the person it stands for is looked for."""
_NAMED = ("nationality", "state", "group", "organisation", "place", "person")


def add_unnamed(mentions: Mentions) -> None:
    """Widen names by the titles before them, and add offices, groups, and pronouns."""
    add_titles(mentions)
    _add_groups(mentions)
    _add_pronouns(mentions)


def _add_groups(mentions: Mentions) -> None:
    words = [m.span() for m in WORD.finditer(mentions.text)]
    for number, (start, end) in enumerate(words):
        if not is_people(mentions.text[start:end]):
            continue
        alone, start = start, _phrase_start(mentions, words, number)
        if start == alone and mentions.text[start:end].lower() in _ALSO_ADJECTIVES:
            continue
        end = of.end() if (of := _OF.match(mentions.text, end)) else end
        inside = [m for m in mentions.overlapping(start, end) if m.type not in ("nationality", "state", "place")]
        if all(2 * (m.end - m.start) < end - start and start <= m.start and m.end <= end for m in inside):
            mentions.add(start, end, "group", "phrase/group", form="description", affiliation=_bodies(mentions, start, end))


@lru_cache(maxsize=32_768)
def is_people(word: str) -> bool:
    """Tell whether a word is one for many people ("troops", "farmers")."""
    lowered = word.lower()
    return lowered in cues().group_words or (lowered.endswith("s") and lowered[:-1] in cues().person_nouns)


def _phrase_start(mentions: Mentions, words: Sequence[Span], head: int) -> int:
    """Return where a phrase starts whose head is word `head`: at its article, or the first of the words that describe it."""
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
    return (
        word in cues().group_modifiers
        or word[:1].isdigit()
        or word.endswith(("ian", "ous", "ary", "al", "ic", "-led", "-backed"))
        or (known is not None and known.type in _NAMED)
    )


def _bodies(mentions: Mentions, start: int, end: int) -> tuple[str, ...]:
    bodies = (m for m in mentions.inside(start, end) if m.type in ("nationality", "state", "group", "organisation"))
    return tuple(dict.fromkeys(m.actor_id or m.key for m in bodies))


def _add_pronouns(mentions: Mentions) -> None:
    for match in _PRONOUN.finditer(mentions.text):
        last = mentions.person_before(match.start(), _PERSON_WITHIN)
        if last is not None and not mentions.overlaps(*match.span()):
            mentions.add(*match.span(), "person", "phrase/pronoun", form="pronoun", key=last.key, actor_id=last.actor_id)
    for match in _WE.finditer(mentions.text):
        if not mentions.overlaps(*match.span()):
            mentions.add(*match.span(), "group", "phrase/pronoun", form="pronoun", key="")
