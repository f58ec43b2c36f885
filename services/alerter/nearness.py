"""Pairs of words that stand near each other in an article, found for all queries at once.

All pairs of the article's words within reach are made. A filter of one hash (Bloom 1970) rules out
nearly all that no query names. The caller looks up the rest.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

BITS = 20
"""The filter has 2**BITS places. With 100,000 pairs added, it lets one in ten others through."""

_MIX = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


def pair_key(a: int, b: int) -> int:
    """Return the same number for both orders of two word numbers."""
    return min(a, b) << 31 | max(a, b)


class NearPairs:
    """A set of pairs of word numbers (31 bits each), and how far apart they may stand.

    Pairs are added, and never removed.
    """

    def __init__(self) -> None:
        self._filter = np.zeros(1 << BITS, dtype=np.bool_)
        self._reach = 0

    def add(self, key: int, reach: int) -> None:
        """Add the pair of a key, up to `reach` positions apart.

        The work of `candidates` grows with the largest reach.
        """
        self._filter[(key * _MIX & _MASK) >> (64 - BITS)] = True
        self._reach = max(self._reach, reach)

    def candidates(self, numbers: list[int]) -> set[int]:
        """Return keys of pairs near each other in a row of word numbers.

        Those are all pairs that were added, and by chance some others.
        """
        reach, n = self._reach, len(numbers)
        if not reach or n < 2:
            return set()
        row: NDArray[np.int64] = np.full(n + reach, -1, dtype=np.int64)
        row[:n] = numbers
        # Row i of `later` is the row of numbers moved by i + 1, without a copy.
        strides = (row.itemsize, row.itemsize)
        later = as_strided(row[1:], shape=(reach, n), strides=strides, writeable=False)
        keys = np.minimum(row[:n], later) << 31 | np.maximum(row[:n], later)
        places = keys.view(np.uint64) * np.uint64(_MIX) >> np.uint64(64 - BITS)
        found: list[int] = keys[self._filter[places]].tolist()
        return set(found)
