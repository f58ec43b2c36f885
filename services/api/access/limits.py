"""How often somebody may ask. Counts are of this process."""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

REQUESTS_A_MINUTE = 600
"""Requests of one token a minute.

A page loads some ten parts, so this is a page a second; a program that asks ten times a second
should use the live stream.
"""

WRONG_A_MINUTE = 20
"""Wrong tokens from one address a minute that are answered as such. Somebody mistypes a few."""

_ROUNDING = 1e-6
"""Of a request. The time that somebody waited, counted in floats, may fall short by so much."""

MOST_KEYS = 10_000
"""Tokens and addresses that are remembered, about two megabytes."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Limit:
    """A bucket for each key: so many at once, and as many a minute.

    The key that was used longest ago is forgotten if there are too many. For one thread.
    """

    def __init__(
        self, a_minute: int, clock: Callable[[], float], most_keys: int = MOST_KEYS
    ) -> None:
        self._most, self._clock, self._most_keys = a_minute, clock, most_keys
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait_seconds(self, key: str) -> int:
        """Count one. Return 0, or the whole seconds until the next is allowed: then none counts."""
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(float(self._most), now))
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._most_keys:
            self._buckets.popitem(last=False)
        bucket.left = min(self._most, bucket.left + (now - bucket.at) * self._most / 60)
        bucket.at = now
        if bucket.left < 1 - _ROUNDING:
            return max(1, math.ceil((1 - bucket.left) * 60 / self._most))
        bucket.left -= 1
        return 0
