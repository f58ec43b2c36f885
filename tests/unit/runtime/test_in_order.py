"""Items are released in the order in which they came, whatever the order in which they are done."""

from hypothesis import given
from hypothesis import strategies as st

from services.runtime.in_order import InOrder


@given(st.integers(0, 8).flatmap(lambda n: st.permutations(range(n))))
def test_what_is_released_is_always_the_longest_beginning_of_its_row_that_is_done(order):
    items = InOrder[int]()
    released: list[int] = []
    done: set[int] = set()
    for item in range(len(order)):
        items.take("row", item)
    for item in order:
        done.add(item)
        released += items.done("row", item)
        beginning = next((i for i in range(len(order)) if i not in done), len(order))
        assert released == list(range(beginning))
        assert items.n_held == len(order) - beginning


def test_rows_do_not_wait_for_each_other():
    items = InOrder[int]()
    for row, item in (("a", 1), ("b", 2), ("a", 3)):
        items.take(row, item)
    assert list(items.done("b", 2)) == [2]
    assert list(items.done("a", 3)) == []
    assert list(items.done("a", 1)) == [1, 3]
