"""When a failed delivery is tried again."""

import math
from datetime import timedelta

import pytest
from builders import START
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.deliveries.schedule import LONGEST_ASKED, PAUSES, next_try


def after(attempts, chance=1.0, asked=None):
    due_at = next_try(attempts, START, chance, asked)
    return due_at - START if due_at is not None else None


def test_twelve_tries_are_spread_over_three_days():
    """Source: Standard Webhooks, with two pauses more for a receiver that restarts."""
    seconds = [int(pause.total_seconds()) for pause in PAUSES]
    assert seconds == [5, 30, 120, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert [after(n) for n in range(1, 13)] == [*PAUSES, None]


@given(st.integers(1, 11), st.floats(0, 1))
def test_the_pause_is_a_random_part_of_the_longest_one(attempts, chance):
    assert after(attempts, chance) == PAUSES[attempts - 1] * chance


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        (4.0, timedelta(seconds=5)),
        (6.0, timedelta(seconds=6)),
        (LONGEST_ASKED.total_seconds() - 1, LONGEST_ASKED - timedelta(seconds=1)),
        (LONGEST_ASKED.total_seconds() + 1, LONGEST_ASKED),
        (99_999_999_999_999.0, LONGEST_ASKED),
        (math.inf, LONGEST_ASKED),
        (math.nan, LONGEST_ASKED),
        (-math.inf, timedelta(seconds=5)),
    ],
)
def test_a_receiver_that_asks_for_a_longer_pause_gets_it_up_to_a_day(asked, pause):
    assert after(1, asked=asked) == pause


def test_a_receiver_that_was_only_busy_uses_up_no_try():
    assert after(0) == PAUSES[0]
