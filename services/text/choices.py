"""What to say of a value that is none of a list: the values that may have been meant, and those that there are."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from itertools import islice

SHOWN = 80
"""Characters of a wrong value that are repeated: it may be anything."""

MOST_MEANT = 3
"""Values that are named where several may be meant."""

MOST_COMPARED = 20_000
"""Values that are compared with a wrong one, which takes half a second: more is what ids of a large file are."""

LEAST_BEGINNING = 3
"""Letters from which on what begins so, or holds a word that does, is meant."""


def nearest(given: str, allowed: Iterable[str]) -> list[str]:
    """Return the allowed values that may be meant, at most MOST_MEANT.

    That is the one that is spelled alike, else those that begin so, else those of which a later word does.
    """
    low = given[:SHOWN].lower()
    compared = {value.lower(): value for value in islice(allowed, MOST_COMPARED)}
    if close := get_close_matches(low, compared, n=1):
        return [compared[close[0]]]
    if len(low) < LEAST_BEGINNING:
        return []
    beginning = [value for key, value in compared.items() if key.startswith(low)]
    inside = [value for key, value in compared.items() if f"_{low}" in key or f"-{low}" in key]
    return (beginning or inside)[:MOST_MEANT]


def did_you_mean(given: str, allowed: Iterable[str]) -> str:
    """Return `did you mean a?` or `did you mean a or b?`; nothing where no allowed value is near."""
    near = nearest(given, allowed)
    return f"did you mean {' or '.join(near)}?" if near else ""


def not_allowed(given: str, allowed: Collection[str]) -> str:
    """Return one line: what was given, the allowed values that are near, and all that are allowed."""
    shown = given if len(given) <= SHOWN else given[:SHOWN] + "…"
    meant = did_you_mean(given, allowed)
    return f"{shown!r} is not allowed; {meant + ' ' if meant else ''}allowed: {', '.join(allowed)}"
