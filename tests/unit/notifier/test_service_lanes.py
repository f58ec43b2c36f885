"""No destination holds up another."""

import asyncio
import json
import threading
import time
from dataclasses import dataclass, field

import pytest
from notifying import (
    Book,
    Remembered,
    ScriptedPoster,
    in_policy,
    notifier,
    outcomes,
    record,
)

from services.messages import (
    Every,
    Policy,
)
from services.notifier import service as service_module
from services.notifier.jobs import jobs_of
from services.ports import HttpAnswer, TopicPartition
from services.runtime import lanes

# No destination holds up another.


@dataclass
class Receivers:
    """Posters' world where a destination hangs until `let_go`,
    but for those whose name begins with good.
    """

    let_go: threading.Event = field(default_factory=threading.Event)
    posts: list = field(default_factory=list)

    async def call(self, method, url, headers, body=b"", answer_bytes=0):
        self.posts.append(url)
        while "good" not in url and not self.let_go.is_set():
            await asyncio.sleep(0.005)
        return HttpAnswer(200, url, {})


def test_while_destinations_hang_batches_go_on_and_offsets_wait():
    poster, book = Receivers(), Book()
    service = notifier(poster, book=book)
    hanging = [f"webhook:https://hang{n}.example" for n in range(20)]
    service.handle([record(*hanging, "webhook:https://good.example", alert_id="a", offset=3)])
    assert outcomes(book.rows) == [("webhook:https://good.example", "delivered", 1)]
    assert service.held() == {TopicPartition("alerts", 0): 3}
    service.handle([record(hanging[0], "webhook:https://good.example", alert_id="b", offset=4)])
    assert outcomes(book.rows) == [("webhook:https://good.example", "delivered", 1)] * 2
    assert poster.posts.count("https://hang0.example") == 1, (
        "one message of a destination at a time"
    )
    poster.let_go.set()
    assert len(service.ripen()) == 21
    assert service.held() == {}


def test_messages_for_one_destination_go_in_order():
    poster = ScriptedPoster()
    alerts = [record("webhook:https://a.example", alert_id=f"a{n:02}", offset=n) for n in range(30)]
    notifier(poster).tell(*alerts)
    assert [json.loads(body)["alert"]["alert_id"] for _, _, body in poster.posts] == [
        f"a{n:02}" for n in range(30)
    ]


@pytest.mark.parametrize(("waited", "outcome"), [(-1.0, "delivered"), (1.0, "failed")])
def test_a_message_waits_behind_others_for_an_hour_at_most(waited, outcome, monkeypatch):
    began = time.monotonic() - service_module.WAITING_SECONDS - waited
    real = jobs_of
    monkeypatch.setattr(
        service_module, "jobs_of", lambda items, now, _since: real(items, now, began)
    )
    assert [o for _, o, _ in notifier().tell(record("webhook:https://a.example"))] == [outcome]


def test_a_destination_for_which_too_much_waits_fails_and_the_others_go_on(monkeypatch):
    monkeypatch.setattr(lanes, "LEAST_SHARE_BYTES", 10_000)
    monkeypatch.setattr(lanes, "MOST_WAITING_BYTES", 10_000)
    poster, book = Receivers(), Book()
    service = notifier(poster, book=book)
    service.handle(
        [record("webhook:https://hang.example", alert_id=f"a{n}", offset=n) for n in range(15)]
    )
    failed = [row for row in book.rows if row.outcome == "failed"]
    assert 0 < len(failed) < 14
    assert "too many messages wait" in failed[0].detail
    service.handle([record("webhook:https://good.example", alert_id="b", offset=15)])
    assert ("webhook:https://good.example", "delivered", 1) in outcomes(book.rows)
    poster.let_go.set()


def test_a_delivery_ends_at_its_deadline_whatever_the_client_does(monkeypatch):
    monkeypatch.setattr(service_module, "DELIVERY_SECONDS", 0.2)
    book = Book()
    assert notifier(Receivers(), book=book).tell(record("webhook:https://hang.example")) == [
        ("webhook:https://hang.example", "failed", 1)
    ]
    assert "not delivered within" in book.rows[0].detail


def test_what_has_not_begun_is_left_to_whoever_gets_its_partition():
    poster, book = Receivers(), Book()
    service = notifier(poster, book=book)
    service.handle(
        [record("webhook:https://hang.example", alert_id=f"a{n}", offset=n) for n in range(3)]
    )
    service.forget([TopicPartition("alerts", 0)])
    assert service.held() == {TopicPartition("alerts", 0): 0}, "the first is under way"
    poster.let_go.set()
    assert len(service.ripen()) == 1
    assert len(poster.posts) == 1


def test_a_throttle_counts_what_is_on_its_way():
    poster, past = Receivers(), Remembered()
    service = notifier(poster, past)
    throttle = Policy(throttle=Every(every="1h"))
    service.handle([in_policy(throttle, ("first",), offset=1, to="webhook:https://hang.example")])
    service.handle(
        [in_policy(throttle, ("first", "status"), offset=2, to="webhook:https://hang.example")]
    )
    poster.let_go.set()
    assert len(service.ripen()) == 1
    assert service.held() == {TopicPartition("alerts", 3): 2}
