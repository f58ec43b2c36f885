"""Pairs of words near each other: none that was added is missed, whatever stands around them."""

from hypothesis import given
from hypothesis import strategies as st

from services.alerter.nearness import NearPairs, pair_key

numbers = st.integers(0, 12)
rows = st.lists(st.one_of(numbers, st.just(-2)), max_size=30)
pairs = st.dictionaries(
    st.tuples(numbers, numbers).map(lambda p: pair_key(*p)), st.integers(1, 16), max_size=10
)


def near_each_other(row, key, reach):
    within = ((a, b) for i, a in enumerate(row) for b in row[i + 1 : i + 1 + reach])
    return any(min(pair) >= 0 and pair_key(*pair) == key for pair in within)


@given(rows, pairs)
def test_every_pair_within_its_reach_is_told(row, wanted):
    known = NearPairs()
    for key, reach in wanted.items():
        known.add(key, reach)
    told = known.candidates(row)
    assert told >= {key for key, reach in wanted.items() if near_each_other(row, key, reach)}


@given(rows)
def test_nothing_is_told_that_does_not_stand_within_the_farthest_reach(row):
    known = NearPairs()
    for a in range(13):
        for b in range(13):
            known.add(pair_key(a, b), 3)
    for key in known.candidates(row):
        a, b = key >> 31, key & (1 << 31) - 1
        assert key < 0 or b < 0 or near_each_other(row, pair_key(a, b), 3)


def test_both_orders_of_two_words_are_one_pair():
    assert pair_key(3, 8) == pair_key(8, 3)
    assert pair_key(3, 8) != pair_key(3, 9)
