"""When revisions may go: quiet hours, digest, throttle, snooze, mute."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from builders import START, hours

from services.messages import (
    Alert,
    Also,
    Channel,
    Command,
    DigestRule,
    Every,
    Policy,
    Quiet,
    Revision,
    Told,
)
from services.notifier.channels import Due
from services.notifier.policy import Drop, Hold, Orders, decide, settle

LOG = Channel(to="log:")


def item(*kinds, policy=None, number=None, level=None, alert_id="a"):
    """Return the last (or the given) revision of an alert whose revisions come an hour apart."""
    revisions = tuple(
        Revision(
            id=f"{alert_id}{n}",
            number=n,
            kind=kind,
            text="Told.",
            at=hours(n - 1),
            told=Told(level=level),
        )
        for n, kind in enumerate(kinds, 1)
    )
    alert = Alert(
        alert_id=alert_id,
        watch_id="w",
        watch_version=1,
        watch_name="W",
        revisions=revisions,
        policy=policy or Policy(),
    )
    return Due(f"d{alert_id}{number}", alert, revisions[(number or len(revisions)) - 1], LOG)


def orders(*commands):
    taken = Orders()
    for command in commands:
        taken.take(command)
    return taken


def command(action, at=START, until=None, alert_id="a", command_id="c"):
    return Command(
        command_id=command_id, watch_id="w", alert_id=alert_id, action=action, until=until, at=at
    )


def test_what_is_urgent_goes_in_quiet_hours():
    night = Quiet(from_="05:00", to="09:00", except_=("denied", "confirmed"))
    assert decide(item("first", policy=Policy(quiet=night)), Orders(), None, START) == Hold(
        hours(3), "quiet hours"
    )
    assert decide(item("denied", policy=Policy(quiet=night)), Orders(), None, START) is None
    assert (
        decide(item("status", policy=Policy(quiet=night), level="confirmed"), Orders(), None, START)
        is None
    )


def test_a_digest_waits_for_its_boundary_and_a_throttle_for_its_pause():
    digest, throttle = Policy(digest=DigestRule(every="6h")), Policy(throttle=Every(every="2h"))
    assert decide(item("first", policy=digest), Orders(), None, START) == Hold(hours(6), "digest")
    assert decide(item("first", policy=digest), Orders(), None, hours(6)) is None
    assert decide(item("first", policy=throttle), Orders(), None, START) is None
    assert decide(item("first", "status", policy=throttle), Orders(), START, hours(1)) == Hold(
        hours(2), "throttle"
    )


def test_a_snooze_holds_an_alert_or_all_of_a_watch_and_is_taken_back():
    of_watch = command("snooze", until=hours(5), alert_id=None)
    assert decide(item("first"), orders(of_watch), None, START) == Hold(hours(5), "snoozed")
    assert decide(item("first"), orders(of_watch), None, hours(5)) is None
    back = command("resume", at=hours(1), alert_id=None)
    assert decide(item("first"), orders(of_watch, back), None, hours(1)) is None
    assert decide(item("first"), orders(back, of_watch), None, hours(1)) is None, (
        "the order of coming does not matter"
    )


def test_a_mute_drops_minor_changes_until_the_status_changes():
    muted = orders(command("mute", at=hours(0.5)))
    assert isinstance(decide(item("first", "independent"), muted, None, hours(2)), Drop)
    assert decide(item("first", "independent", "denied"), muted, None, hours(3)) is None
    assert decide(item("first", "independent", "denied", "count"), muted, None, hours(4)) is None
    assert decide(item("first"), muted, None, hours(1)) is None, (
        "what was told before the mute is no business of it"
    )


@pytest.mark.parametrize(("minutes", "drops"), [(59, True), (60, False), (61, False)])
def test_a_mute_holds_back_what_comes_after_it_not_what_came_with_it(minutes, drops):
    """The second revision is of an hour after START."""
    muted = orders(command("mute", at=START + timedelta(minutes=minutes)))
    assert isinstance(decide(item("first", "independent"), muted, None, hours(2)), Drop) == drops


def test_of_what_waited_only_the_last_goes():
    waiting = [item("first", "status", "denied", number=n) for n in (2, 1, 3)]
    going, passed = settle(waiting)
    assert [i.revision.number for i in going] == [3]
    assert [(i.revision.number, why) for i, why in passed] == [
        (1, "told with revision 3"),
        (2, "told with revision 3"),
    ]


def test_a_story_whose_other_incident_still_stands_is_told():
    waiting = [item("first", "retracted", number=n) for n in (1, 2)]
    beside = (Also(id="c2", claim_ids=("c2",), told=Told(event="killed", status="claimed")),)
    stands = [
        replace(due, alert=msgspec.structs.replace(due.alert, also=beside)) for due in waiting
    ]
    assert settle(stands)[0] == stands[1:]


def test_a_story_that_came_and_went_while_it_waited_is_not_told():
    going, passed = settle([item("first", "retracted", number=n) for n in (1, 2)])
    assert going == []
    assert len(passed) == 2
