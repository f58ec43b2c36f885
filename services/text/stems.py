"""Stems: the part of an English word that its inflections share."""

from functools import lru_cache

_SHORTEST = 4
"""Letters that a stem keeps at least, so that "bring" and "need" stay whole."""

_ENDINGS = ("ing", "ed", "e")


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return a word in lower case without the ending of a plural, a participle, or a past.

    The plural is taken off as by Harman (1991, "How effective is suffixing?", the S stemmer), then
    the endings of Porter (1980, "An algorithm for suffix stripping", steps 1b and 5a).
    """
    word = _singular(word)
    ending = next((end for end in _ENDINGS if word.endswith(end)), "")
    return word[: -len(ending)] if ending and len(word) - len(ending) >= _SHORTEST else word


def _singular(word: str) -> str:
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return f"{word[:-3]}y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    return word[:-1] if word.endswith("s") and not word.endswith(("us", "ss")) else word
