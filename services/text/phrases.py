"""Phrases: words side by side, in any case."""

from collections.abc import Sequence

from services.text.tokens import words


def holds_phrase(text: str, phrases: Sequence[str]) -> bool:
    """True if a text holds one of these phrases. One without a word is held by no text."""
    if not phrases:
        return False
    said = words(text)
    return any(_holds(said, words(phrase)) for phrase in phrases)


def _holds(said: Sequence[str], phrase: Sequence[str]) -> bool:
    n = len(phrase)
    return n > 0 and any(said[i : i + n] == phrase for i in range(len(said) - n + 1))
