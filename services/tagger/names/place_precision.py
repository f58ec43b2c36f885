"""Precision: how exactly a mention names a place.

The words beside it decide first ("Aleppo province", "the village of Meris"), then the gazetteer,
then the words of the name itself ("Cleaver Road").
"""

import re
from collections.abc import Mapping
from functools import cache

from services.messages import Mention, Precision
from services.tagger.lexicon.gazetteer import Gazetteer, PlaceWords

_BESIDE = 40
"""Characters on either side of a name in which the noun for its kind may stand."""
OF_LABEL: Mapping[str, Precision] = {"FAC": "site", "LOC": "region"}
"""What the recogniser's label says of a name that nothing else tells of."""


def precision_of(mention: Mention, text: str, known: Gazetteer) -> Precision:
    """Return how exactly a place is named; a name that nothing is known of is a town's."""
    said = _by_kind(mention, text, known)
    if said is not None:
        return said
    if known.is_country(mention.surface):
        return "country"
    place = known.short.get(mention.surface) or next(iter(known.find(mention.surface)), None)
    if place is not None:
        return place.precision
    own = _by_form(mention.surface, known.words)
    return own or mention.precision or ("site" if _is_at(mention, text) else "town")


def _is_at(mention: Mention, text: str) -> bool:
    """Return whether "at" stands before a name: it takes a place for a point, "in" for an area."""
    return text.endswith((" at ", " at the "), 0, mention.start)


def _by_kind(mention: Mention, text: str, known: Gazetteer) -> Precision | None:
    """Return what a noun beside a name says: "X province", "the village of X"."""
    kind = _kind_behind(known).match(text, mention.end, mention.end + _BESIDE)
    if kind is None:
        before = text[max(0, mention.start - _BESIDE) : mention.start]
        kind = _kind_before(known).search(before)
    return _precision_in(kind[1].lower(), known.words.kinds) if kind is not None else None


def _by_form(name: str, words: PlaceWords) -> Precision | None:
    """Return what the last or the first word of a name says ("Marion County", "Lake Chad")."""
    last = _precision_in(name.rpartition(" ")[2], words.last_words)
    if last is not None:
        return last
    firsts = ((kind, word) for kind, of_kind in words.first_words.items() for word in of_kind)
    return next((kind for kind, word in firsts if name.startswith(f"{word} ")), None)


def _precision_in(word: str, words: Mapping[Precision, frozenset[str]]) -> Precision | None:
    return next((kind for kind, of_kind in words.items() if word in of_kind), None)


@cache
def _kind_behind(known: Gazetteer) -> re.Pattern[str]:
    return re.compile(rf" ({_kinds(known)})(?![\w-])", re.IGNORECASE)


@cache
def _kind_before(known: Gazetteer) -> re.Pattern[str]:
    return re.compile(rf"\b({_kinds(known)}) of (?:the )?$", re.IGNORECASE)


def _kinds(known: Gazetteer) -> str:
    return "|".join(sorted(word for of_kind in known.words.kinds.values() for word in of_kind))
