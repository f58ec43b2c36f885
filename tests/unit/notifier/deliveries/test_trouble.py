"""Destinations in trouble: their owners hear of it through another channel."""

import pytest
from builders import START
from msgspec.structs import replace
from policing import recipient

from services.messages import DeliveryState
from services.notifier.deliveries.schedule import PAUSES
from services.notifier.deliveries.steps import Now
from services.notifier.deliveries.trouble import (
    in_trouble,
    not_told,
    notice,
    others_of,
    told,
    told_through,
)

NOW = Now(START, START)
LOST = DeliveryState(alert_id="a", watch_id="w", to="ntfy:desk/x", reason="HTTP 500")


def of(*others, kind="failing"):
    return in_trouble(kind, LOST, others, NOW)


def test_the_other_channels_of_the_same_subscriber_come_first():
    recipients = (
        recipient("log:"),
        recipient("ntfy:x", subscriber_id="ann"),
        recipient("mail:ann@example.org", subscriber_id="ann"),
    )
    assert others_of("ntfy:x", recipients) == ("mail:ann@example.org", "log:")
    assert others_of("log:", recipients)[0] == "ntfy:x"


def test_each_other_channel_is_tried_at_once_then_again_after_a_pause():
    first = of("log:", "mail:a@example.org")
    second = not_told(first, NOW, 1.0)
    assert (told_through(first), told_through(second)) == ("log:", "mail:a@example.org")
    assert second.due_at is None
    third = not_told(second, NOW, 1.0)
    assert (told_through(third), third.due_at) == ("log:", START + PAUSES[0])


def test_after_as_many_rounds_as_a_delivery_has_tries_nobody_is_told():
    trouble = of("log:")
    for _ in range(len(PAUSES)):
        trouble = not_told(trouble, NOW, 1.0)
        assert not trouble.is_told
    assert not_told(trouble, NOW, 1.0).is_told


def test_where_there_is_no_other_channel_nobody_is_to_be_told():
    assert of().is_told
    assert told(of("log:")).is_told


@pytest.mark.parametrize(
    ("kind", "said"), [("failing", "could not be reached"), ("off", "is switched off")]
)
def test_the_notice_says_what_and_why_and_what_to_do(kind, said):
    found = notice(of("log:", kind=kind))
    assert found.subject == f"[w] ntfy:desk/… {said}"
    assert any("HTTP 500" in line for line in found.lines)
    assert found.command == "reportedly deliveries redrive --watch w"


@pytest.mark.parametrize(
    ("to", "said", "shown"),
    [
        (
            "webhook:https://hooks.example/T0/KEY",
            "no answer from {}",
            "webhook:https://hooks.example/…",
        ),
        ("webhook:https://hooks.example?k=KEY", "{}: closed", "webhook:https://hooks.example/…"),
        ("webhook:https://hooks.example", "HTTP 500", "webhook:https://hooks.example"),
        (
            "webhook:https://hooks.example/",
            "moved to HTTPS://b.example/KEY",
            "webhook:https://hooks.example/…",
        ),
        ("mail:KEY@post.example", "550 5.1.1 <{}>: unknown", "mail:…@post.example"),
        ("slack:desk/CKEY", "channel {} not found", "slack:desk/…"),
        ("ntfy:KEY", "no topic {}", "ntfy:…"),
        ("pagerduty:oncall", "HTTP 500", "pagerduty:oncall"),
        ("log:", "HTTP 500", "log:"),
    ],
)
def test_a_notice_tells_nobody_the_address_of_a_destination(to, said, shown):
    reason = said.format(to.partition(":")[2])
    found = notice(in_trouble("failing", replace(LOST, to=to, reason=reason), ("log:",), NOW))
    assert found.subject == f"[w] {shown} could not be reached"
    assert "KEY" not in " ".join((found.subject, *found.lines))


def test_a_notice_has_the_same_key_at_every_try():
    trouble = of("log:", "ntfy:y")
    assert notice(trouble).key == notice(not_told(trouble, NOW, 1.0)).key
