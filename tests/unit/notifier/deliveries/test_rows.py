"""The row of a destination of an alert after each outcome."""

from datetime import timedelta

import pytest
from builders import START
from storms import story

from services.messages import Channel, DeliveryState
from services.messages.watch import ALL_BUT_JOINS
from services.notifier.deliveries import rows
from services.notifier.deliveries.schedule import LONGEST, PAUSES
from services.notifier.deliveries.steps import Now
from services.notifier.targets.target import Later

TO = "ntfy:alerts"
SECOND = timedelta(seconds=1)
ROW = DeliveryState(
    alert_id="a", watch_id="w", to=TO, alert=story(("first",), [Channel(to=TO)])[-1]
)


def failed(row, answer, at=START):
    return rows.failed(row, answer, ALL_BUT_JOINS, Now(START, at), 1.0)


@pytest.mark.parametrize(("seconds", "n_tries"), [(60.0, 0), (None, 1)])
def test_who_is_busy_and_names_a_time_uses_up_no_try(seconds, n_tries):
    busy = Later("HTTP 429", wait_seconds=seconds, is_busy=True)
    assert failed(ROW, busy).attempts == n_tries


@pytest.mark.parametrize(("late", "n_tries"), [(0 * SECOND, 0), (SECOND, 1)])
def test_who_stays_busy_for_longer_than_all_tries_uses_them_up(late, n_tries):
    busy = Later("HTTP 429", wait_seconds=60.0, is_busy=True)
    row = failed(ROW, busy)
    assert failed(row, busy, START + LONGEST + late).attempts == n_tries


@pytest.mark.parametrize("seconds", [None, 5.0])
def test_no_message_is_tried_without_end(seconds):
    """A receiver that answers "too many" to everything."""
    row, at, n = ROW, START, 0
    while row.outcome == "waiting":
        row = failed(row, Later("HTTP 429", wait_seconds=seconds, is_busy=True), at)
        at, n = row.due_at or at, n + 1
    free = 0 if seconds is None else LONGEST // timedelta(seconds=seconds) + 1
    assert n <= free + len(PAUSES) + 1


def test_a_machine_that_slept_for_days_has_used_up_no_tries():
    row = failed(ROW, Later("HTTP 503"))
    again = failed(row, Later("HTTP 503"), START + 2 * LONGEST)
    assert (again.outcome, again.attempts) == ("waiting", 2)


@pytest.mark.parametrize("is_busy", [True, False])
def test_a_pause_that_was_asked_for_stays_in_the_row_until_its_destination_takes_something(is_busy):
    row = failed(ROW, Later("HTTP 503", wait_seconds=60.0, is_busy=is_busy))
    later = rows.begun_anew(failed(row, Later("no answer")))
    assert later.asked_until == START + 60 * SECOND
    assert rows.closed(later, "settled").asked_until is None


@pytest.mark.parametrize(("seconds", "kept"), [(86_399.0, 86_399), (86_401.0, 86_400)])
def test_no_pause_of_more_than_a_day_is_kept(seconds, kept):
    row = failed(ROW, Later("HTTP 503", wait_seconds=seconds))
    assert row.asked_until == START + kept * SECOND
