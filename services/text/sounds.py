"""The sound of a romanised word, coarsely, and the likeness of two sounds.

A word becomes a string with one letter for each sound: digraphs are one sound, doubled letters are
single, a last `h` after a vowel is dropped. Likeness is an edit distance (Levenshtein 1966). Sounds
that spellers exchange cost little: vowels for each other, `q k g`, `s z`, `b p`, `f v w`. A missing
vowel costs less than a missing consonant.
"""

import re
from functools import lru_cache

_SPELLINGS = (
    "tsch:C shch:S tch:C sch:S tsh:C dzh:j sh:S ch:C kh:X gh:G th:T dh:D ph:f zh:J dj:j "
    "ck:k qu:k x:ks eaux:o eau:o ou:u oo:u ee:i ie:i oe:o ue:u ae:Y ay:Y ai:Y ei:Y ey:Y "
    "au:W aw:W ow:W"
)
_DIGRAPHS = [pair.split(":") for pair in _SPELLINGS.split()]
_VOWELS = frozenset("aeiouwyWY")
_EXCHANGED = {
    0.15: "ae ei ou iY eY yY yi uW oW aW yj jY uw ow iy ey wW",
    0.2: "kq qG gG kX hX Dd Dz tT sz CS jJ Jz gk Sj TD fv vw bp sT SX sS Cj Gk gq sJ zS",
    0.35: "ai ao eo Yo eW gj gJ td bv pf kC XC jh Gh gh zT TX Gr sC tC kS",
    0.45: "aY eu iu io Yu",
    0.55: "au",
}
_SUBSTITUTION: dict[str, float] = {}
for _cost, _pairs in _EXCHANGED.items():
    for _pair in _pairs.split():
        _SUBSTITUTION |= {_pair: _cost, _pair[::-1]: _cost}
_LEFT_OUT = {"h": 0.35, "w": 0.4, "G": 0.7, "j": 0.8}
_VOWEL_LEFT_OUT = 0.3
_FIRST_VOWEL_LEFT_OUT = 0.45
_LAST_CONSONANT_LEFT_OUT = 1.2
"""Costs of a sound that one spelling lacks, beside those above: Zahran is not Zahra."""
_NISBA = 0.9
"""The cost of a last `i`, which makes another word in half of Asia.

Somebody of Kuwait is Kuwaiti.
"""


@lru_cache(maxsize=65_536)
def sounds(word: str) -> str:
    """Return the sounds of a lower-case ASCII word. Digits stay, other signs are dropped."""
    found = re.sub(r"^(?:x|hs)(?=[aeiouy])", "sh", re.sub(r"[^a-z0-9']", "", word))
    for letters, sound in _DIGRAPHS:
        found = found.replace(letters, sound)
    found = re.sub(r"c(?=[eiyY])", "s", found.replace("'", "")).replace("c", "k")
    found = re.sub(r"([^0-9])\1+", r"\1", found)
    found = re.sub(r"(?<=[aeiouYW])h$", "", found)
    return re.sub(r"(?<![aeiouwyWY])y(?![aeiouW])", "i", found)


@lru_cache(maxsize=65_536)
def likeness(a: str, b: str) -> float:
    """Return how alike two strings of sounds are: 1 if equal, 0 or less if unlike."""
    if a == b:
        return 1.0
    weight = _weight(a) + _weight(b)
    return 1.0 - 2.0 * _distance(a, b) / weight if weight else 0.0


def _distance(a: str, b: str) -> float:
    before = [0.0]
    for j in range(len(b)):
        before.append(before[-1] + _left_out(b, j))
    for i, x in enumerate(a):
        dropped = _left_out(a, i)
        row = [before[0] + dropped]
        for j, y in enumerate(b):
            changed = before[j] + (0.0 if x == y else _exchanged(x, y))
            row.append(min(changed, before[j + 1] + dropped, row[j] + _left_out(b, j)))
        before = row
    return before[-1]


def _exchanged(x: str, y: str) -> float:
    return _SUBSTITUTION.get(x + y) or (1.0 if (x in _VOWELS) == (y in _VOWELS) else 1.2)


def _left_out(word: str, at: int) -> float:
    if word[at] in _LEFT_OUT:
        return _LEFT_OUT[word[at]]
    if word[at] == "i" and at == len(word) - 1:
        return _NISBA
    if word[at] in _VOWELS:
        return _VOWEL_LEFT_OUT if at else _FIRST_VOWEL_LEFT_OUT
    return _LAST_CONSONANT_LEFT_OUT if at == len(word) - 1 else 1.0


def _weight(word: str) -> float:
    return sum(0.5 if c in _VOWELS else 1.0 for c in word)
