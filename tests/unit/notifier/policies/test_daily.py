"""The daily message: once a day at the time asked, and honest about what is late."""

from datetime import timedelta

import msgspec
import pytest
from builders import START, hours
from clocks import DAY, MINUTE, changes, clocks, minutes

from services.messages import Contact, Subscriber
from services.notifier.policies.daily import (
    LATE_ARTICLE,
    LATE_POLL,
    Watched,
    daily_due,
    daily_notice,
    lateness,
)
from services.notifier.policies.hours import next_daily

ANN = Subscriber(
    id="ann",
    name="Ann",
    zone="Asia/Beirut",
    targets=(Contact(to="log:"),),
    daily="09:30",
    saved_at=START,  # 09:00 there
)
WELL = Watched(feeds=12, alive=12, polled_at=START, articles=1_204, read_at=START, alerts=0)


def watched(**changed):
    return Watched(**{name: getattr(WELL, name) for name in WELL.__slots__} | changed)


@pytest.mark.parametrize(
    ("minutes", "told", "is_due"),
    [
        (29, None, False),
        (30, None, True),
        (31, hours(0.5), False),
        (24 * 60 + 30, hours(0.5), True),
    ],
)
def test_it_is_due_at_its_time_once(minutes, told, is_due):
    due = daily_due(ANN, told, START + timedelta(minutes=minutes))
    assert (due is not None) == is_due
    assert due is None or due == START + timedelta(minutes=minutes)


def test_after_an_outage_only_the_last_one_is_due():
    assert daily_due(ANN, hours(0.5), hours(80)) == hours(72.5)
    assert daily_due(ANN, hours(72.5), hours(80)) is None


def test_nobody_gets_it_unasked():
    assert daily_due(msgspec.structs.replace(ANN, daily=""), None, hours(80)) is None


def test_it_comes_once_a_day_in_every_zone_over_both_changes_whenever_the_process_restarts():
    """A process that wakes at odd minutes, and knows only what was written down."""
    for zone in clocks():
        for change in changes(zone):
            begin, end = change - 1.5 * DAY, change + 1.5 * DAY
            own = msgspec.structs.replace(ANN, zone=zone, daily="02:30", saved_at=begin)
            told, found = None, []
            for now in minutes(begin, end, 37 * MINUTE):
                due = daily_due(own, told, now)
                found += [due] if due is not None else []
                told = due or told
            wanted = [next_daily("02:30", begin, zone)]
            while (later := next_daily("02:30", wanted[-1], zone)) <= now:
                wanted.append(later)
            assert found == wanted, zone


def test_a_quiet_day_is_told_in_one_line():
    notice = daily_notice(ANN, WELL, START, START)
    assert notice.subject == "Watching: 12 feeds alive, 1,204 articles read, 0 alerts"
    assert notice.lines == (
        "In the day up to Friday 09:00 (Asia/Beirut): "
        "12 feeds alive, 1,204 articles read, 0 alerts.",
    )
    assert daily_notice(ANN, WELL, START, hours(1)).key == notice.key
    assert daily_notice(ANN, WELL, hours(24), hours(24)).key != notice.key


def test_feeds_that_were_not_polled_are_counted():
    *_, last = daily_notice(ANN, watched(alive=10), START, START).lines
    assert last == "2 feeds of 12 not polled in this day."


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, None),
        ({"polled_at": START - LATE_POLL}, None),
        ({"polled_at": START - LATE_POLL - SECOND}, "No feed was polled since Friday 07:59"),
        ({"polled_at": None}, "No feed was polled yet."),
        ({"read_at": START - LATE_ARTICLE}, None),
        ({"read_at": START - LATE_ARTICLE - SECOND}, "No article was read since Friday 02:59"),
        ({"feeds": 0, "alive": 0}, "No feed is polled: nothing is watched."),
        (
            {"articles": None, "unknown": "The search does not answer."},
            "The search does not answer.",
        ),
    ],
)
def test_what_is_late_is_said_first_and_in_the_subject(changed, says):
    found = watched(**changed)
    notice = daily_notice(ANN, found, START, START)
    late = lateness(found, START, "Asia/Beirut")
    assert notice.lines[: len(late)] == late
    assert notice.subject.startswith("Late! ") == (says is not None)
    if says is not None:
        assert late[0].startswith(says)
        assert late[-1] == "Alerts may be missing."
