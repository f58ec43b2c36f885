"""Who gets which revision."""

import pytest

from services.messages import Alert, Channel, Revision
from services.notifier.channels import delivery_id, due

WANTS_DENIALS = Channel(to="log:", when=("denied",))
WANTS_FIRST = Channel(to="webhook:https://a.example", when=("first",))


def alert(*kinds, channels=(WANTS_FIRST,)):
    revisions = tuple(
        Revision(
            id=f"r{n}", number=n, kind=kind, corrects=kind in ("corrected", "retracted"), text=kind
        )
        for n, kind in enumerate(kinds, 1)
    )
    return Alert(
        alert_id="a",
        watch_id="w",
        watch_version=1,
        watch_name="W",
        revisions=revisions,
        channels=channels,
    )


def kinds(*args, settled=(), **kw):
    return [item.revision.kind for item in due(alert(*args, **kw), settled)]


def test_a_channel_gets_the_kinds_it_wants_in_order():
    assert kinds("first", "status", "denied", channels=(Channel(to="log:"),)) == [
        "first",
        "status",
        "denied",
    ]
    assert kinds("first", "status") == ["first"]


@pytest.mark.parametrize("correction", ["corrected", "retracted"])
def test_a_correction_follows_what_was_delivered_even_unasked(correction):
    assert kinds("first", correction) == ["first", correction]


def test_a_correction_does_not_go_to_who_got_nothing():
    assert kinds("first", "corrected", channels=(WANTS_DENIALS,)) == []


def test_what_is_settled_does_not_come_again_on_that_channel_only():
    settled = {delivery_id("r1", WANTS_FIRST.to)}
    both = (WANTS_FIRST, Channel(to="log:"))
    assert [item.channel.to for item in due(alert("first", channels=both), settled)] == ["log:"]


def test_a_channel_named_twice_is_one():
    assert kinds("first", channels=(WANTS_FIRST, WANTS_FIRST)) == ["first"]
