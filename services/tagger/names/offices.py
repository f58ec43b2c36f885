"""The titles right before a name, and which of them no one person bears at a time."""

import re
from collections.abc import Set as AbstractSet
from functools import cache

from services.tagger.lexicon.words import any_of, cues, forms

_WITHIN = 60
"""Characters before a name in which its title stands."""
_WORDS = re.compile(r"(?:[A-Za-z][\w’'-]*[.,]? ){1,6}$")


def titles_before(text: str, start: int) -> frozenset[str]:
    """Return the titles before a name, in lower case, and a noun for a man or woman.

    There are none where the bearer has them no longer ("the former governor").
    """
    found = _WORDS.search(text, max(0, start - _WITHIN), start)
    words = found.group().lower().replace(".", "").split() if found else []
    titles: set[str] = set()
    for word in reversed(words):
        if word in any_of(cues().title_heads, _men(), _women()):
            titles.add(word)
        elif word.rstrip(",") in any_of(_men(), _women()):
            return frozenset({*titles, word.rstrip(",")})
        elif word in forms().past_titles:
            return frozenset()
        elif word not in any_of(cues().title_parts, forms().within_titles):
            break
    return frozenset(titles)


def exclude_each_other(some: AbstractSet[str], others: AbstractSet[str]) -> bool:
    """Return whether titles are of two people: a judge and a senator, Mr and Mrs."""
    if (some & _men() and others & _women()) or (some & _women() and others & _men()):
        return True
    ours, theirs = some & forms().sole_offices, others & forms().sole_offices
    return bool(ours and theirs) and not any(_is_one(a, b) for a in ours for b in theirs)


@cache
def _men() -> frozenset[str]:
    return any_of(forms().male_titles, forms().male)


@cache
def _women() -> frozenset[str]:
    return any_of(forms().female_titles, forms().female)


def _is_one(a: str, b: str) -> bool:
    """Return whether one of two words abbreviates the other ("Sen", "Senator")."""
    return a.startswith(b) or b.startswith(a)
