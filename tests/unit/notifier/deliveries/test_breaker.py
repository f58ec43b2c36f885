"""The circuit breaker of a destination."""

import math
from datetime import timedelta

import pytest
from builders import START

from services.notifier.deliveries.breaker import (
    CLOSED,
    FAILURES,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    Breaker,
)
from services.notifier.deliveries.schedule import BUSY_PAUSE, LONGEST_ASKED

SECOND = timedelta(seconds=1)


def after(n, chance=0.0):
    breaker = CLOSED
    for _ in range(n):
        breaker = breaker.after_failure(START, chance)
    return breaker


@pytest.mark.parametrize(("n", "passes"), [(FAILURES - 1, True), (FAILURES, False)])
def test_it_opens_after_some_failures_in_a_row(n, passes):
    assert after(n).lets_pass(START) == passes


@pytest.mark.parametrize(("early", "passes"), [(SECOND, False), (0 * SECOND, True)])
def test_when_its_time_is_over_a_probe_may_pass(early, passes):
    assert after(FAILURES).lets_pass(START + FIRST_PAUSE - early) == passes


def test_each_probe_that_fails_doubles_the_pause_up_to_a_bound():
    pauses = [after(FAILURES + n).open_until - START for n in range(9)]
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE


def test_chance_shortens_a_pause_by_up_to_half():
    assert after(FAILURES, chance=1.0).open_until == START + FIRST_PAUSE / 2


def test_a_destination_that_asks_for_no_length_gets_a_short_pause():
    assert CLOSED.after_asking(START, None).open_until == START + BUSY_PAUSE


def test_a_destination_that_asks_for_a_pause_gets_it_and_its_failures_are_forgotten():
    busy = after(FAILURES - 1).after_asking(START, 30.0)
    assert busy == Breaker(0, START + 30 * SECOND)
    assert not busy.lets_pass(START + 29 * SECOND)
    assert busy.lets_pass(START + 30 * SECOND)


@pytest.mark.parametrize("seconds", [99_999_999_999_999.0, math.inf, math.nan])
def test_no_length_that_is_asked_for_is_longer_than_a_day(seconds):
    assert CLOSED.after_asking(START, seconds).open_until == START + LONGEST_ASKED


@pytest.mark.parametrize(
    ("n_before", "asked", "pause"),
    [
        (0, 1800.0, 1800 * SECOND),
        (FAILURES - 1, 9.0, FIRST_PAUSE),
        (FAILURES - 1, 11.0, 11 * SECOND),
    ],
)
def test_a_destination_that_fails_and_asks_for_a_pause_gets_it(n_before, asked, pause):
    breaker = after(n_before).after_failure(START, 0.0, asked)
    assert breaker == Breaker(n_before + 1, START + pause)


@pytest.mark.parametrize(("over", "passes"), [(0 * SECOND, False), (SECOND, True)])
def test_a_clock_that_is_set_back_leaves_no_destination_alone_for_long(over, passes):
    busy = CLOSED.after_asking(START, math.inf)
    assert busy.lets_pass(START - over) == passes
