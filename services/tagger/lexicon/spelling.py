"""Words of names and texts as the automaton compares them: folded, between marks."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

_OPEN, _CLOSE = "\x02", "\x03"
"""Marks around each word, which no word holds."""
_WORD = re.compile(r"\w+(?:['’](?!s\b)\w+)*")
_ACRONYM = 5
"""Letters up to which a word in capitals is an acronym, and must stand in the text as it is."""
SURE_NAME = 6
"""Letters from which a single word is believed to be a name in a text without capitals."""
_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": None}
)


class Words:
    """A text as the automaton reads it: its folded words between marks.

    It knows which word each character belongs to.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans: list[tuple[int, int]] = []
        self._starts: list[int] = []
        pieces, at = [], 0
        for match in _WORD.finditer(text):
            piece = _piece(match.group())
            self._starts.append(at)
            self.spans.append(match.span())
            pieces.append(piece)
            at += len(piece)
        self.folded = "".join(pieces)
        self.is_cased = any(map(str.isupper, text))

    def word_at(self, at: int) -> int:
        """Return the number of the word that a character of the folded text belongs to."""
        return bisect_right(self._starts, at) - 1

    def words(self, first: int, last: int) -> list[str]:
        """Return the words from one number to another, both included, as the text has them."""
        return [self.text[slice(*span)] for span in self.spans[first : last + 1]]


def pattern_of(surface: str) -> str:
    """Return what the automaton looks for to find a name."""
    return "".join(map(_piece, _WORD.findall(surface)))


@lru_cache(maxsize=65_536)
def _piece(word: str) -> str:
    return f"{_OPEN}{_folded(word)}{_CLOSE}"


def _folded(word: str) -> str:
    """Return a word in NFKD, case-folded, without marks and apostrophes.

    Arabic letter forms are unified.
    """
    if word.isascii():
        return word.lower().replace("'", "")
    composed = unicodedata.normalize("NFKC", word).casefold().translate(_ARABIC)
    return "".join(filter(_is_letter, unicodedata.normalize("NFKD", composed)))


def _is_letter(character: str) -> bool:
    return not unicodedata.combining(character) and character not in "'’"


def fits(surface: str, words: Sequence[str], *, cased: bool) -> bool:
    """Return whether words of a text have the capitals of a name.

    Acronyms must stand as they are, other words need a capital at their start.
    """
    own = _WORD.findall(surface)
    if not cased:
        return len(own) > 1 or len(own[0]) >= SURE_NAME
    return all(map(_word_fits, own, words))


def is_unspeakable(surface: str) -> bool:
    """Return whether a name is letters that nobody reads as a word ("FMLN")."""
    is_acronym = surface.isalpha() and surface.isupper() and len(surface) > 2
    return is_acronym and sum(letter in "AEIOU" for letter in surface) < 2


def _word_fits(own: str, word: str) -> bool:
    is_mixed = len(own) > 1 and not own[1:].islower() and own[1:].isalpha()
    if len(own) <= _ACRONYM and (own.isupper() or is_mixed):
        return own == word
    return word[0].isupper() or not own[0].isupper()
