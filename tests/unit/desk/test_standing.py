"""Acknowledged is done until it changes."""

from datetime import timedelta

import pytest
from builders import hours
from msgspec.structs import replace
from policing import alert, command

from services.desk.standing import GROUPS, own, standing
from services.orders import Books

SECOND = timedelta(seconds=1)


def stands(of, *commands, person="ann", now=None):
    books = Books()
    for each in commands:
        books.take(each)
    return standing(of, books, person, now or hours(9))


def by(name, action, **more):
    return replace(command(action, **more), by=name)


def test_an_alert_that_nobody_has_seen_is_new():
    assert stands(alert("first", "status")).state == "new"


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        (("first",), "acknowledged"),
        (("first", "independent", "count", "slot"), "acknowledged"),
        (("first", "status"), "changed"),
        (("first", "independent", "denied"), "changed"),
        (("first", "retracted"), "changed"),
    ],
)
def test_only_a_change_that_rings_brings_an_acknowledged_alert_back(kinds, state):
    found = stands(alert(*kinds), by("ben", "acknowledge", revision=1))
    assert found.state == state
    assert [each.number for each in found.unseen] == ([len(kinds)] if state == "changed" else [])
    assert found.command.by == "ben"


def test_of_two_acknowledgements_the_one_that_saw_more_counts():
    of = alert("first", "status")
    early, late = (
        by("ann", "acknowledge", revision=2, alert_id=None, at=hours(1), command_id="1"),
        by("ben", "acknowledge", revision=1, at=hours(2), command_id="2"),
    )
    assert stands(of, early, late).command.by == "ann"


def test_a_snooze_is_of_who_gave_it_and_ends_at_its_time():
    nap = by("ann", "snooze", until=hours(5), to=own("ann"))
    of = alert("first")
    assert stands(of, nap, now=hours(5) - SECOND).state == "snoozed"
    assert stands(of, nap, now=hours(5)).state == "new"
    assert stands(of, nap, person="ben", now=hours(4)).state == "new"


def test_a_mute_ends_with_the_next_change_that_rings():
    silence = by("ann", "mute", at=hours(1.5), to=own("ann"))
    assert stands(alert("first", "status", "count"), silence).state == "muted"
    assert stands(alert("first", "count", "status"), silence).state == "new"


def test_what_goes_on_in_another_alert_is_done():
    assert stands(replace(alert("first", "merged"), state="closed")).state == "closed"


def test_only_ones_own_order_on_one_alert_can_be_taken_back():
    of = alert("first")
    assert stands(of, by("ann", "acknowledge", revision=1)).undoes("ann") == "c"
    assert stands(of, by("ben", "acknowledge", revision=1)).undoes("ann") == ""
    of_watch = by("ann", "acknowledge", alert_id=None, at=hours(2))
    assert stands(of, of_watch).state == "acknowledged"
    assert stands(of, of_watch).undoes("ann") == ""


def test_each_state_is_in_one_group():
    apart = [GROUPS[name] for name in ("open", "later", "done")]
    assert sum(map(len, apart)) == len(GROUPS["all"])
    assert frozenset.union(*apart) == GROUPS["all"]
