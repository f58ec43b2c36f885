"""The recipients of an alert, with subscribers in place of their names."""

from datetime import timedelta

from policing import alert, saved

from services.messages import Contact, DigestRule, Policy, Quiet, Subscriber
from services.notifier.policies.recipients import reached_by, recipients_of

DESK = "webhook:https://desk.example/hook"
ANN = Subscriber(
    id="ann",
    name="Ann",
    zone="Europe/Rome",
    targets=(Contact(to="log:"), Contact(to=DESK, when=("first", "merged"), after="15m")),
    quiet=Quiet(from_="22:00", to="07:00"),
)


def test_a_subscriber_stands_for_its_channels_each_with_its_own_kinds_and_wait():
    first, second = recipients_of(alert("first", to=["subscriber:ann"]), saved(ANN))
    assert (first.to, first.subscriber_id, first.zone) == ("log:", "ann", "Europe/Rome")
    assert (second.to, second.after) == (DESK, timedelta(minutes=15))
    assert second.when == ("first",), "the watch does not send merged ones"


def test_a_rule_of_a_subscriber_takes_the_place_of_the_watchs_own_and_the_others_stay():
    rules = Policy(quiet=Quiet(from_="01:00", to="02:00"), digest=DigestRule(every="1h"))
    first, *_ = recipients_of(alert("first", to=["subscriber:ann"], policy=rules), saved(ANN))
    assert first.policy == Policy(quiet=ANN.quiet, digest=rules.digest)


def test_a_channel_that_is_named_twice_is_one_recipient_by_what_names_it_first():
    found = recipients_of(alert("first", to=[DESK, "subscriber:ann"]), saved(ANN))
    assert [(each.to, each.after, each.subscriber_id) for each in found] == [
        (DESK, timedelta(0), ""),
        ("log:", timedelta(0), "ann"),
    ]


def test_a_subscriber_whom_nobody_saved_has_no_channels():
    of = alert("first", to=["subscriber:bo", "log:", "subscriber:ann"])
    assert [each.to for each in recipients_of(of, saved())] == ["log:"]


def test_what_waits_for_nothing_reaches_a_subscriber_first():
    late = Subscriber(
        id="bo", name="Bo", targets=(Contact(to=DESK, after="5m"), Contact(to="log:"))
    )
    assert [each.to for each in reached_by(late)] == ["log:", DESK]


def test_a_key_names_the_scheme_and_not_the_address():
    direct, own = recipients_of(alert("first", to=[DESK, "subscriber:ann"]), saved(ANN))
    assert direct.key.startswith("webhook:")
    assert "desk" not in direct.key
    assert (direct.owner, own.owner) == (direct.key, "subscriber:ann")
