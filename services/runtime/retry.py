"""Waiting between tries: exponential, with full jitter, capped."""

import random

FIRST_SECONDS = 0.2
MOST_SECONDS = 10.0


def delay(tries: int) -> float:
    """Return how long to wait before try number `tries` + 1 (tries ≥ 1)."""
    ceiling = min(MOST_SECONDS, FIRST_SECONDS * 2 ** min(tries, 16))
    return random.uniform(ceiling / 2, ceiling)
