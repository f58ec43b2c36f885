"""Candidates for the agent of an incident: the armed groups and state forces of an article."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from services.messages import Mention, SentenceReport, Span
from services.tagger.discourse.arguments import ids_of, words_of
from services.tagger.lexicon.words import any_of, cues

NEAR_SENTENCES = 3
"""Sentences around an incident's in which words about a group are likely about the incident.

The weights are fitted to it.
"""
_END = re.compile(r"[.!?][\"”']?\s|\n")
_BLAME = re.compile(
    r"\b(?:attribut(?:ed|es?)|(?:ir)?responsib(?:le|ility)|accus(?:ed|es?|ing)|blam(?:ed|es?|ing)"
    r"|suspect(?:ed|s)?|alleged(?:ly)?|presumed|presumably|work of|behind|perpetrat(?:ed|ors?)"
    r"|carried out|authors?|believed|ordered|committed)\b",
    re.IGNORECASE,
)


class Sentences:
    """The sentences of a text, numbered from 0, found by punctuation alone."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends = [end.end() for end in _END.finditer(text)]

    def number(self, at: int) -> int:
        """Return the number of the sentence that holds a character."""
        return bisect_right(self._ends, at)

    def span(self, number: int) -> Span:
        start = self._ends[number - 1] if number else 0
        return start, self._ends[number] if number < len(self._ends) else len(self._text)

    def word_of_blame(self, number: int) -> Span | None:
        """Return the span of the first word of blame in a sentence."""
        word = _BLAME.search(self._text, *self.span(number))
        return word.span() if word is not None else None


@dataclass(frozen=True)
class Group:
    """An armed group or a state force of an article, with all its mentions.

    `force` is the kind of state force, "" for an armed group. `sentences` holds the number of the
    sentence of each mention, ascending.
    """

    mentions: tuple[Mention, ...]
    force: str
    ids: frozenset[str]
    sentences: tuple[int, ...]
    blamed: bool
    """Whether a sentence that names it has a word of blame."""

    def distance(self, sentence: int) -> int:
        """Return the number of sentences to the nearest that names the group; 0 if it does."""
        at = bisect_left(self.sentences, sentence)
        return min(abs(n - sentence) for n in self.sentences[max(0, at - 1) : at + 1])

    def distance_to(self, sentences: Collection[int]) -> int:
        """Return the least distance of several sentences."""
        return min(map(self.distance, sentences))

    def near(self, sentence: int) -> Sequence[Mention]:
        """Return the mentions at most NEAR_SENTENCES sentences away."""
        first = bisect_left(self.sentences, sentence - NEAR_SENTENCES)
        last = bisect_right(self.sentences, sentence + NEAR_SENTENCES)
        return self.mentions[first:last]

    def undergoes(self, report: SentenceReport) -> bool:
        """True if the group is a patient or target of a report."""
        return not self.ids.isdisjoint((*report.patient, *report.target))

    def is_source_of(self, report: SentenceReport) -> bool:
        """True if a report is attributed to the group, and it does not claim the deed."""
        return any(a.mention in self.ids and a.kind != "self" for a in report.attribution)


def find_groups(
    mentions: Iterable[Mention], armed: Collection[str | None], sentences: Sentences
) -> list[Group]:
    """Return the groups among mentions in text order, by their first mention.

    `armed` holds the ids of the armed actors.
    """
    found: dict[tuple[str, str], list[Mention]] = {}
    for mention in mentions:
        key = known_as(mention, armed)
        if key is not None:
            found.setdefault(key, []).append(mention)
    return [_group(named, force, sentences) for (force, _), named in found.items()]


def _group(mentions: Sequence[Mention], force: str, sentences: Sentences) -> Group:
    numbers = tuple(sentences.number(mention.start) for mention in mentions)
    blamed = any(map(sentences.word_of_blame, set(numbers)))
    return Group(tuple(mentions), force, frozenset(ids_of(mentions)), numbers, blamed)


def known_as(mention: Mention, armed: Collection[str | None]) -> tuple[str, str] | None:
    """Return (force, key) of a mention of an armed group or a state force, None for any other."""
    if mention.type not in ("group", "organisation"):
        return None
    if mention.actor_id is not None:
        return ("", mention.actor_id) if mention.actor_id in armed else None
    words = words_of(mention)
    if mention.is_name and words & cues().armed_names:
        return ("", mention.key)
    if words & any_of(cues().rebels, cues().armed_names):
        return None
    for force, own in cues().state_forces.items():
        if words & own:
            return (force, "")
    return None
