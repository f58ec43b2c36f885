"""The rhythm of a feed, and how the requests are shared out."""

from datetime import timedelta

import pytest
from builders import START
from hypothesis import given
from hypothesis import strategies as st

from services.poller.rhythm import (
    HALF_LIFE,
    HISTORY,
    LEAST_SHARE,
    MOST_SHARE,
    declared,
    interval,
    learned,
    pace,
    rate,
    weight,
)

HOUR = timedelta(hours=1)


def lived(hours, days=21):
    """Return the rhythm of a feed with an entry at each of these hours, day by day."""
    rhythm = None
    for day in range(days):
        for hour in hours:
            now = START + timedelta(days=day, hours=hour - START.hour)
            rhythm = learned(rhythm, [now], now)
    return rhythm


def test_a_feed_with_an_entry_an_hour_has_this_rate():
    hourly = lived(range(24))
    assert rate(hourly, hourly.at) == pytest.approx(1.0, rel=0.4)


def test_a_feed_is_asked_more_at_the_hours_at_which_it_publishes():
    rhythm = lived([6, 7])
    morning = START.replace(hour=7, minute=0) + timedelta(days=22)
    night = START.replace(hour=19, minute=0) + timedelta(days=22)
    assert rate(rhythm, morning) > 5 * rate(rhythm, night)


def test_silence_lowers_the_rate_and_a_burst_raises_it():
    rhythm = lived(range(24))
    rates = [rate(rhythm, rhythm.at + n * HALF_LIFE) for n in range(4)]
    assert rates == sorted(rates, reverse=True)
    burst = learned(rhythm, [rhythm.at] * 10, rhythm.at)
    assert rate(burst, rhythm.at) > 3 * rate(rhythm, rhythm.at)
    assert rate(burst, rhythm.at + 12 * HOUR) < 1.5 * rate(rhythm, rhythm.at + 12 * HOUR)


def test_the_first_document_tells_the_rhythm_of_its_last_month():
    now = START
    inside = learned(None, [now - HISTORY + HOUR], now)
    outside = learned(None, [now - HISTORY], now)
    assert (sum(inside.hours) > 0, sum(outside.hours)) == (True, 0.0)
    assert inside.since == now - HISTORY + HOUR


def test_an_entry_dated_ahead_counts_as_of_now():
    assert learned(None, [START + HOUR], START).hours[START.hour] == pytest.approx(1.0)


def test_a_feed_without_a_rhythm_is_an_average_new_one():
    assert rate(None, START) == pytest.approx(rate(learned(None, [], START), START))


WEIGHTS = st.lists(st.floats(0.001, 1000.0), min_size=1, max_size=60)


@given(WEIGHTS, st.sampled_from([0.5, 60.0, 3600.0]))
def test_all_feeds_together_make_the_requests_of_the_mean_interval(weights, mean):
    """Within the steps into which weights are sorted."""
    found = pace(weights, mean)
    seconds = [interval(w, found, mean) for w in weights]
    assert sum(1 / s for s in seconds) == pytest.approx(len(weights) / mean, rel=0.1)
    assert all(LEAST_SHARE * mean <= s <= MOST_SHARE * mean for s in seconds)


@given(WEIGHTS)
def test_the_more_a_feed_publishes_the_sooner_it_is_asked(weights):
    found = pace(weights, 60.0)
    seconds = [interval(w, found, 60.0) for w in sorted(weights)]
    assert seconds == sorted(seconds, reverse=True)


def test_one_feed_alone_is_asked_at_the_mean_interval():
    assert interval(7.0, pace([7.0], 60.0), 60.0) == pytest.approx(60.0, rel=0.1)
    assert pace([], 60.0) == 60.0


@given(st.lists(st.integers(0, 10**6), max_size=30), st.integers(0, 10**6))
def test_any_times_make_a_rate_above_none(ages, later):
    rhythm = learned(None, [START - timedelta(seconds=age) for age in ages], START)
    assert weight(rhythm, START + timedelta(seconds=later)) > 0


def test_a_declared_time_counts_up_to_the_time_that_the_feed_keeps():
    busy, idle = lived(range(24)), learned(None, [], START)
    assert declared(1_800, idle, START) == 1_800
    assert declared(10**6, idle, START) == pytest.approx(3600 / rate(idle, START))
    assert declared(10**6, busy, busy.at) < 2.0 * 3600
    assert declared(None, idle, START) == 0
