"""How large a query may be: the largest that is accepted; test_query.py has the smallest that is not."""

import pytest

from services.query.parse import parse


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("abc*", id="3-letters-before-a-star"),
        pytest.param('"a1 b1"~99', id="99-words-between"),
        pytest.param(" ".join(f"w{i}" for i in range(200)), id="200-words"),
        pytest.param("é" * 2048, id="4096-bytes"),
        pytest.param("(" * 20 + "a1" + ")" * 20, id="20-brackets-deep"),
    ],
)
def test_a_query_may_be_as_large_as_the_bounds_say(query):
    assert parse(query)
