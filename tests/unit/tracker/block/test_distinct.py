"""Counting distinct articles: exact for few, near for many, in any order."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from services.tracker.block.distinct import K, hashed, size, with_member


def test_a_part_is_exact_below_the_hashes_kept_and_then_an_estimate():
    assert size(tuple(range(K - 1))) == K - 1
    assert size(tuple(range(K))) > 10**6, "so small hashes belong to a large set"


def counted(names):
    """Yield the count after each name."""
    parts: defaultdict[int, tuple[int, ...]] = defaultdict(tuple)
    for name in names:
        part, number = hashed(name)
        parts[part] = with_member(parts[part], number)
        yield sum(map(size, parts.values()))


@given(st.sets(st.integers(0, 10**6), min_size=1, max_size=300), st.randoms(use_true_random=False))
def test_a_count_is_of_the_set_and_exact_while_it_is_small(members, rnd):
    names = [str(m) for m in members] * 2
    rnd.shuffle(names)
    assert list(counted(names))[-1] == len(members)


def test_a_large_count_is_near_and_never_falls():
    told = list(counted(str(i) for i in range(100_000)))
    assert told == sorted(told)
    assert all(abs(n - i) <= 0.03 * i for i, n in enumerate(told, 1))
