"""Counting distinct articles without keeping them: exact for few, estimated for many.

The k smallest hashes of a set (k minimum values: Bar-Yossef et al. 2002, Beyer et al. 2007) give
its size with a standard error of 1/sqrt(k - 2). They are the same in any order and with any
repetition. A set is counted in SHARDS parts, each with a sketch of its own, so that one more member
changes little state. Together the error is 1.1 %.
"""

from bisect import bisect_left

from services.text.hashes import digest

SHARDS = 64
"""Parts that the range of hashes is divided into."""

K = 128
"""Hashes kept of each part: up to so many members its count is exact."""

_DIGITS = 15
"""Hexadecimal digits of a hash: 60 bits."""

_RANGE = 16**_DIGITS // SHARDS


def hashed(name: str) -> tuple[int, int]:
    """Return the part that a member belongs to, and its hash within the part."""
    rest, part = divmod(int(digest(name)[:_DIGITS], 16), SHARDS)
    return part, rest


def with_member(smallest: tuple[int, ...], member: int) -> tuple[int, ...]:
    """Return the sketch of a part with one more hash; the same sketch if nothing changes."""
    at = bisect_left(smallest, member)
    if at == K or smallest[at : at + 1] == (member,):
        return smallest
    return (*smallest[:at], member, *smallest[at:])[:K]


def size(smallest: tuple[int, ...]) -> int:
    """Return the number of members of a part: exact below K, then an estimate that only rises."""
    return len(smallest) if len(smallest) < K else int((K - 1) * _RANGE / smallest[-1])
