"""Pauses between tries: exponential, with jitter, bounded."""

import random

FIRST_SECONDS = 0.2
"""Half of the longest pause after the first failed try."""
MOST_SECONDS = 10.0
"""The longest pause."""


def delay(tries: int) -> float:
    """Return the seconds to wait before try number `tries` + 1 (`tries` ≥ 1)."""
    ceiling = min(MOST_SECONDS, FIRST_SECONDS * 2 ** min(tries, 16))
    return random.uniform(ceiling / 2, ceiling)
