"""Evidence for a place: the words around a name, the recogniser's label, its size, the article."""

import re
from collections.abc import Sequence

from spacy.lang.en.stop_words import STOP_WORDS

from services.messages import Mention
from services.tagger.lexicon.gazetteer import Gazetteer, Place, place_words
from services.tagger.names.entities import Entity
from services.tagger.names.mentions import Mentions
from services.tagger.names.place_candidates import Candidate
from services.tagger.names.place_patterns import (
    BEFORE,
    BODY,
    FIRST,
    HONORIFIC,
    KIND_OF,
    LOCATIVE,
    LOOSE,
    STATION,
)

LARGE, _TOWN, _SMALL = 100_000, 15_000, 5_000
"""Inhabitants from which a name needs less evidence."""
PLACE_LABELS = frozenset({"GPE", "LOC", "FAC"})
_AFTER = 40
"""Characters behind a name in which its state or country may stand."""
_NEXT_WORD = re.compile(r" [A-Z][a-z]+")
_LARGER_PLACE = re.compile(r",? \(?((?:[A-Z][\w.]*)(?: [A-Z][\w.]*){0,2})")
_WORD_BEFORE = re.compile(r"(?:^|[^\w])([A-Z][\w.’'-]*) $")
_SMALL_WORD = re.compile(r"(?<![\w’'])[a-z][\w’']+")


class Evidence:
    """Weighs the candidates of one article."""

    def __init__(
        self, mentions: Mentions, gazetteer: Gazetteer, entities: Sequence[Entity]
    ) -> None:
        self._mentions = mentions
        self._text = mentions.text
        self._gazetteer = gazetteer
        self._people = _people(mentions.text, entities)
        self._common = _common_words(mentions.text)

    def is_place(self, c: Candidate) -> bool:
        """Return whether a candidate is a place by itself."""
        if self._is_taken(c):
            return False
        if self._is_anchored(c) or c.name in self._gazetteer.short:
            return True
        vague = self._is_vague(c)
        is_strong = not vague or c.inhabitants >= LARGE or c.label in PLACE_LABELS
        if is_strong and self._is_located(c):
            return c.label != "PERSON" or c.is_whole_entity
        if vague:
            return False
        if self._gazetteer.is_listed(c.name):
            return c.label != "PERSON" or c.is_whole_entity
        return c.label in PLACE_LABELS or self._is_likely(c)

    def may_repeat(self, c: Candidate) -> bool:
        """Return whether a name that is a place elsewhere in the article is one here too."""
        if self._is_taken(c) or self._is_vague(c):
            return False
        if c.label == "PERSON":
            return c.is_whole_entity
        return c.label is not None or not self._touches_capitals(c) or self._is_before_body(c)

    def _is_vague(self, c: Candidate) -> bool:
        """Return whether a name may be an everyday word or a person here."""
        if self._gazetteer.is_ambiguous(c.name) or c.name.lower() in self._common:
            return True
        if " " in c.name or self._gazetteer.is_listed(c.name):
            return False
        has_article = self._before(c).endswith(("the ", "The ", "a ", "A ", "an "))
        return c.name in self._people or (c.inhabitants < LARGE and has_article)

    def _is_likely(self, c: Candidate) -> bool:
        """Return whether a name that no word places is large enough for its label."""
        if c.label == "PERSON":
            return c.is_whole_entity and c.inhabitants >= LARGE
        if c.label in ("ORG", "NORP") and c.is_whole_entity:
            return c.inhabitants >= _TOWN
        if c.label is not None:
            return c.inhabitants >= LARGE and self._heads_entity(c)
        if self._touches_capitals(c):
            return c.inhabitants >= LARGE and self._is_before_body(c)
        if FIRST.search(self._before(c)):
            return c.inhabitants >= LARGE
        is_marked = " " in c.name or LOOSE.search(self._before(c))
        return c.inhabitants >= (_SMALL if is_marked else _TOWN)

    def _is_taken(self, c: Candidate) -> bool:
        """Return whether a dictionary name or a title stands against a place here."""
        for known in self._mentions.overlapping(c.start, c.end):
            if not self._is_longer(c, known) and not self._is_metonym(c, known):
                return True
        before = self._before(c)
        return bool(HONORIFIC.search(before) or STATION.search(before))

    def _is_longer(self, c: Candidate, known: Mention) -> bool:
        """Return whether a candidate is longer than the name of a state in it ("New Mexico")."""
        is_state = known.type in ("state", "nationality")
        return is_state and c.end - c.start > known.end - known.start and " " in c.name

    def _is_metonym(self, c: Candidate, known: Mention) -> bool:
        """Return whether the name of a capital stands for its state, but is located here."""
        if known.type != "state" or known.surface != c.name:
            return False
        is_larger = self._gazetteer.is_listed(c.name) or self._gazetteer.is_country(c.name)
        return not is_larger and self._is_located(c)

    def _is_located(self, c: Candidate) -> bool:
        before = self._before(c)
        is_placed = bool(LOCATIVE.search(before) or KIND_OF.search(before))
        return is_placed and not self._goes_on(c)

    def _goes_on(self, c: Candidate) -> bool:
        """Return whether a capitalised word follows that is of no place or body.

        An example is "in Jackson Smith's words".
        """
        if _NEXT_WORD.match(self._text, c.end) is None or c.label in PLACE_LABELS:
            return False
        return not self._is_before_body(c)

    def _is_anchored(self, c: Candidate) -> bool:
        """Return whether the state or country of a place follows: "Bantam, Conn."."""
        after = _LARGER_PLACE.match(self._text[c.end : c.end + _AFTER])
        if after is None or c.name in self._gazetteer.short:
            return False
        if not after.group().startswith(","):
            short = self._gazetteer.short.get(after[1])
            return short is not None and any(_lies_in(place, short) for place in c.places)
        words = after[1].split()
        names = (" ".join(words[:n_words]) for n_words in range(len(words), 0, -1))
        return any(self._lies_in_named(c.places, name) for name in names)

    def _lies_in_named(self, places: Sequence[Place], name: str) -> bool:
        country = self._gazetteer.country(name)
        known = (self._gazetteer.short.get(name), *self._gazetteer.find(name)[:1])
        regions = list(filter(None, known))
        for place in places:
            if place.country == country or any(_lies_in(place, region) for region in regions):
                return True
        return False

    def _heads_entity(self, c: Candidate) -> bool:
        """Return whether a name opens or closes that of a body ("Dublin Arts Council")."""
        if c.entity is None or c.label != "ORG":
            return False
        before = self._text[c.entity[0] : c.start]
        opens = before in ("", "the ", "The ") or before.isupper()
        return opens or before.endswith((" of ", " in ")) or c.end >= c.entity[1] - 2

    def _touches_capitals(self, c: Candidate) -> bool:
        before, after = self._before(c), self._text[c.end : c.end + 2]
        if len(after) == 2 and after[0] == " " and "A" <= after[1] <= "Z":
            return True
        word = _WORD_BEFORE.search(before)
        return word is not None and not FIRST.search(before[: word.start(1)])

    def _is_before_body(self, c: Candidate) -> bool:
        return BODY.match(self._text, c.end) is not None

    def _before(self, c: Candidate) -> str:
        return self._text[max(0, c.start - BEFORE) : c.start]


def _lies_in(place: Place, region: Place) -> bool:
    is_division = not region.admin1 or place.admin1 == region.admin1
    return place.country == region.country and is_division


def _people(text: str, entities: Sequence[Entity]) -> frozenset[str]:
    """Return the words of the persons' names that have two words or more."""
    found = set[str]()
    for entity in entities:
        words = text[entity.start : entity.end].split() if entity.label == "PERSON" else []
        if len(words) > 1:
            found.update(words)
    return frozenset(found)


def _common_words(text: str) -> frozenset[str]:
    """Return the words that are no names.

    They are those that the article also writes small, and the commonest of the language.
    """
    return frozenset(_SMALL_WORD.findall(text)) | frozenset(STOP_WORDS) | place_words().calendar
