"""Normalised tokens with their spans: what watches match, here and in Elasticsearch."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import regex

Span = tuple[int, int]

MAX_LETTERS = 100
"""Letters of a word; longer ones are cut.

Elasticsearch's whitespace tokenizer would break them at 255.
"""

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
"""Scripts without blanks between words: every letter is a token, and a word is a phrase."""

_WORD = regex.compile(
    rf"[{_UNSPACED}]\p{{M}}*|[\w\p{{M}}--{_UNSPACED}]+(?:['’‘][\w\p{{M}}--{_UNSPACED}]+)*", regex.V1
)
_ASCII_WORD = re.compile(r"\w+(?:'\w+)*", re.ASCII)

# NFKD does not unify these: forms of one Arabic letter, letters with a stroke, the dotless i,
# apostrophes that are letters.
_UNIFIED = str.maketrans(
    dict(zip("أإآٱىیئةہؤک", "اااايييههوك", strict=True))
    | {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
    | dict.fromkeys("ـ'’‘ʼʻʾʿ")
)


class Tokens(NamedTuple):
    """The normalised words of a text, and their spans."""

    words: list[str]
    spans: list[Span]


def tokens(text: str, start: int = 0, end: int | None = None) -> Tokens:
    """Return the words of `text[start:end]`, with spans that count from the start of `text`.

    Words are NFKC, case-folded, without marks and possessive 's, with Arabic letter forms unified.
    Nothing is transliterated.
    """
    pattern: re.Pattern[str] = _ASCII_WORD if text.isascii() else _WORD
    found = [
        (normal(m.group()), m.span())
        for m in pattern.finditer(text, start, len(text) if end is None else end)
    ]
    kept = [pair for pair in found if pair[0]]
    return Tokens([word for word, _ in kept], [span for _, span in kept])


@lru_cache(maxsize=1 << 16)
def normal(word: str) -> str:
    """Return a word in the form for comparison; "" if it has no letter or digit."""
    if word.endswith(("'s", "’s", "'S", "’S")):
        word = word[:-2]
    folded = unicodedata.normalize("NFKC", word).casefold().translate(_UNIFIED)
    letters = (
        c
        for c in unicodedata.normalize("NFKD", folded)
        if not unicodedata.combining(c) and not c.isspace()
    )
    return unicodedata.normalize("NFC", "".join(letters))[:MAX_LETTERS]
