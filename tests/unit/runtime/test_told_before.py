"""The upgrade to rows of deliveries: nothing is sent twice, and nothing that waits is lost."""

import previous
import pytest
from builders import START, hours
from loops import everything, send
from notifying import ScriptedPoster, alert, history, notifier, record

from services.adapters.memory import MemoryBroker
from services.messages import ChangeKind, Delivery, DeliveryRow, decode, encode
from services.ports import Outgoing, TopicPartition, partition_of
from services.runtime.told_before import remember_what_was_told

TWO: tuple[ChangeKind, ...] = ("first", "status")
THREE: tuple[ChangeKind, ...] = ("first", "status", "denied")
HOOK, OTHER = "webhook:https://a.example", "webhook:https://b.example"


@pytest.fixture
def broker():
    return MemoryBroker(partitions=2)


def told_before(broker, *revisions, alert_id="a", to=HOOK, outcome="delivered"):
    rows = [
        Delivery(
            delivery_id=f"{alert_id}{n}{to}",
            alert_id=alert_id,
            revision_id=f"{alert_id}{n}",
            watch_id="w",
            channel=to,
            kind="first",
            attempt=1,
            outcome=outcome,
            at=START,
        )
        for n in revisions
    ]
    send(broker, *(Outgoing("deliveries", d.delivery_id, encode(d)) for d in rows))


def on_topic(broker, *alerts):
    send(
        broker,
        *(Outgoing("alerts", a.alert_id, encode(a), partition_key=a.watch_id) for a in alerts),
    )


def read_before(broker):
    """The old notifier committed everything."""
    number = partition_of("w", 2)
    place = TopicPartition("alerts", number)
    broker.groups["notifier"].committed[place] = broker.end(place)


def rows(broker):
    found = [decode(DeliveryRow, r.value).delivery for r in everything(broker, "delivery-states")]
    return {row.to: row for row in found}


def posted_after_upgrade(broker, *alerts, n):
    poster = ScriptedPoster()
    n_before = len(history(broker))
    service = notifier(poster, broker)
    service.handle([record(one, broker) for one in alerts])
    service.outcomes(n_before + n)
    service.leave()
    return [url for url, _, _ in poster.posts]


def test_what_was_told_is_not_told_again_and_what_comes_is(broker):
    on_topic(broker, alert(HOOK, kinds=TWO))
    told_before(broker, 1, 2)
    remember_what_was_told(broker)
    newer = alert(HOOK, kinds=THREE)
    assert posted_after_upgrade(broker, alert(HOOK, kinds=TWO), newer, n=1) == [HOOK[8:]]


def test_what_failed_before_counts_as_settled(broker):
    on_topic(broker, alert(HOOK))
    told_before(broker, 1, outcome="failed")
    remember_what_was_told(broker)
    assert (rows(broker)[HOOK].settled, rows(broker)[HOOK].shown) == (1, 0)


def test_an_alert_of_which_nothing_is_known_any_more_was_settled_if_it_was_read(broker):
    """Its deliveries are older than 90 days."""
    on_topic(broker, alert(HOOK, kinds=TWO))
    read_before(broker)
    remember_what_was_told(broker)
    newer = alert(HOOK, kinds=THREE)
    assert posted_after_upgrade(broker, newer, n=1) == [HOOK[8:]]


def test_an_alert_that_was_not_read_yet_is_told_after_the_upgrade(broker):
    """It waited for its time, so its offset was not committed."""
    on_topic(broker, alert(HOOK))
    remember_what_was_told(broker)
    assert rows(broker) == {}
    assert posted_after_upgrade(broker, alert(HOOK), n=1) == [HOOK[8:]]


def test_a_channel_that_was_added_and_not_told_yet_gets_no_history(broker):
    on_topic(broker, alert(HOOK, OTHER, kinds=TWO))
    told_before(broker, 1, 2)
    remember_what_was_told(broker)
    assert (rows(broker)[OTHER].since, rows(broker)[OTHER].settled) == (2, 2)


def test_a_second_upgrade_changes_nothing(broker):
    on_topic(broker, alert(HOOK))
    told_before(broker, 1)
    remember_what_was_told(broker)
    before = everything(broker, "delivery-states")
    remember_what_was_told(broker)
    assert everything(broker, "delivery-states") == before


def test_a_throttle_goes_on_from_the_last_message(broker):
    on_topic(broker, alert(HOOK))
    told_before(broker, 1)
    remember_what_was_told(broker)
    assert rows(broker)[HOOK].sent_at == hours(0)


def test_what_the_previous_version_told_is_told_to_nobody_again(broker, tmp_path):
    found = [r for r in previous.records() if r.topic in ("alerts", "deliveries")]
    send(broker, *map(previous.again, found))
    remember_what_was_told(broker)
    path, n_before = tmp_path / "told.jsonl", len(history(broker))
    service = notifier(broker=broker, deliveries_log=str(path))
    service.handle([record for record in found if record.topic == "alerts"])
    service.leave()
    assert not path.exists()
    assert len(history(broker)) == n_before
