"""How many articles of each pile are folded, so that all of them are within a bound."""

import pytest

from services.tracker.block.piles import Sizes


@pytest.mark.parametrize(("most", "number"), [(8, 5), (7, 2), (4, 2), (3, 1)])
def test_the_largest_number_within_the_bound_is_folded_of_each_pile(most, number):
    sizes = Sizes((5, 2))
    sizes.change(0, 3)
    sizes.change(0, 9)
    assert sizes.number(most) == number
