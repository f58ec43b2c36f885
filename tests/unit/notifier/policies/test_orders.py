"""What readers asked for, whatever the order in which their commands come."""

from datetime import timedelta

import pytest
from builders import START, hours
from policing import alert, command, orders, recipient

from services.messages import OptOut
from services.notifier.policies.orders import Orders
from services.orders import rings
from services.text.links import opt_out_key


def muted(given, of):
    return given.is_muted(of, of.revisions[-1], recipient())


@pytest.mark.parametrize(
    ("kind", "corrects", "is_loud"),
    [
        ("first", False, True),
        ("denied", False, True),
        ("count", False, False),
        ("count", True, True),
        ("independent", False, False),
        ("slot", False, False),
    ],
)
def test_voices_and_numbers_are_silent_unless_they_correct(kind, corrects, is_loud):
    (revision,) = alert(kind, corrects=(1,) if corrects else ()).revisions
    assert rings(revision) == is_loud


def test_a_snooze_holds_an_alert_or_all_of_a_watch_and_is_taken_back():
    of_watch = command("snooze", until=hours(5), alert_id=None)
    back = command("resume", at=hours(1), alert_id=None)
    of = alert("first")
    assert orders(of_watch).snoozed_until(of, recipient()) == hours(5)
    assert orders(of_watch, back).snoozed_until(of, recipient()) is None
    assert orders(back, of_watch).snoozed_until(of, recipient()) is None, (
        "the order of coming does not matter"
    )


@pytest.mark.parametrize(
    ("kinds", "is_silent"),
    [
        (("first", "independent"), True),
        (("first", "independent", "denied"), False),
        (("first", "independent", "denied", "count"), False),
        (("first",), False),
    ],
)
def test_a_mute_lasts_until_the_status_changes_and_is_of_what_comes_after_it(kinds, is_silent):
    assert muted(orders(command("mute", at=hours(0.5))), alert(*kinds)) == is_silent


@pytest.mark.parametrize(("minutes", "is_silent"), [(59, True), (60, False), (61, False)])
def test_a_mute_holds_back_what_comes_after_it_not_what_came_with_it(minutes, is_silent):
    """The second revision is of an hour after START."""
    given = orders(command("mute", at=START + timedelta(minutes=minutes)))
    assert muted(given, alert("first", "independent")) == is_silent


def test_resume_ends_an_acknowledgement_too():
    of, seen = alert("first"), command("acknowledge", at=hours(1))
    assert orders(seen).is_acknowledged(of, of.revisions[0], recipient())
    back = command("resume", at=hours(2))
    assert not orders(seen, back).is_acknowledged(of, of.revisions[0], recipient())


def test_an_opt_out_is_of_one_watch_and_one_recipient_until_it_is_taken_back():
    given, ann, ben = Orders(), recipient("log:"), recipient("webhook:https://b.example")
    key = opt_out_key("w", ann.key)
    given.take_opt_out(key, OptOut(watch_id="w", recipient=ann.key, at=START))
    assert given.is_off("w", ann)
    assert not given.is_off("v", ann)
    assert not given.is_off("w", ben)
    given.take_opt_out(key, None)
    assert not given.is_off("w", ann)
    assert given.n_taken == 2


def test_an_order_to_try_again_holds_nothing_back():
    given = orders(command("redrive", at=hours(1)))
    assert given.snoozed_until(alert("first"), recipient()) is None
    assert not muted(given, alert("first"))
