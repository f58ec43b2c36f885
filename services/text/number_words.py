"""Numbers in English words and digits, as phrases hold them ("at least twenty-three people")."""

import re

_WORD = re.compile(r"[\w,-]+")
_UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES = {word: n for n, word in enumerate(_UNITS.split(), start=1)} | {
    word: 10 * n for n, word in enumerate(_TENS.split(), start=2)
}


def number_in(phrase: str) -> int | None:
    """Return the first number of a phrase, below a hundred if in words; None without one."""
    return next(filter(None, map(_value, phrase.lower().split())), None)


def numbers_in(text: str) -> frozenset[int]:
    """Return all numbers of a text, those in words below a hundred."""
    words = (word.strip(",-") for word in _WORD.findall(text.lower()))
    return frozenset(filter(None, map(_value, words)))


def _value(word: str) -> int | None:
    if (digits := word.replace(",", "")).isdecimal():
        return int(digits)
    values = [_VALUES.get(part) for part in word.split("-")]
    return sum(filter(None, values)) if None not in values else None
