"""Ids of places in the stream: what is written is read back, and nothing else is."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.stream.position import (
    LAST_MS,
    MOST_ID_CHARS,
    MOST_OFFSET,
    Layout,
    Position,
    decoded,
    encoded,
)

LAYOUT = Layout.of([("alerts", 2, "A"), ("claims", 1, "C")])
NUMBERS = st.lists(st.integers(0, MOST_OFFSET), min_size=3, max_size=3)


@given(NUMBERS, st.integers(1, LAST_MS))
def test_an_id_names_its_place(offsets, at_ms):
    found = decoded(LAYOUT, encoded(LAYOUT.mark, offsets, at_ms))
    assert found == Position(tuple(offsets), datetime.fromtimestamp(at_ms / 1000, UTC))


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


@given(st.text(max_size=60), st.text(LETTERS, max_size=40))
def test_nothing_that_others_write_is_a_place_or_an_error(text, letters):
    assert decoded(LAYOUT, text) is None
    assert isinstance(decoded(LAYOUT, f"{LAYOUT.mark}.{letters}"), Position | None)


@pytest.mark.parametrize(
    "other",
    [
        Layout.of([("alerts", 2, "B"), ("claims", 1, "C")]),
        Layout.of([("alerts", 1, "A"), ("claims", 2, "C")]),
        Layout.of([("alerts", 3, "A"), ("claims", 1, "C")]),
    ],
    ids=["made-anew", "other-counts", "one-more"],
)
def test_an_id_of_other_topics_is_none(other):
    assert decoded(other, encoded(LAYOUT.mark, [1, 2, 3], 5)) is None


@pytest.mark.parametrize(
    "numbers",
    [
        (5, 1, 2),
        (5, 1, 2, 3, 4),
        (LAST_MS + 1, 1, 2, 3),
        (5, 1, 2, MOST_OFFSET + 1),
    ],
    ids=["too-few", "too-many", "too-late", "too-large"],
)
def test_an_id_that_was_not_made_here_is_none(numbers):
    at_ms, *offsets = numbers
    assert decoded(LAYOUT, encoded(LAYOUT.mark, offsets, at_ms)) is None


def test_the_largest_id_is_read():
    layout = Layout.of([("alerts", 300, "A"), ("claims", 300, "C")])
    longest = encoded(layout.mark, [MOST_OFFSET] * 600, LAST_MS)
    assert len(longest) <= MOST_ID_CHARS
    assert decoded(layout, longest) is not None
    assert decoded(layout, longest + "A" * MOST_ID_CHARS) is None
