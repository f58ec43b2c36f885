"""Whether two names are spellings of one.

Each word of the shorter one must match a word of the longer one.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

from services.text.names import name_words, word_lists
from services.text.romanise import ARABIC, romanise
from services.text.sounds import likeness, sounds

SAME = 0.78
"""Likeness from which two names count as the same."""

_UNITS = "one two three four five six seven eight nine ten eleven twelve"
_ROMAN_NUMERALS = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi"
_ROMAN = tuple(_ROMAN_NUMERALS.split())
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBERS = (
    {word: n for n, word in enumerate(_UNITS.split(), start=1)}
    | {word: n for n, word in enumerate(_ROMAN, start=1)}
    | {word: 10 * n for n, word in enumerate(_TENS.split(), start=2)}
)
_IDEOGRAMS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SHORT_LETTERS = 3
"""Letters of a short word ("Kim"). One letter more or less makes it another name."""
_SHORT_AT_MOST = 0.7
"""The likeness of short words that sound different: "Kim" is not "Jim"."""
_INITIAL = 0.85
"""Likeness of an initial to a word that it begins: "J." may be John or James."""
_SQUASHED = 0.93
"""Likeness of names without their blanks from which blanks do not matter: "PolPot"."""
_ACROSS_SCRIPTS = 0.1
"""Likeness added if one of a pair is in Arabic letters.

Vowels are missing there, and letters stand for several sounds.
"""
_MAX_EXTRA = 2
"""Words that the longer name of one person may have beyond the shorter one's."""
_EXTRA = 0.02
"""Likeness lost with each such word."""
_WORST, _MEAN = 0.8, 0.2
"""Weights of the least similar pair of words and of the mean of all pairs: one bad pair decides."""
_PART = 0.5
"""Share of the likeness left if one name is one word of the other: "Alloush" may be many people."""


def name_likeness(a: str, b: str) -> float:
    """Return how likely two names are spellings of one, from 0 to 1; `SAME` decides.

    Symmetric. A name without letters equals none.
    """
    words_a, words_b = name_words(a), name_words(b)
    core_a, core_b = _core(words_a), _core(words_b)
    (core_a, numbers_a), (core_b, numbers_b) = _without_numbers(core_a), _without_numbers(core_b)
    if numbers_a != numbers_b or _forms_differ(words_a, words_b):
        return 0.0
    if not core_a or not core_b:
        return float(bool(numbers_a) and core_a == core_b)
    if _IDEOGRAMS.search(a) and _IDEOGRAMS.search(b):
        return float("".join(a.split()) == "".join(b.split()))
    gift = _ACROSS_SCRIPTS if bool(ARABIC.search(a)) != bool(ARABIC.search(b)) else 0.0
    squashed = likeness(_squashed(core_a), _squashed(core_b))
    if len(core_a) == len(core_b) == 1:
        return _bounded(max(squashed, _spelled_apart(a, b)) + gift)
    if len(core_a) != len(core_b) and (squashed > _SQUASHED or _spelled_apart(a, b)):
        return _bounded(max(squashed, _SQUASHED) + gift)
    is_company = len(core_a) + len(core_b) < len(words_a) + len(words_b)
    return _bounded(_by_words(*sorted((core_a, core_b), key=len), is_company=is_company) + gift)


def is_same_name(a: str, b: str) -> bool:
    """Return True if two names are spellings of one."""
    return name_likeness(a, b) >= SAME


def _by_words(shorter: Sequence[str], longer: Sequence[str], *, is_company: bool) -> float:
    """Return the likeness of two names by their best pairing of words.

    Only names of people may leave words out.
    """
    matched = _pair_words(shorter, longer)
    extra = len(longer) - len(shorter)
    if len(shorter) == 1 or extra > _MAX_EXTRA or (extra and is_company):
        return _PART * min(matched)
    return _WORST * min(matched) + _MEAN * sum(matched) / len(matched) - _EXTRA * extra


def _pair_words(shorter: Sequence[str], longer: Sequence[str]) -> list[float]:
    """Return the likeness of each word of the shorter name to its partner.

    The best pairs are taken first (greedy).
    """
    pairs = []
    for i, x in enumerate(shorter):
        pairs += [(_word_likeness(x, y), i, j) for j, y in enumerate(longer)]
    left, right, found = set[int](), set[int](), []
    for alike, i, j in sorted(pairs, key=lambda pair: (-pair[0], pair[1:])):
        if i not in left and j not in right:
            left.add(i)
            right.add(j)
            found.append(alike)
    return found


def _word_likeness(a: str, b: str) -> float:
    if (len(a) == 1) != (len(b) == 1) and a[0] == b[0]:
        return _INITIAL
    alike = likeness(sounds(a), sounds(b))
    is_sure = alike == 1.0 or min(len(a), len(b)) > _SHORT_LETTERS
    return alike if is_sure else min(alike, _SHORT_AT_MOST)


@cache
def _forms() -> dict[str, str]:
    return {
        form: kind for kind, forms in word_lists().legal_forms.items() for form in forms.split()
    }


def _core(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in _forms()] or list(words)


def _forms_differ(a: Iterable[str], b: Iterable[str]) -> bool:
    left, right = _legal_forms(a), _legal_forms(b)
    return bool(left and right and not left & right)


def _legal_forms(words: Iterable[str]) -> set[str]:
    return {_forms()[word] for word in words if word in _forms()}


def _without_numbers(words: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return the other words of a name, and its numbers: "Brigade Forty-Four" has 44.

    A Roman number at the start is a word ("Xi").
    """
    values = [
        int(w) if w.isdigit() else _NUMBERS.get(w, 0) if i or w not in _ROMAN else 0
        for i, w in enumerate(words)
    ]
    others = [word for word, value in zip(words, values, strict=True) if not value]
    for i, (tens, unit) in enumerate(pairwise(values)):
        if tens in range(20, 100, 10) and unit in range(1, 10):
            values[i : i + 2] = [tens + unit, 0]
    return others, sorted(filter(None, values))


def _squashed(words: Sequence[str]) -> str:
    return sounds("".join(words))


def _spelled_apart(a: str, b: str) -> float:
    """Return 1 for names of the same letters with other blanks, else 0.

    An example: "van der Bilt", "Vanderbilt".
    """
    return float(sounds("".join(romanise(a).split())) == sounds("".join(romanise(b).split())))


def _bounded(value: float) -> float:
    return max(0.0, min(1.0, value))
