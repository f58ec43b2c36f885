"""Quiet hours and times of digests, in every zone, across changes of the clock."""

from datetime import datetime, timedelta

import pytest
from builders import START
from hypothesis import given
from hypothesis import strategies as st

from services.messages import DigestRule, Quiet
from services.notifier.policies.hours import next_digest, quiet_until

NIGHT = Quiet(from_="22:00", to="07:00", zone="Europe/London")
MINUTES_OF_A_YEAR = st.integers(0, 366 * 24 * 60).map(lambda n: START + timedelta(minutes=n))


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2031-05-02T20:59:00+00:00", None),
        ("2031-05-02T21:00:00+00:00", "2031-05-03T06:00:00+00:00"),
        ("2031-05-03T05:59:00+00:00", "2031-05-03T06:00:00+00:00"),
        ("2031-05-03T06:00:00+00:00", None),
        ("2031-01-10T22:00:00+00:00", "2031-01-11T07:00:00+00:00"),
    ],
)
def test_quiet_hours_reach_over_midnight_by_the_clock_of_their_zone(now, ends):
    expected = datetime.fromisoformat(ends) if ends else None
    assert quiet_until(NIGHT, datetime.fromisoformat(now)) == expected


@given(MINUTES_OF_A_YEAR)
def test_quiet_hours_end_after_they_hold_and_do_not_hold_at_their_end(now):
    """Also in the nights in which the clocks change."""
    ends = quiet_until(NIGHT, now)
    if ends is not None:
        assert now < ends <= now + timedelta(hours=10)
        assert quiet_until(NIGHT, ends) is None


@given(st.sampled_from(["30m", "1h", "6h", "1d"]), MINUTES_OF_A_YEAR)
def test_a_boundary_comes_after_the_time_and_within_one_length(every, after):
    length = {
        "30m": timedelta(minutes=30),
        "1h": timedelta(hours=1),
        "6h": timedelta(hours=6),
        "1d": timedelta(days=1),
    }[every]
    assert timedelta(0) < next_digest(DigestRule(every=every), after) - after <= length
