"""Rows that a notifier finds: what can't be read is set aside and stops nothing."""

from dataclasses import replace

from loops import everything, send
from notifying import ScriptedPoster, alert, notifier, rows

from services.adapters.memory import MemoryBroker
from services.messages import DeliveryRow, DeliveryState, encode
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
    assert last["bad|log:"] is None


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
