"""Which orders of readers are in force, whatever the order in which they come."""

from itertools import permutations

import pytest
from builders import hours
from hypothesis import given
from hypothesis import strategies as st
from policing import alert, command

from services.messages import Command
from services.orders import Books, rung_since


def ordered(id, action, by, at, undoes=""):
    return Command(
        command_id=id, watch_id="w", alert_id="a", action=action, by=by, at=hours(at), undoes=undoes
    )


def in_force(commands, action="acknowledge"):
    books = Books()
    for each in commands:
        books.take(each)
    return [each.command_id for each in books.in_force(action, "a", "w", ("",))]


ANN = ordered("1", "acknowledge", "ann", 1)
BEN = ordered("2", "acknowledge", "ben", 2)
ANN_UNDOES = ordered("3", "reopen", "ann", 3, undoes="1")


@pytest.mark.parametrize("commands", [*permutations((ANN, BEN, ANN_UNDOES))])
def test_an_undo_leaves_what_somebody_else_did_since(commands):
    assert in_force(commands) == ["2"]


@pytest.mark.parametrize("commands", [*permutations((ANN, ANN_UNDOES))])
def test_an_undo_takes_back_the_order_that_it_names(commands):
    assert in_force(commands) == []


def test_an_undone_mute_leaves_the_snooze_and_the_acknowledgement():
    mute, snooze = ordered("4", "mute", "ann", 4), ordered("5", "snooze", "ann", 5)
    commands = (ANN, mute, snooze, ordered("6", "resume", "ann", 6, undoes="4"))
    assert in_force(commands, "mute") == []
    assert in_force(commands, "snooze") == ["5"]
    assert in_force(commands) == ["1"]


def test_a_plain_reopening_ends_whoever_acknowledged():
    assert in_force((ANN, BEN, ordered("7", "reopen", "cleo", 7))) == []


@given(st.data())
def test_what_is_in_force_does_not_depend_on_the_order_of_coming(data):
    actions = st.sampled_from(["acknowledge", "reopen", "snooze", "mute", "resume"])
    ids = st.sampled_from(["", "0", "1", "2", "3"])
    n = data.draw(st.integers(1, 5))
    commands = [
        ordered(str(i), data.draw(actions), "x", data.draw(st.integers(0, 3)), data.draw(ids))
        for i in range(n)
    ]
    mixed = data.draw(st.permutations(commands))
    for action in ("acknowledge", "snooze", "mute"):
        assert in_force(commands, action) == in_force(mixed, action)


def test_only_changes_that_ring_and_are_not_seen_bring_an_alert_back():
    of = alert("first", "independent", "status", "count")
    seen = command("acknowledge", revision=1)
    assert [r.number for r in rung_since(seen, of.revisions)] == [3]
    assert rung_since(seen, of.revisions, until=2) == ()
    assert rung_since(command("acknowledge", revision=3), of.revisions) == ()
