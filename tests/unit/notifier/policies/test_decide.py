"""When a revision may go to a recipient: each reason to wait, and what none of them withholds."""

from datetime import timedelta

import pytest
from builders import START, hours
from policing import asked, command, orders, recipient

from services.messages import DigestRule, Every, OptOut, Policy, Quiet
from services.notifier.policies.decide import Drop, Hold, decide, digest_key
from services.notifier.policies.orders import Orders
from services.text.links import opt_out_key

NIGHT = Quiet(from_="05:00", to="09:00", except_=("denied", "confirmed"))
"""START is at 06:00 UTC."""


def dropped(verdict):
    return isinstance(verdict, Drop)


def test_a_revision_goes_at_once_if_nothing_is_asked_for():
    assert decide(asked("first"), Orders(), START) is None


def test_what_is_urgent_goes_in_quiet_hours():
    reader = recipient(policy=Policy(quiet=NIGHT))
    assert decide(asked("first", to=reader), Orders(), START) == Hold(hours(3), "quiet hours")
    assert decide(asked("denied", to=reader), Orders(), START) is None
    assert decide(asked("status", to=reader, level="confirmed"), Orders(), START) is None


def test_quiet_hours_without_a_zone_are_those_of_the_reader():
    there = recipient(policy=Policy(quiet=NIGHT), zone="Asia/Beirut")  # 09:00 at START
    assert decide(asked("first", to=there), Orders(), START) is None
    assert decide(asked("first", to=there), Orders(), START - timedelta(minutes=1)) == Hold(
        START, "quiet hours"
    )


def test_an_edit_in_place_disturbs_nobody_so_nothing_but_an_opt_out_keeps_it_back():
    reader = recipient(policy=Policy(quiet=NIGHT, digest=DigestRule(every="6h")))
    edit = asked("first", "count", to=reader, shown=1, is_silent=True)
    given = orders(command("acknowledge"), command("mute"), command("snooze", until=hours(9)))
    assert decide(edit, given, START) is None
    off = OptOut(watch_id="w", recipient=reader.key, at=START)
    given.take_opt_out(opt_out_key("w", reader.key), off)
    assert dropped(decide(edit, given, START))


def test_a_digest_waits_for_its_time_and_a_throttle_for_its_pause():
    collected = recipient(policy=Policy(digest=DigestRule(every="6h")))
    slowed = recipient(policy=Policy(throttle=Every(every="2h")))
    assert decide(asked("first", to=collected), Orders(), START) == Hold(hours(6), "digest")
    assert decide(asked("first", to=collected), Orders(), hours(6)) is None
    assert decide(asked("first", to=slowed), Orders(), START) is None
    next_one = asked("first", "status", to=slowed, last_sent=START)
    assert decide(next_one, Orders(), hours(1)) == Hold(hours(2), "throttle")
    assert decide(next_one, Orders(), hours(2)) is None


def test_a_revision_that_comes_after_its_digest_went_out_waits_for_the_next():
    collected = recipient(policy=Policy(digest=DigestRule(every="6h")))
    late = asked("first", to=collected, last_digest=hours(6))
    assert decide(late, Orders(), hours(6)) == Hold(hours(12), "digest")
    assert decide(late, Orders(), hours(12)) is None


def test_the_key_of_a_digest_is_that_of_its_letters_recipient_and_watch():
    reader = recipient("log:")
    key = digest_key(reader, "w", ["a", "b"])
    assert digest_key(reader, "w", ["b", "a"]) == key
    others = (reader, "w", ["a"]), (reader, "v", ["a", "b"]), (recipient("x:"), "w", ["a", "b"])
    assert len({key, *(digest_key(*other) for other in others)}) == 4


def test_a_snooze_of_a_subscriber_holds_its_own_channels_alone():
    ann, ben = recipient(subscriber_id="ann"), recipient(subscriber_id="ben")
    given = orders(command("snooze", until=hours(5), to="subscriber:ann"))
    assert decide(asked("first", to=ann), given, START) == Hold(hours(5), "snoozed")
    assert decide(asked("first", to=ben), given, START) is None


def test_an_acknowledgement_stops_every_recipient_until_the_status_changes():
    seen = orders(command("acknowledge", at=hours(0.5)))
    assert dropped(decide(asked("first", to=recipient("log:")), seen, hours(1)))
    assert dropped(decide(asked("first", "count"), seen, hours(2)))
    assert decide(asked("first", "count", "denied"), seen, hours(3)) is None
    assert decide(asked("first", "denied", "count"), seen, hours(3)) is None


@pytest.mark.parametrize(("revision", "is_stopped"), [(1, False), (2, True), (3, True)])
def test_an_acknowledgement_by_link_is_of_what_its_message_told(revision, is_stopped):
    """A change of status that came while the reader pressed the button is not acknowledged."""
    seen = orders(command("acknowledge", at=hours(5), revision=revision))
    assert dropped(decide(asked("first", "status"), seen, hours(6))) == is_stopped


def test_a_correction_of_what_was_shown_is_withheld_by_no_command():
    given = orders(command("acknowledge", at=hours(9)), command("mute", at=hours(0.5)))
    assert decide(asked("first", "count", corrects=(2,), shown=1), given, hours(9)) is None
    assert dropped(decide(asked("first", "count", corrects=(2,), shown=0), given, hours(9)))
    assert dropped(decide(asked("first", "count", corrects=(2,), shown=2), given, hours(9)))


@pytest.mark.parametrize(("since", "is_owed"), [(0, True), (1, True), (2, False)])
def test_a_correction_of_what_may_have_been_shown_is_withheld_by_no_command(since, is_owed):
    given = orders(command("acknowledge", at=hours(8)), command("mute", at=hours(8)))
    may = asked("first", "count", corrects=(2,), since=since, may_have_seen=True)
    assert (decide(may, given, hours(9)) is None) == is_owed


def test_an_escalation_waits_for_an_acknowledgement_from_the_first_change_that_rings():
    boss = recipient("webhook:https://a.example", after=timedelta(minutes=90))
    assert decide(asked("first", to=boss), Orders(), START) == Hold(
        hours(1.5), "it may still be acknowledged"
    )
    assert decide(asked("first", "status", to=boss), Orders(), hours(1.5)) is None
    seen = orders(command("acknowledge", at=hours(1.2)))
    assert dropped(decide(asked("first", "status", to=boss), seen, hours(1.5)))
    later = asked("first", "status", "denied", to=boss)
    assert decide(later, seen, hours(2)) == Hold(hours(3.5), "it may still be acknowledged")
    assert decide(later, seen, hours(3.5)) is None


def test_an_escalation_does_not_delay_a_correction_of_what_was_shown():
    boss = recipient(after=timedelta(minutes=90))
    assert (
        decide(asked("first", "denied", corrects=(2,), to=boss, shown=1), Orders(), START) is None
    )
