"""Numbers of people: digits, words, and what stands before them ("at least")."""

from typing import Any

from services.messages import Count

_UP_TO_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve "
    "thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
)
_TENS = {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
    "dozen": 12,
}
_WORDS = {word: n for n, word in enumerate(_UP_TO_TWENTY.split())} | _TENS
_VAGUE = {"dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2000}
"""Lowest numbers that the words stand for; there is no highest."""

_AT_LEAST = frozenset({"least", "than", "over"})
MAX_PEOPLE = 100_000


def number(word: str) -> int | None:
    """Return the number that a token says, None for none, for years, and for more than a city."""
    plain = word.replace(",", "").casefold()
    if plain.isdigit():
        value = int(plain)
        return value if value <= MAX_PEOPLE and not 1900 <= value <= 2100 else None
    parts = plain.split("-")
    if len(parts) == 2 and parts[0] in _WORDS and parts[1] in _WORDS:
        return _WORDS[parts[0]] + _WORDS[parts[1]]
    return _WORDS.get(plain)


def count_of(token: Any, event: str, base: int) -> Count | None:
    """Return the number on a noun ("at least five civilians") as a count of `event`; spans start at `base`."""
    for child in [*token.children, token]:
        if child.lemma_.casefold() in _VAGUE or child.lower_ in _VAGUE:
            low = _VAGUE.get(child.lower_, _VAGUE.get(child.lemma_.casefold(), 0))
            return Count(
                of=event, min=low, max=None, modifier=child.lower_, span=(base + child.idx, base + child.idx + len(child))
            )
        value = number(child.text) if child.dep_ == "nummod" or (child is token and child.pos_ == "NUM") else None
        if value is not None:
            around = {w.lower_ for w in child.children} | {w.lower_ for c in child.children for w in c.children}
            at_least = bool(around & _AT_LEAST)
            start, end = base + child.idx, base + child.idx + len(child)
            return Count(
                of=event, min=value, max=None if at_least else value, modifier="at least" if at_least else None, span=(start, end)
            )
    return None
