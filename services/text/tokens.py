"""Normalised tokens with their place in the original text: what watches are matched on, here and in Elasticsearch."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import regex

Span = tuple[int, int]

MAX_LETTERS = 100
"""Longer words are cut: Elasticsearch's whitespace tokenizer would break them in two at 255."""

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
"""Scripts written without blanks between words: every letter is a token, and a word of them is a phrase."""

_WORD = regex.compile(rf"[{_UNSPACED}]\p{{M}}*|[\w\p{{M}}--{_UNSPACED}]+(?:['’‘][\w\p{{M}}--{_UNSPACED}]+)*", regex.V1)
_ASCII_WORD = re.compile(r"\w+(?:'\w+)*", re.ASCII)

# NFKD leaves these whole: letter forms of one Arabic letter, letters with a stroke, the dotless i, apostrophes that are letters.
_UNIFIED = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ة": "ه", "ہ": "ه", "ؤ": "و", "ک": "ك", "ـ": None}
    | {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
    | dict.fromkeys("'’‘ʼʻʾʿ")
)


class Tokens(NamedTuple):
    """The words of a text, normalised, and the span that each came from."""

    words: list[str]
    spans: list[Span]


def tokens(text: str, start: int = 0, end: int | None = None) -> Tokens:
    """Return the words of `text[start:end]` with spans that count from the start of `text`.

    Words are NFKC, case-folded, without marks and possessive 's, with Arabic letter forms unified; nothing is transliterated.
    """
    pattern: re.Pattern[str] = _ASCII_WORD if text.isascii() else _WORD
    found = [(normal(m.group()), m.span()) for m in pattern.finditer(text, start, len(text) if end is None else end)]
    kept = [pair for pair in found if pair[0]]
    return Tokens([word for word, _ in kept], [span for _, span in kept])


@lru_cache(maxsize=1 << 16)
def normal(word: str) -> str:
    """Return a word as it is compared; "" if nothing of it is a letter or digit."""
    if word.endswith(("'s", "’s", "'S", "’S")):
        word = word[:-2]
    folded = unicodedata.normalize("NFKC", word).casefold().translate(_UNIFIED)
    letters = (c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c) and not c.isspace())
    return unicodedata.normalize("NFC", "".join(letters))[:MAX_LETTERS]
