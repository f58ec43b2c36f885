"""What a webhook is sent again."""

from datetime import timedelta

import pytest
from builders import START

from services.messages import Alert, Channel, Contact, Revision, Subscriber
from services.notifier.deliveries.replay import Asked, replayed
from services.notifier.deliveries.steps import delivery_id
from services.notifier.policies.links import LinkMaker

HOOK = "webhook:https://a.example"
CHANNEL = Channel(to=HOOK)
HOUR = timedelta(hours=1)


def alert(*kinds, alert_id="a", channels=(CHANNEL,), since=START):
    revisions = tuple(
        Revision(
            id=f"{alert_id}{n}",
            number=n,
            kind=kind,
            corrects=kind == "corrected",
            text=kind,
            at=since + n * HOUR,
        )
        for n, kind in enumerate(kinds, 1)
    )
    return Alert(
        alert_id=alert_id,
        watch_id="w",
        watch_version=1,
        watch_name="W",
        revisions=revisions,
        channels=channels,
    )


def sent(*alerts, since=START, until=START + 100 * HOUR, subscribers=()):
    known = {subscriber.id: subscriber for subscriber in subscribers}
    found = replayed(alerts, Asked(HOOK, since, until), known, LinkMaker())
    return [(each.alert.alert_id, each.revision.kind) for each in found]


def test_the_revisions_of_a_range_go_again_the_oldest_first_over_all_alerts():
    first = alert("first", "denied")
    second = alert("first", alert_id="b", since=START + HOUR / 2)
    assert sent(first, second) == [("a", "first"), ("b", "first"), ("a", "denied")]


@pytest.mark.parametrize(
    ("since", "until", "kinds"),
    [
        (START + 2 * HOUR, START + 3 * HOUR, ["status"]),
        (START + 2 * HOUR + timedelta(microseconds=1), START + 3 * HOUR, []),
        (START + 2 * HOUR, START + 3 * HOUR + timedelta(microseconds=1), ["status", "denied"]),
    ],
)
def test_a_range_holds_its_begin_and_not_its_end(since, until, kinds):
    found = sent(alert("first", "status", "denied"), since=since, until=until)
    assert [kind for _, kind in found] == kinds


def test_each_goes_under_the_id_of_its_first_delivery():
    (one,) = replayed([alert("first")], Asked(HOOK, START, START + 9 * HOUR), {}, LinkMaker())
    assert one.key == delivery_id("a1", HOOK)


def test_what_the_channel_does_not_want_and_what_goes_elsewhere_stays_away():
    wants = (Channel(to=HOOK, when=("first",)),)
    assert sent(alert("first", "count", "corrected", channels=wants)) == [
        ("a", "first"),
        ("a", "corrected"),
    ]
    assert sent(alert("count", "corrected", channels=wants)) == []
    assert sent(alert("first", channels=(Channel(to="webhook:https://b.example"),))) == []


def test_a_webhook_of_a_subscriber_is_meant_too():
    ann = Subscriber(id="ann", name="Ann", targets=(Contact(to=HOOK),))
    told = alert("first", channels=(Channel(to="subscriber:ann"),))
    assert sent(told, subscribers=(ann,)) == [("a", "first")]
    assert sent(told) == []
