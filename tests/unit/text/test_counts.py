"""Numbers of things, in words."""

import pytest

from services.text.counts import counted


@pytest.mark.parametrize(
    ("n", "many", "said"),
    [
        (0, "watches", "0 watches"),
        (1, "watches", "1 watch"),
        (2, "watches", "2 watches"),
        (1000, "watches", "1,000 watches"),
    ],
)
def test_one_is_said_in_the_singular_and_every_other_number_in_the_plural(n, many, said):
    assert counted(n, "watch", many) == said
