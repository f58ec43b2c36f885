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
_LATIN_WORD = re.compile(r"\w+(?:['’‘]\w+)*")
_NOT_LATIN = re.compile(
    r"[^\0-\xb1\xb4-\xb8\xba\xbb\xbf-\u024f\u2010-\u203e\u2041-\u2053\u2055-\u206f€™]"
)
"""Characters outside ASCII, Latin, and punctuation, and those that `re` and `regex` class apart.

`re` takes fractions and raised digits for parts of a word, and no tie ("‿"); `regex` the reverse.
For all others `_LATIN_WORD` finds what `_WORD` finds, five times as fast.
"""

_SIMPLE_WORD = re.compile(r"\w+", re.ASCII)
_JOINING = re.compile(r"'(?<=\w')(?:s(?!\w|'\w)|(?=\w))", re.ASCII)
"""What `normal` takes out of a word of a lower-case ASCII text: a possessive, or an apostrophe."""
_SIGNS = (*((sign, "'") for sign in "’‘"), *((sign, " ") for sign in "“”–—…"))

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
    end = len(text) if end is None else end
    found = [
        (normal(m.group()), m.span()) for m in _pattern(text, start, end).finditer(text, start, end)
    ]
    kept = [pair for pair in found if pair[0]]
    return Tokens([word for word, _ in kept], [span for _, span in kept])


def words(text: str, start: int = 0, end: int | None = None) -> list[str]:
    """Return the words of `tokens` without their spans, which is faster."""
    part = _with_ascii_signs(text[start:end])
    if not part.isascii():
        found = _pattern(part, 0, len(part)).findall(part)
        return list(filter(None, map(normal, found)))
    found = _SIMPLE_WORD.findall(_JOINING.sub("", part.lower()))
    if max(map(len, found), default=0) > MAX_LETTERS:
        return [word[:MAX_LETTERS] for word in found]
    return found


def word_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the spans of all words, also of those without a letter that `tokens` leaves out.

    Nothing is normalised, which takes most of the time.
    """
    end = len(text) if end is None else end
    return [m.span() for m in _pattern(text, start, end).finditer(text, start, end)]


def _with_ascii_signs(text: str) -> str:
    """Return a text with plain apostrophes, and blanks for the usual punctuation beyond ASCII."""
    if not text.isascii():
        for sign, plain in _SIGNS:
            text = text.replace(sign, plain)
    return text


def _pattern(text: str, start: int, end: int) -> re.Pattern[str]:
    """Return the fastest pattern that finds the words of a part of a text."""
    if text.isascii():
        return _ASCII_WORD
    if _NOT_LATIN.search(text, start, end) is None:
        return _LATIN_WORD
    pattern: re.Pattern[str] = _WORD
    return pattern


@lru_cache(maxsize=1 << 16)
def normal(word: str) -> str:
    """Return a word in the form for comparison; "" if it has no letter or digit."""
    if word.endswith(("'s", "’s", "'S", "’S")):
        word = word[:-2]
    if word.isascii():
        return word.lower().replace("'", "")[:MAX_LETTERS]
    folded = unicodedata.normalize("NFKC", word).casefold().translate(_UNIFIED)
    letters = (
        c
        for c in unicodedata.normalize("NFKD", folded)
        if not unicodedata.combining(c) and not c.isspace()
    )
    return unicodedata.normalize("NFC", "".join(letters))[:MAX_LETTERS]
