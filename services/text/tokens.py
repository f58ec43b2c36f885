"""Normalised tokens with their place in the original text: what watches are matched on, here and in Elasticsearch."""

import re
import unicodedata
from dataclasses import dataclass

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": None})


@dataclass(frozen=True, slots=True)
class Token:
    """A normalised word and its span in the text it came from."""

    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Return the words of `text`: NFKC, case-folded, marks removed, Arabic letter forms unified; no transliteration."""
    found = (Token(_normal(m.group()), m.start(), m.end()) for m in _WORD.finditer(text))
    return [token for token in found if token.text]


def _normal(word: str) -> str:
    folded = unicodedata.normalize("NFKC", word).casefold().translate(_ARABIC)
    letters = unicodedata.normalize("NFKD", folded)
    return "".join(c for c in letters if not unicodedata.combining(c) and c not in "'’")
