"""The names of the gazetteer in a text, wherever they stand: what may be a place."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.messages import Span
from services.tagger.lexicon.gazetteer import Gazetteer, Place
from services.tagger.lexicon.words import forms
from services.tagger.names.entities import Entity

_MOST_WORDS = 5
"""Words of the longest name that is looked up."""
_ARTICLE_CHARS, _POSSESSIVE_CHARS = 4, 2
"""Characters that the recogniser may take into a name: "the " before it, "'s" behind it."""
_WORD = re.compile(r"[^\W\d_](?:[\w’'.-]*[\w.])?")
_TAIL = re.compile(r"(?:['’]s|[.,'’-])+$")
_SHORTENED = re.compile(r"['’](?:ve|re|ll|d|m|t)$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name of the gazetteer at a span; `label` and `entity` are of the entity that covers it."""

    start: int
    end: int
    name: str
    places: tuple[Place, ...]
    label: str | None = None
    entity: Span | None = None

    @property
    def span(self) -> Span:
        return self.start, self.end

    @property
    def inhabitants(self) -> int:
        return max(place.population for place in self.places)

    @property
    def is_whole_entity(self) -> bool:
        """True if the recogniser took no more than this name for the entity."""
        if self.entity is None:
            return False
        first, last = self.entity
        return first + _ARTICLE_CHARS >= self.start and self.end + _POSSESSIVE_CHARS >= last


class Candidates:
    """Finds the candidates of one article."""

    def __init__(self, text: str, gazetteer: Gazetteer, entities: Sequence[Entity]) -> None:
        self._text = text
        self._gazetteer = gazetteer
        self._entities = _by_character(entities)
        self._words = list(map(re.Match.span, _WORD.finditer(text)))

    def __iter__(self) -> Iterator[Candidate]:
        """Yield the names in order, the longest at each place; short forms of states too."""
        number = 0
        while number < len(self._words):
            is_capital = self._text[self._words[number][0]].isupper()
            found = self._longest(number) if is_capital else None
            if found is not None:
                yield found[0]
            number += found[1] if found else 1

    def _longest(self, first: int) -> tuple[Candidate, int] | None:
        """Return the longest name that starts with a word, and how many words it has."""
        word = self._text[slice(*self._words[first])]
        rest = len(self._words) - first
        for n_words in range(min(_MOST_WORDS, rest, self._gazetteer.n_words(word)), 0, -1):
            found = self._whole(first, first + n_words - 1)
            if found is not None:
                return found, n_words
        prefix = self._before_hyphen(self._words[first])
        return (prefix, 1) if prefix is not None else None

    def _whole(self, first: int, last: int) -> Candidate | None:
        """Return the name that some words in a row make up."""
        if not self._are_joined(first, last) or not self._may_end(self._words[last]):
            return None
        start, end = self._words[first][0], self._words[last][1]
        short = self._gazetteer.short.get(self._text[start:end]) if first == last else None
        if short is not None and self._is_abbreviated(start, end):
            return self._candidate(start, end, (short,))
        tail = _TAIL.search(self._text, start, end)
        end -= len(tail.group()) if tail else 0
        return None if _SHORTENED.search(self._text, start, end) else self._named(start, end)

    def _are_joined(self, first: int, last: int) -> bool:
        """Return whether single spaces stand between words."""
        for number in range(first, last):
            if self._text[self._words[number][1] : self._words[number + 1][0]] != " ":
                return False
        return True

    def _may_end(self, word: Span) -> bool:
        written = self._text[slice(*word)]
        return written[0].isupper() or written not in forms().within_places

    def _is_abbreviated(self, start: int, end: int) -> bool:
        """Return whether a short form of a state stands behind a comma, or has a full stop."""
        return self._text[max(0, start - 2) : start] == ", " or "." in self._text[start : end - 1]

    def _before_hyphen(self, word: Span) -> Candidate | None:
        """Return the place before a hyphen ("Meris-based")."""
        hyphen = self._text.find("-", *word)
        if hyphen <= 0 or not self._text[hyphen + 1].islower():
            return None
        return self._named(word[0], hyphen)

    def _named(self, start: int, end: int) -> Candidate | None:
        places = self._gazetteer.find(self._text[start:end])
        return self._candidate(start, end, places) if places else None

    def _candidate(self, start: int, end: int, places: tuple[Place, ...]) -> Candidate:
        name, entity = self._text[start:end], self._entities.get(start)
        if entity is None or entity[1] < end:
            return Candidate(start, end, name, places)
        return Candidate(start, end, name, places, entity[2], entity[:2])


def _by_character(entities: Sequence[Entity]) -> Mapping[int, Entity]:
    """Return the entity at each character: entities are short and don't overlap."""
    found: dict[int, Entity] = {}
    for entity in entities:
        found |= dict.fromkeys(range(entity[0], entity[1]), entity)
    return found
