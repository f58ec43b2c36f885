"""From a button in a message to what recipients get: over the API, the topics, and the notifier."""

import asyncio
import json
import time
from datetime import timedelta

import httpx
import pytest
from desks import open_app
from loops import send
from notifying import MovingClock, ScriptedPoster, alert, notifier, record, rows
from stand_ins import stand_in
from streams import eventually

from services.adapters.memory import MemoryBroker
from services.api.links import LinkRoutes
from services.messages import Contact, Subscriber, encode
from services.ports import Outgoing

OURS, PUBLIC = "a secret of sixteen", "http://localhost:8080"
DESK, BOSS = "webhook:https://desk.example/hook", "webhook:https://boss.example/hook"
ANN = Subscriber(id="ann", name="Ann", targets=(Contact(to=DESK), Contact(to=BOSS, after="15m")))
QUARTER = timedelta(minutes=15)


@pytest.fixture
def broker():
    made = MemoryBroker(partitions=2)
    send(made, Outgoing("subscribers", "ann", encode(ANN)))
    return made


@pytest.fixture
def clock():
    return MovingClock()


@pytest.fixture
def poster():
    return ScriptedPoster()


@pytest.fixture
def service(broker, clock, poster):
    return notifier(poster, broker, clock, public_url=PUBLIC, link_secret=OURS)


def told(poster, to):
    return [json.loads(body) for url, _, body in poster.posts if f"webhook:{url}" == to]


def press(broker, clock, address, deed):
    """Press a button of the page behind a link."""
    links = LinkRoutes(broker, stand_in(), OURS, clock.now)

    async def posted():
        transport = httpx.ASGITransport(open_app(broker=broker, links=links))
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.post(address, data={"do": deed})

    assert asyncio.run(posted()).status_code == 200


def test_an_alert_that_nobody_acknowledges_goes_to_the_next_channel(service, clock, poster):
    service.tell(alert("subscriber:ann"), n=1)
    assert (len(told(poster, DESK)), len(told(poster, BOSS))) == (1, 0)
    clock.at += QUARTER
    service.outcomes(2)
    assert len(told(poster, BOSS)) == 1


def test_an_acknowledgement_stops_every_channel_within_a_second_until_the_status_changes(
    service, broker, clock, poster
):
    service.tell(alert("subscriber:ann"), n=1)
    (message,) = told(poster, DESK)
    press(broker, clock, message["data"]["links"]["acknowledge"], "acknowledge")
    began = time.monotonic()
    found = service.outcomes(2)
    assert time.monotonic() - began < 1
    assert (BOSS, "skipped", 0) in found
    clock.at += QUARTER
    service.idle()
    assert told(poster, BOSS) == []
    changed = alert("subscriber:ann", kinds=("first", "count", "denied"))
    service.handle([record(changed, broker)])
    eventually(lambda: len(told(poster, DESK)) == 2, 20)
    clock.at += QUARTER
    eventually(lambda: service.idle() or told(poster, BOSS), 20)
    assert [row["type"] for row in told(poster, BOSS)] == ["alert.denied"]


def test_who_unsubscribes_gets_no_more_of_the_watch_until_it_subscribes_again(
    service, broker, clock, poster
):
    service.tell(alert("subscriber:ann"), n=1)
    link = told(poster, DESK)[0]["data"]["links"]["unsubscribe"]
    press(broker, clock, link, "unsubscribe")
    service.idle()
    changed = alert("subscriber:ann", kinds=("first", "denied"))
    service.handle([record(changed, broker)])
    eventually(lambda: service.idle() or rows(broker)[f"a|{DESK}"].settled == 2, 20)
    assert len(told(poster, DESK)) == 1
    press(broker, clock, link, "subscribe")
    service.idle()
    service.handle([record(alert("subscriber:ann", alert_id="b"), broker)])
    eventually(lambda: service.idle() or len(told(poster, DESK)) == 2, 20)


def test_a_snooze_of_one_subscriber_keeps_nothing_from_another(service, broker, clock, poster):
    other = "webhook:https://other.example/hook"
    service.tell(alert("subscriber:ann", other), n=2)
    link = told(poster, DESK)[0]["data"]["links"]["snooze"]
    press(broker, clock, link, "snooze-1h")
    service.idle()
    changed = alert("subscriber:ann", other, kinds=("first", "denied"))
    service.handle([record(changed, broker)])
    eventually(lambda: service.idle() or len(told(poster, other)) == 2, 20)
    assert len(told(poster, DESK)) == 1
    clock.at += timedelta(hours=1)
    eventually(lambda: service.idle() or len(told(poster, DESK)) == 2, 20)
