"""What all partitions share: what can't be read is refused before it is used."""

import pytest
from builders import START, hours
from msgspec.structs import replace
from notifying import alert

from services.errors import InvalidMessage
from services.messages import Command, Contact, DigestRule, Every, OptOut, Quiet, Subscriber, encode
from services.notifier.deliveries.surroundings import Surroundings
from services.ports import Record
from services.text.links import opt_out_key, recipient_of

ANN = Subscriber(
    id="ann",
    name="Ann",
    zone="Europe/London",
    targets=(Contact(to="log:", after="15m"),),
    quiet=Quiet(from_="22:00", to="07:00"),
    digest=DigestRule(at=("08:00",)),
    throttle=Every(every="1h"),
    daily="07:30",
    saved_at=START,
)


@pytest.fixture
def around():
    return Surroundings(lambda _to: None)


def take(around, subscriber):
    around.take(Record("subscribers", 0, 0, "ann", encode(subscriber)))


def test_a_subscriber_whose_times_can_be_read_is_taken(around):
    take(around, ANN)
    assert around.subscribers == {"ann": ANN}


def test_who_opted_out_of_a_watch_is_told_of_no_trouble_in_it(around):
    told = alert("log:", "mail:ann@a.example", "mail:ben@b.example")
    ann = recipient_of("mail:ann@a.example")
    opt_out = OptOut(watch_id="w", recipient=ann, at=START)
    around.take(Record("opt-outs", 0, 0, opt_out_key("w", ann), encode(opt_out)))
    assert around.others(told, "log:") == ("mail:ben@b.example",)
    assert around.is_off("w", "mail:ann@a.example")
    assert not around.is_off("w", "mail:ben@b.example")
    assert not around.is_off("v", "mail:ann@a.example")


def test_of_commands_to_try_again_the_last_of_each_kind_is_kept(around):
    for n, (to, at) in enumerate((("", 1), ("log:", 2), ("", 4), ("", 3))):
        asked = Command(command_id=f"c{n}", watch_id="w", action="redrive", to=to, at=hours(at))
        around.take(Record("commands", 0, n, asked.command_id, encode(asked)))
    kept = [(c.command_id, c.to, c.at) for c in around.redrives.values()]
    assert kept == [("c3", "", hours(4)), ("c1", "log:", hours(2))]


@pytest.mark.parametrize(
    ("bad", "where"),
    [
        ({"zone": "Mars/Base"}, ".zone"),
        ({"zone": ""}, ".zone"),
        ({"daily": "7h30"}, ".daily"),
        ({"targets": (Contact(to="log:", after="soon"),)}, ".targets[0].after"),
        ({"quiet": Quiet(from_="22", to="07:00")}, ".quiet.from"),
        ({"digest": DigestRule()}, ".digest"),
        ({"digest": DigestRule(every="999999999d")}, ".digest.every"),
        ({"throttle": Every(every="1 fortnight")}, ".throttle.every"),
    ],
)
def test_one_whose_times_can_not_be_read_is_refused_and_the_last_one_stays(around, bad, where):
    take(around, ANN)
    with pytest.raises(InvalidMessage) as refused:
        take(around, replace(ANN, **bad))
    assert refused.value.reason == "wrong-schema"
    assert f"wrong-schema: {where} of the subscriber ann: " in str(refused.value)
    assert around.subscribers == {"ann": ANN}
