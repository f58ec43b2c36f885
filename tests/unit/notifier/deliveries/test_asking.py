"""Which rows are asked again because of what readers asked for."""

import pytest
from policing import command

from services.messages import encode
from services.notifier.deliveries.asking import meant_by
from services.ports import Record
from services.text.links import opt_out_key, recipient_of

ANN, BOB = "mail:ann@example.org", "mail:bob@example.org"
KEYS = [f"{alert_id}|{to}" for alert_id in ("a", "b") for to in (ANN, BOB)]


def record(topic, key="", value=None):
    return Record(topic, 0, 0, key, value, 0, {})


def order(action, alert_id):
    return record("commands", value=encode(command(action, alert_id=alert_id)))


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        (order("acknowledge", "a"), KEYS[:2]),
        (order("mute", None), KEYS),
        (order("redrive", None), []),
        (record("opt-outs", opt_out_key("w", recipient_of(ANN))), [KEYS[0], KEYS[2]]),
        (record("subscribers", "ann"), KEYS),
        (record("dailies", "ann", b"{}"), []),
        (record("commands", value=b"{broken"), []),
    ],
)
def test_an_order_asks_the_rows_that_it_may_be_about(asked, meant):
    assert list(filter(meant_by([asked]), KEYS)) == meant
