"""What the notifier does with alerts: each revision once, recorded, and after a restart no more."""

import asyncio
import json
import os
import threading

import msgspec
import pytest
from builders import hours
from loops import everything, send
from notifying import (
    SECRET,
    MovingClock,
    ScriptedPoster,
    alert,
    history,
    notifier,
    order,
    outcomes,
    record,
    rows,
)
from standardwebhooks.webhooks import Webhook
from streams import eventually

from services.adapters.memory import MemoryBroker
from services.errors import ConfigError, InvalidMessage, TransientError
from services.messages import ChangeKind, Command, DigestRule, Policy, Quiet
from services.messages.limits import TOPIC_BYTES
from services.notifier.deliveries.breaker import FAILURES
from services.ports import HttpAnswer, Outgoing, Record, TopicPartition

HOOK = "webhook:https://a.example"
PAST: tuple[ChangeKind, ...] = ("first", "count", "status")


def kinds_of(poster):
    return [json.loads(body)["type"] for _, _, body in poster.posts]


def test_a_webhook_is_signed_so_that_its_receiver_can_check_it():
    poster = ScriptedPoster()
    notifier(poster, webhook_secret=SECRET).tell(alert(HOOK), n=1)
    ((_, headers, body),) = poster.posts
    assert Webhook(SECRET).verify(body, headers)["type"] == "alert.first"


def test_the_log_file_gets_a_line_a_revision_for_its_owner_alone(tmp_path):
    path = tmp_path / "deliveries.jsonl"
    told = notifier(deliveries_log=str(path)).tell(alert("log:", kinds=("first", "status")), n=2)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["revision"]["kind"] for line in lines] == ["first", "status"]
    assert set(lines[0]) == {"delivered_at_unix", "alert", "revision", "channel"}
    assert "revisions" not in lines[0]["alert"]
    assert told == [("log:", "delivered", 1)] * 2
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_revision_is_delivered_once_and_a_later_one_alone():
    poster = ScriptedPoster()
    service = notifier(poster)
    service.tell(alert(HOOK), n=1)
    service.tell(alert(HOOK, kinds=("first", "denied")), n=2)
    assert kinds_of(poster) == ["alert.first", "alert.denied"]


def test_a_batch_that_comes_again_is_not_delivered_again_nor_after_a_restart():
    broker, poster = MemoryBroker(partitions=2), ScriptedPoster()
    first = notifier(poster, broker)
    first.tell(alert(HOOK), n=1)
    first.tell(alert(HOOK), n=1)
    first.leave()
    second = notifier(poster, broker)
    second.tell(alert(HOOK), n=1)
    second.tell(alert(HOOK, kinds=("first", "status")), n=2)
    assert kinds_of(poster) == ["alert.first", "alert.status"]


def test_what_waited_when_a_notifier_ended_is_done_by_the_next_without_a_further_alert():
    broker, dark = MemoryBroker(partitions=2), ScriptedPoster(may_answer=lambda: False)
    first = notifier(dark, broker)
    first.handle([record(alert(HOOK), broker)])
    first.lose([TopicPartition("alerts", n) for n in range(2)])
    first.leave()
    poster = ScriptedPoster()
    assert notifier(poster, broker).outcomes(1) == [(HOOK, "delivered", 1)]
    assert kinds_of(poster) == ["alert.first"]


def test_a_receiver_that_is_down_for_two_tries_gets_the_alert_under_the_same_id():
    poster = ScriptedPoster({"https://a.example": [TransientError("no answer"), 503, 200]})
    assert notifier(poster).tell(alert(HOOK), n=1) == [(HOOK, "delivered", 3)]
    assert len({headers["webhook-id"] for _, headers, _ in poster.posts}) == 1


def test_a_receiver_that_stays_down_waits_and_holds_up_nobody():
    poster = ScriptedPoster({"https://dead.example": [503]})
    service = notifier(poster)
    key = "a|webhook:https://dead.example"
    told = service.tell(alert("webhook:https://dead.example", HOOK), n=1)
    assert told == [(HOOK, "delivered", 1)]
    eventually(lambda: rows(service.broker)[key].attempts == FAILURES, 10)
    state = rows(service.broker)[key]
    assert (state.outcome, state.reason) == ("waiting", "HTTP 503")
    assert sum(url == "https://dead.example" for url, _, _ in poster.posts) == FAILURES, (
        "then it is left alone for a while"
    )


def test_while_receivers_hang_others_get_their_messages_one_at_a_time():
    let_go = threading.Event()

    class Hanging(ScriptedPoster):
        async def call(self, method, url, headers, body=b"", answer_bytes=0):
            self.posts.append((url, headers, body))
            while "hang" in url and not let_go.is_set():
                await asyncio.sleep(0.002)
            return HttpAnswer(200, url, {})

    poster = Hanging()
    service = notifier(poster)
    hanging = [f"webhook:https://hang{n}.example" for n in range(20)]
    assert service.tell(alert(*hanging, HOOK), n=1) == [(HOOK, "delivered", 1)]
    told = service.tell(alert(hanging[0], HOOK, alert_id="b"), n=2)
    assert told == [(HOOK, "delivered", 1)] * 2
    assert sum(url == "https://hang0.example" for url, _, _ in poster.posts) == 1
    let_go.set()
    assert len(service.outcomes(23)) == 23


def test_a_receiver_that_is_gone_is_switched_off_and_its_owner_hears_of_it_elsewhere():
    """410: by Standard Webhooks, it wants no more."""
    poster = ScriptedPoster({"https://gone.example": [410]})
    service = notifier(poster)
    service.tell(alert("webhook:https://gone.example", HOOK), n=2)
    eventually(lambda: "system.notice" in kinds_of(poster), 10)
    url, _, body = poster.posts[-1]
    assert url == "https://a.example"
    assert "gone.example is switched off" in json.loads(body)["data"]["subject"]
    service.tell(alert("webhook:https://gone.example", HOOK, kinds=("first", "status")), n=3)
    assert sum(url == "https://gone.example" for url, _, _ in poster.posts) == 1


@pytest.mark.parametrize("asked_at", [hours(1), hours(-1)])
def test_what_was_given_up_is_tried_again_on_command_whatever_clock_it_has(asked_at):
    gone = "https://gone.example"
    poster, clock = ScriptedPoster({gone: [410, 200]}), MovingClock()
    service = notifier(poster, clock=clock)
    service.tell(alert(f"webhook:{gone}"), n=1)
    clock.at = hours(2)
    order(
        service.broker,
        Command(command_id="1", watch_id="", action="redrive", to=f"webhook:{gone}", at=asked_at),
    )
    service.idle()
    service.tell(alert(f"webhook:{gone}", kinds=("first", "status")), n=2)
    assert [d.outcome for d in history(service.broker)] == ["failed", "delivered"]


def test_a_channel_that_is_added_gets_the_next_change_and_no_history():
    poster, other = ScriptedPoster(), "webhook:https://b.example"
    service = notifier(poster)
    service.tell(alert(HOOK, kinds=PAST), n=3)
    service.tell(alert(HOOK, other, kinds=(*PAST, "denied")), n=5)
    added = [json.loads(body) for url, _, body in poster.posts if url == "https://b.example"]
    assert [body["type"] for body in added] == ["alert.as_it_stands"]


def test_what_was_told_is_known_when_kafka_has_forgotten_deliveries_and_offsets():
    """`deliveries` is kept for 90 days, and the offsets of a group that is away for 7."""
    before = MemoryBroker(partitions=2)
    first = notifier(ScriptedPoster(), before)
    first.tell(alert(HOOK, kinds=PAST), n=3)
    first.leave()
    after, poster = MemoryBroker(partitions=2), ScriptedPoster()
    for row in everything(before, "delivery-states"):
        send(after, Outgoing(row.topic, row.key, row.value, partition=row.partition))
    second = notifier(poster, after)
    second.handle([record(alert(HOOK, kinds=PAST), after)])
    second.tell(alert(HOOK, kinds=(*PAST, "denied")), n=1)
    assert kinds_of(poster) == ["alert.denied"]


@pytest.mark.parametrize("answer", [InvalidMessage("bad-header", "a header"), KeyError("x")])
def test_a_message_that_can_not_be_sent_is_given_up_and_the_next_goes(answer):
    """Whatever a client raises ends one delivery."""
    poster = ScriptedPoster({"https://a.example": [answer, 200]})
    service = notifier(poster)
    assert service.tell(alert(HOOK), n=1) == [(HOOK, "failed", 1)]
    told = service.tell(alert(HOOK, alert_id="b"), n=2)
    assert told == [(HOOK, "delivered", 1), (HOOK, "failed", 1)]


@pytest.mark.parametrize("to", ["fax:a@example.org", "", "webhook", "irc:#x"])
def test_a_channel_that_nobody_can_deliver_to_fails_with_a_reason(to):
    service = notifier()
    assert service.tell(alert(to), n=1) == [(to, "failed", 0)]
    assert "the channels are" in history(service.broker)[0].detail


def test_what_is_no_alert_is_rejected_and_the_next_is_delivered():
    service = notifier()
    handled = service.handle(
        [Record("alerts", 0, 0, "x", b"no json"), record(alert(HOOK), service.broker)]
    )
    assert [error.reason for _, error in handled.rejected] == ["not-json"]
    assert service.outcomes(1) == [(HOOK, "delivered", 1)]


def test_an_alert_whose_row_can_not_be_written_is_rejected_and_the_next_is_delivered():
    service = notifier()
    long = "log:" + "x" * TOPIC_BYTES
    batch = [
        Record("alerts", 0, n, one.alert_id, msgspec.json.encode(one))
        for n, one in enumerate((alert(long, alert_id="long"), alert(HOOK)))
    ]
    handled = service.handle(batch)
    assert [(r.key, e.reason) for r, e in handled.rejected] == [("long", "too-large")]
    assert (HOOK, "delivered", 1) in service.outcomes(1)


def test_an_unusable_secret_is_told_at_the_start():
    with pytest.raises(ConfigError):
        notifier(webhook_secret="whsec_!")


# Files and topics that can't be written: nothing is posted twice.


@pytest.mark.parametrize("path", ["/dev/full", "/nonexistent/x", "/", "pipe"])
def test_a_log_file_that_can_not_be_written_is_tried_again_and_doubles_no_webhook(path, tmp_path):
    if path == "pipe":
        path = str(tmp_path / "pipe")
        os.mkfifo(path)
    poster, broker = ScriptedPoster(), MemoryBroker(partitions=2)
    for n in range(1, 4):
        service = notifier(poster, broker, deliveries_log=path)
        service.tell(alert("log:", HOOK, alert_id=f"a{n}"), n=n)
        eventually(lambda: "DELIVERIES_LOG" in rows(broker)["a1|log:"].reason, 10)
        service.leave()
    assert len(poster.posts) == 3


def test_while_kafka_is_away_the_next_message_for_a_destination_waits():
    broker = MemoryBroker(partitions=2)

    def away():
        broker.is_down = True
        return True

    poster = ScriptedPoster(may_answer=away)
    service = notifier(poster, broker)
    service.handle([record(alert(HOOK, kinds=("first", "status")), broker)])
    eventually(lambda: len(poster.posts) == 1, 10)
    with pytest.raises(TransientError):
        service.idle()
    assert len(poster.posts) == 1
    poster.may_answer = lambda: True
    broker.is_down = False
    assert service.outcomes(2) == [(HOOK, "delivered", 1)] * 2


# What waits for its time


def test_what_waits_for_the_morning_goes_then_once():
    poster, clock = ScriptedPoster(), MovingClock()
    service = notifier(poster, clock=clock)
    night = Policy(quiet=Quiet(from_="05:00", to="07:00"))
    service.handle([record(alert(HOOK, policy=night), service.broker)])
    service.handle([record(alert(HOOK, kinds=("first", "status"), policy=night), service.broker)])
    service.idle()
    assert poster.posts == []
    clock.at = hours(1)
    assert [o[1:] for o in service.outcomes(2)] == [("delivered", 1), ("skipped", 0)]
    assert kinds_of(poster) == ["alert.as_it_stands"]


def test_a_digest_is_one_message_of_all_alerts_of_its_watch():
    poster, clock = ScriptedPoster(), MovingClock()
    service = notifier(poster, clock=clock)
    hourly = Policy(digest=DigestRule(every="1h"))
    for id in ("a", "b"):
        service.handle([record(alert(HOOK, alert_id=id, policy=hourly), service.broker)])
    clock.at = hours(1)
    assert service.outcomes(2) == [(HOOK, "delivered", 1)] * 2
    assert kinds_of(poster) == ["alert.digest"]


def test_a_snooze_that_is_taken_back_lets_go_at_once():
    service = notifier()
    given = Command(command_id="1", watch_id="w", action="snooze", until=hours(30), at=hours(0))
    order(service.broker, given)
    service.idle()
    service.handle([record(alert(HOOK), service.broker)])
    assert outcomes(history(service.broker)) == []
    order(service.broker, Command(command_id="2", watch_id="w", action="resume", at=hours(1)))
    assert service.outcomes(1) == [(HOOK, "delivered", 1)]
