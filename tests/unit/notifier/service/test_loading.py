"""Rows that a notifier finds: what can't be read is set aside and stops nothing."""

import json
from dataclasses import replace

import msgspec
import pytest
from loops import everything, send
from notifying import ScriptedPoster, alert, notifier, record, rows

from services.adapters.memory import MemoryBroker
from services.messages import DeliveryRow, DeliveryState, decode, encode
from services.notifier.service.loading import MOST_TOGETHER
from services.ports import Outgoing
from services.runtime.set_aside import letters

HOOK = "webhook:https://a.example"
GOOD = DeliveryState(alert_id="good", watch_id="w", to=HOOK, alert=alert(HOOK, alert_id="good"))


def row(key, value):
    return Outgoing("delivery-states", key, value, partition=0)


def test_a_row_that_can_not_be_read_is_set_aside_and_the_others_are_done():
    broker, poster = MemoryBroker(partitions=1), ScriptedPoster()
    send(broker, row("bad|log:", b"{broken"), row(GOOD.key, encode(DeliveryRow(delivery=GOOD))))
    service = notifier(poster, broker)
    assert service.outcomes(1) == [(HOOK, "delivered", 1)]
    (letter,) = letters(everything(broker, "delivery-states-dlq")).values()
    assert (letter.name, letter.row.value, letter.reason) == ("0/bad|log:", b"{broken", "not-json")
    last = {r.key: r.value for r in everything(broker, "delivery-states")}
    assert decode(DeliveryRow, last["bad|log:"]).delivery.tried


def test_the_row_of_a_destination_in_trouble_is_set_aside_whole():
    broker = MemoryBroker(partitions=1)
    send(broker, row("destination|w|log:", b"{broken"))
    notifier(ScriptedPoster(), broker).idle()
    assert everything(broker, "delivery-states")[-1].value is None


def told_and_broken():
    """Return a broker whose reader was told of a first revision, and whose row is broken since."""
    broker = MemoryBroker(partitions=1)
    service = notifier(ScriptedPoster(), broker)
    service.tell(retracted(1), n=1)
    service.leave()
    good = everything(broker, "delivery-states")[-1]
    send(broker, replace(row(good.key, b"{broken"), headers=good.headers))
    return broker, good


def retracted(n):
    """Return the first `n` revisions of an alert that is taken back by its second."""
    told = alert(HOOK, kinds=("first", "retracted"))
    first, last = told.revisions
    both = (first, msgspec.structs.replace(last, corrects=True))
    return msgspec.structs.replace(told, revisions=both[:n])


def test_a_reader_whose_row_can_not_be_read_is_told_of_a_retraction():
    broker, _ = told_and_broken()
    poster = ScriptedPoster()
    notifier(poster, broker).tell(retracted(2), n=3)
    types = [json.loads(body)["type"] for _, _, body in poster.posts]
    assert types == ["alert.first", "alert.retracted"]


def test_a_row_that_was_set_aside_replaces_its_stub_once_it_can_be_read():
    broker, good = told_and_broken()
    first = notifier(ScriptedPoster(), broker)
    first.idle()
    first.leave()
    (letter,) = letters(everything(broker, "delivery-states-dlq")).values()
    send(broker, replace_row(letter, good.value))
    poster = ScriptedPoster()
    notifier(poster, broker).tell(retracted(2), n=2)
    assert [json.loads(body)["type"] for _, _, body in poster.posts] == ["alert.retracted"]
    assert letters(everything(broker, "delivery-states-dlq")) == {}


def test_a_row_is_not_put_back_over_one_that_was_written_since():
    broker, good = told_and_broken()
    first = notifier(ScriptedPoster(), broker)
    first.tell(retracted(2), n=3)
    first.leave()
    (letter,) = letters(everything(broker, "delivery-states-dlq")).values()
    send(broker, replace_row(letter, good.value))
    notifier(ScriptedPoster(), broker).idle()
    last = [r.value for r in everything(broker, "delivery-states") if r.key == good.key][-1]
    assert decode(DeliveryRow, last).delivery.settled == 2
    assert len(letters(everything(broker, "delivery-states-dlq"))) == 1


def test_a_row_that_is_asked_back_is_taken_again():
    broker, poster = MemoryBroker(partitions=1), ScriptedPoster()
    send(broker, row(GOOD.key, b"{broken"))
    notifier(poster, broker).idle()
    (letter,) = letters(everything(broker, "delivery-states-dlq")).values()
    mended = replace_row(letter, encode(DeliveryRow(delivery=GOOD)))
    send(broker, mended)
    second = notifier(poster, broker)
    assert second.outcomes(1) == [(HOOK, "delivered", 1)]
    assert letters(everything(broker, "delivery-states-dlq")) == {}


def replace_row(letter, value):
    """Return a letter that is asked back, with a value that can be read by now."""
    asked = replace(letter, row=replace(letter.row, value=value), is_asked_back=True)
    return asked.written("notifier")


def test_a_destination_that_is_off_stays_off_over_a_restart():
    broker = MemoryBroker(partitions=1)
    gone = ScriptedPoster({"https://a.example": [410]})
    first = notifier(gone, broker)
    first.tell(alert(HOOK), n=1)
    first.leave()
    poster = ScriptedPoster()
    second = notifier(poster, broker)
    second.handle([])
    second.tell(alert(HOOK, kinds=("first", "status")), n=1)
    assert poster.posts == []
    assert rows(broker)[f"a|{HOOK}"].outcome == "off"


def test_a_row_that_an_earlier_owner_wrote_late_replaces_none_of_a_later_one():
    """Also not once the topic forgets what stands before it."""
    broker = MemoryBroker(partitions=1)
    first = notifier(ScriptedPoster(), broker)
    first.tell(retracted(1), n=1)
    first.leave()
    late = everything(broker, "delivery-states")[-1]
    second = notifier(ScriptedPoster(), broker)
    second.tell(retracted(2), n=2)
    second.leave()
    send(broker, replace(row(late.key, late.value), headers=late.headers))
    third = notifier(ScriptedPoster(), broker)
    third.idle()
    third.leave()
    last = everything(broker, "delivery-states")[-1]
    assert decode(DeliveryRow, last.value).delivery.settled == 2
    compacted = MemoryBroker(partitions=1)
    send(compacted, replace(row(last.key, last.value), headers=last.headers))
    poster = ScriptedPoster()
    fourth = notifier(poster, compacted)
    fourth.handle([record(retracted(2), compacted)])
    fourth.idle()
    assert poster.posts == []


@pytest.mark.parametrize(("n", "n_left"), [(MOST_TOGETHER, 0), (MOST_TOGETHER + 1, 1)])
def test_so_many_partitions_are_loaded_together(n, n_left):
    """Each of them is claimed before it is loaded."""
    broker = MemoryBroker(partitions=n)
    service = notifier(ScriptedPoster(), broker)
    service.idle()
    assert len(everything(broker, "delivery-states")) == n - n_left
    service.idle()
    assert len(everything(broker, "delivery-states")) == n
