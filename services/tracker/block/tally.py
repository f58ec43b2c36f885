"""Counting distinct articles without keeping them: exact at first, then estimated; order and repetition are no matter.

The k smallest hashes of a set (k minimum values: Bar-Yossef et al. 2002, Beyer et al. 2007) give its size with a standard
error of 1/sqrt(k - 2), and are the same in whatever order and however often its members come. A set is counted in SHARDS
parts, each with a sketch of its own, so that one more member changes little state; together the error is 1.1 %.
"""

from bisect import bisect_left

from services.text.hashes import digest

SHARDS = 64
"""Parts that the range of hashes is cut into."""
K = 128
"""Hashes kept of each part."""

_DIGITS = 15
"""Hexadecimal digits of a hash: 60 bits."""
_RANGE = 16**_DIGITS // SHARDS


def hashed(name: str) -> tuple[int, int]:
    """Return the part that a member belongs to, and its hash in there."""
    hash, part = divmod(int(digest(name)[:_DIGITS], 16), SHARDS)
    return part, hash


def with_member(smallest: tuple[int, ...], hash: int) -> tuple[int, ...]:
    """Return the sketch of a part with one more member; the same one where nothing changes."""
    at = bisect_left(smallest, hash)
    if at == K or smallest[at : at + 1] == (hash,):
        return smallest
    return (*smallest[:at], hash, *smallest[at:])[:K]


def size(smallest: tuple[int, ...]) -> int:
    """Return how many members a part has: exact below K, from there an estimate that only rises."""
    return len(smallest) if len(smallest) < K else int((K - 1) * _RANGE / smallest[-1])
