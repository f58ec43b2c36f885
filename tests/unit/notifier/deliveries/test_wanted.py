"""Which revisions a destination is still to be told."""

from datetime import timedelta

import pytest
from builders import START
from msgspec.structs import replace
from storms import story

from services.messages import Also, ChangeKind, Channel, DeliveryState, Told
from services.messages.watch import ALL_BUT_JOINS
from services.notifier.deliveries.wanted import (
    OLD_AFTER,
    OLD_CORRECTION_AFTER,
    came_and_went,
    pending,
    too_old,
)

TO = "ntfy:alerts"
SECOND = timedelta(seconds=1)
FIRST: tuple[ChangeKind, ...] = ("first",)


def row(*kinds, **fields):
    whole = story(kinds, [Channel(to=TO)], at=lambda n: timedelta(0))[-1]
    return DeliveryState(alert_id="a", watch_id="w", to=TO, alert=whole, **fields)


def numbers(state, kinds=ALL_BUT_JOINS, age=timedelta(0)):
    return [revision.number for revision in pending(state, kinds, START + age)]


def test_what_is_settled_or_from_before_the_channel_is_not_due():
    assert numbers(row("first", "status", "count", settled=1)) == [2, 3]
    assert numbers(row("first", "status", "count", since=2)) == [3]


def test_a_channel_gets_the_kinds_that_it_wants():
    assert numbers(row("first", "count", "status"), kinds=("first", "status")) == [1, 3]


@pytest.mark.parametrize(
    ("fields", "due"),
    [({}, []), ({"shown": 1}, [2]), ({"tried": True}, [2])],
)
def test_a_correction_follows_what_the_recipient_may_have_seen(fields, due):
    assert numbers(row("first", "denied", settled=1, **fields), kinds=("first",)) == due


@pytest.mark.parametrize(("over", "due"), [(0 * SECOND, [1]), (SECOND, [])])
def test_what_is_old_is_not_due(over, due):
    assert numbers(row("first"), age=OLD_AFTER + over) == due


@pytest.mark.parametrize(("over", "due"), [(0 * SECOND, [2]), (SECOND, [])])
def test_a_correction_of_what_was_seen_is_due_for_longer(over, due):
    state = row("first", "denied", settled=1, shown=1)
    assert numbers(state, age=OLD_CORRECTION_AFTER + over) == due


def test_what_waited_by_order_counts_from_the_end_of_it():
    state = row("first", fresh_from=START + OLD_AFTER)
    assert numbers(state, age=2 * OLD_AFTER) == [1]
    assert numbers(state, age=2 * OLD_AFTER + SECOND) == []


def test_what_is_left_out_for_its_age_is_known():
    state = row("first", "count")
    assert [r.number for r in too_old(state, FIRST, START + OLD_AFTER + SECOND)] == [1]
    assert too_old(state, FIRST, START) == ()


def went(state, kinds=ALL_BUT_JOINS):
    return came_and_went(state, kinds, state.alert.revisions[-1])


def test_what_was_taken_back_before_anybody_saw_it_is_told_to_nobody():
    assert went(row("first", "retracted"))
    assert not went(row("first", "retracted", tried=True))
    assert not went(row("first", "retracted", shown=1))
    assert not went(row("first", "denied"))


def test_who_wants_nothing_but_retractions_gets_them():
    assert not went(row("first", "retracted"), kinds=("retracted",))


@pytest.mark.parametrize(("status", "is_over"), [("retracted", True), ("reported", False)])
def test_an_alert_with_another_incident_that_stands_is_not_over(status, is_over):
    state = row("first", "retracted")
    also = (Also(id="b", told=Told(status=status)),)
    assert went(replace(state, alert=replace(state.alert, also=also))) == is_over
