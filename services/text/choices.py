"""Messages about a value that is not in a list: similar values, and the allowed ones."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from itertools import islice

SHOWN = 80
"""Characters of a wrong value that are repeated: it may be anything."""

MOST_MEANT = 3
"""Similar values that are named."""

MOST_COMPARED = 20_000
"""Values that are compared with a wrong one, which takes half a second.

Only a large file has more ids.
"""

LEAST_BEGINNING = 3
"""Letters from which a value with this beginning, or with a word of it, counts as similar."""


def nearest(given: str, allowed: Iterable[str]) -> list[str]:
    """Return the similar allowed values, at most MOST_MEANT.

    That is one of nearly equal spelling, else those with this beginning, else those with a later
    word that begins so.
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
    """Return `did you mean a?` or `did you mean a or b?`; "" if no allowed value is similar."""
    near = nearest(given, allowed)
    return f"did you mean {' or '.join(near)}?" if near else ""


def not_allowed(given: str, allowed: Collection[str]) -> str:
    """Return one line: the value given, similar allowed values, and all allowed ones."""
    shown = given if len(given) <= SHOWN else given[:SHOWN] + "…"
    meant = did_you_mean(given, allowed)
    return f"{shown!r} is not allowed; {meant + ' ' if meant else ''}allowed: {', '.join(allowed)}"
