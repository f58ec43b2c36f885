"""What to say of a value that is none of a closed list."""

from collections.abc import Collection
from difflib import get_close_matches

SHOWN = 80
"""Characters of a wrong value that are repeated: it may be anything."""


def not_allowed(given: str, allowed: Collection[str]) -> str:
    """Return one line: what was given, the allowed value that is closest, if one is, and all that are allowed."""
    shown = given if len(given) <= SHOWN else given[:SHOWN] + "…"
    near = get_close_matches(given[:SHOWN].lower(), allowed, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"{shown!r} is not allowed; {meant}allowed: {', '.join(allowed)}"
