"""Quiet hours and times of digests, in every zone, across changes of the clock.

The laws look at clock faces, step by step around each change, and know nothing of offsets.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import START
from clocks import DAY, MINUTE, changes, clocks, face, minutes, zones
from hypothesis import given
from hypothesis import strategies as st

from services.messages import DigestRule, Quiet
from services.notifier.policies.hours import last_digest, next_daily, next_digest, quiet_until

NIGHT = Quiet(from_="22:00", to="07:00", zone="Europe/London")
MINUTES_OF_A_YEAR = st.integers(0, 366 * 24 * 60).map(lambda n: START + timedelta(minutes=n))

TIMES = ["00:00", "02:15", "23:55", *(f"{hour:02}:30" for hour in range(24))]
"""Times of day, some in every leap and in every hour that comes twice."""

STEP = timedelta(minutes=5)
"""Every change of a clock, and every time above, is a multiple of it."""


def windows():
    """Yield each way in which clocks go, with the time around each change, or some days."""
    for zone in clocks():
        for change in changes(zone) or (START + DAY,):
            yield zone, change, change - 1.75 * DAY, change + 1.75 * DAY


def shown(zone, begin, end):
    """Return when the clocks of a zone first show each time, to STEP."""
    place, first = ZoneInfo(zone), dict[datetime, datetime]()
    for at in minutes(begin, end, STEP):
        first.setdefault(face(place, at), at)
    return first


def instant(wanted, first, zone, change):
    """Return when a digest is wanted by a clock face: its first, or by the clock before a leap."""
    if wanted in first:
        return first[wanted]
    leapt_from = face(ZoneInfo(zone), change - MINUTE) + MINUTE
    return change + (wanted - leapt_from)


def test_every_zone_is_among_those_that_are_tried():
    assert len(zones()) > 400
    assert len([zone for zone in clocks() if len(changes(zone)) == 2]) > 20
    assert {len(changes(zone)) for zone in clocks()} == {0, 2}


def test_digests_come_once_a_day_at_the_clock_time_asked_in_every_zone_at_both_changes():
    n_leapt = 0
    for zone, change, begin, end in windows():
        first = shown(zone, begin, end)
        days = sorted({at.date() for at in first})[1:-1]
        assert len(days) >= 2
        for clock in TIMES:
            rule = DigestRule(at=(clock,), zone=zone)
            hour, minute = map(int, clock.split(":"))
            faces = [datetime.combine(day, time(hour, minute)) for day in days]
            wanted = [instant(each, first, zone, change) for each in faces]
            n_leapt += sum(each not in first for each in faces)
            at, found = wanted[0] - MINUTE, []
            for _ in wanted:
                at = next_digest(rule, at)
                found.append(at)
            assert found == wanted, (zone, clock)
            assert last_digest(rule, wanted[1]) == wanted[1]
            assert last_digest(rule, wanted[1] - MINUTE) == wanted[0]
    assert n_leapt > 20


def test_quiet_hours_are_one_stretch_each_and_end_at_their_time_in_every_zone_at_both_changes():
    for zone, change, _, _ in windows():
        place = ZoneInfo(zone)
        for begins, ends in (("22:00", "07:00"), ("01:30", "02:30"), ("23:55", "00:05")):
            quiet = Quiet(from_=begins, to=ends)
            until = None
            for at in minutes(change - DAY / 4, change + DAY / 4, STEP):
                found = quiet_until(quiet, at, zone)
                assert found == until or until is None or until <= at, (zone, begins, at)
                until = found
                if until is None:
                    continue
                assert quiet_until(quiet, until, zone) is None
                is_leapt = change <= until < change + DAY / 8
                assert f"{face(place, until):%H:%M}" == ends or is_leapt, (zone, ends, until)


def test_a_rule_goes_by_its_own_zone_before_that_of_its_reader():
    own, none = DigestRule(at=("08:00",), zone="Asia/Beirut"), DigestRule(at=("08:00",))
    assert next_digest(own, START - MINUTE, "UTC") == START + timedelta(hours=23)
    assert next_digest(none, START, "Asia/Beirut") == START + timedelta(hours=23)
    assert next_digest(none, START) == START + timedelta(hours=2)
    assert next_daily("08:00", START, "Asia/Beirut") == START + timedelta(hours=23)


def test_a_time_that_comes_twice_is_the_first_of_the_two():
    rule = DigestRule(at=("01:30",), zone="Europe/London")  # 26 October 2031, summer time ends
    first = datetime.fromisoformat("2031-10-26T00:30:00+00:00")
    assert next_digest(rule, first - MINUTE) == first
    assert next_digest(rule, first) == first + timedelta(hours=25)


def test_two_times_that_a_leap_makes_one_are_one_digest():
    rule = DigestRule(at=("01:30", "02:30"), zone="Europe/London")  # 30 March 2031
    leap = datetime.fromisoformat("2031-03-30T01:30:00+00:00")
    assert next_digest(rule, leap - MINUTE) == leap
    assert next_digest(rule, leap) == leap + timedelta(hours=23)


def test_a_day_that_a_zone_left_out_has_no_digest_of_its_own():
    """Samoa had no 30 December 2011."""
    rule = DigestRule(at=("08:00",), zone="Pacific/Apia")
    before = datetime.fromisoformat("2011-12-29T18:00:00+00:00")
    assert next_digest(rule, before - MINUTE) == before
    assert next_digest(rule, before) == before + DAY


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


@given(st.sampled_from(["30m", "1h", "6h", "1d"]), MINUTES_OF_A_YEAR)
def test_a_full_interval_ends_after_the_time_and_within_one_length(every, after):
    length = {
        "30m": timedelta(minutes=30),
        "1h": timedelta(hours=1),
        "6h": timedelta(hours=6),
        "1d": timedelta(days=1),
    }[every]
    rule = DigestRule(every=every)
    due = next_digest(rule, after)
    assert timedelta(0) < due - after <= length
    assert last_digest(rule, due) == due
    assert last_digest(rule, due - MINUTE) == due - length
