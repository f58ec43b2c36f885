"""Which of many pairs of words stand near each other in an article: all pairs of its words within reach, told at one go.

A filter of one hash (Bloom 1970) rules out nearly all of them; what it lets through is looked up by the caller.
"""

import numpy as np
from numpy.typing import NDArray

BITS = 20
"""The filter has 2**BITS places: a hundred thousand pairs let one in ten of the others through."""

_MIX = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


def pair_key(a: int, b: int) -> int:
    """Return the same number for both orders of two word numbers."""
    return min(a, b) << 31 | max(a, b)


class NearPairs:
    """A set of pairs of word numbers (31 bits each) and how far apart they may stand; pairs are added, never taken out."""

    def __init__(self) -> None:
        self._filter = np.zeros(1 << BITS, dtype=np.bool_)
        self._reach = 0

    def add(self, key: int, reach: int) -> None:
        """Add the pair of a key, up to `reach` positions apart; the work of telling grows with the farthest."""
        self._filter[(key * _MIX & _MASK) >> (64 - BITS)] = True
        self._reach = max(self._reach, reach)

    def candidates(self, numbers: list[int]) -> set[int]:
        """Return the keys of pairs near each other in a row of word numbers: all that were added, and by chance others."""
        reach, n = self._reach, len(numbers)
        if not reach or n < 2:
            return set()
        row: NDArray[np.int64] = np.full(n + reach, -1, dtype=np.int64)
        row[:n] = numbers
        later = np.lib.stride_tricks.as_strided(row[1:], shape=(reach, n), strides=(row.itemsize, row.itemsize), writeable=False)
        keys = np.minimum(row[:n], later) << 31 | np.maximum(row[:n], later)
        places = keys.view(np.uint64) * np.uint64(_MIX) >> np.uint64(64 - BITS)
        found: list[int] = keys[self._filter[places]].tolist()
        return set(found)
