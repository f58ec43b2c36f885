"""The notifier's handling of alerts, with a poster that answers as told."""

import asyncio
import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec
import pytest
from builders import START
from scrapes import Rise
from stand_ins import stand_in
from standardwebhooks.webhooks import Webhook

from services.errors import ConfigError, InvalidMessage, TransientError
from services.messages import (
    Alert,
    Channel,
    Command,
    Delivery,
    Every,
    Policy,
    Quiet,
    Revision,
    Stamps,
    decode,
    encode,
)
from services.notifier import service as service_module
from services.notifier.jobs import jobs_of
from services.notifier.memory import Memory
from services.notifier.service import Notifier
from services.ports import HttpAnswer, Record, TopicPartition
from services.runtime import lanes
from services.runtime.files import Lines
from services.runtime.world import World
from services.settings import Settings

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class ScriptedPoster:
    """Answers each host with its list of answers, the last one for ever; an exception is raised.

    Nothing is answered before `may_answer` is true.
    """

    answers: dict = field(default_factory=dict)
    posts: list = field(default_factory=list)
    may_answer: Callable[[], bool] = lambda: True

    async def post(self, url, headers, body):
        while not self.may_answer():
            await asyncio.sleep(0.001)
        self.posts.append((url, headers, body))
        script = self.answers.get(url, [200])
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, Exception):
            raise answer
        return HttpAnswer(answer, url, {})


class NoPause:
    def is_set(self):
        return False

    def wait(self, timeout_seconds):
        return False


class FixedClock:
    def now(self):
        return START


class Remembered:
    def __init__(self):
        self.memory = Memory()

    def refresh(self):
        """Nothing comes from elsewhere."""


@dataclass
class Book:
    """A ledger that fails with each of `failures` before it takes a row."""

    rows: list = field(default_factory=list)
    failures: list = field(default_factory=list)
    is_away: bool = False

    def write(self, messages):
        if self.is_away:
            raise TransientError("Kafka is away")
        if self.failures:
            raise self.failures.pop(0)
        self.rows += [decode(Delivery, message.value) for message in messages]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(service_module, "delay", lambda tries: 0.0)


OPEN: list[Notifier] = []


@pytest.fixture(autouse=True)
def closing():
    yield
    while OPEN:
        OPEN.pop().close()


class Harness(Notifier):
    """A notifier whose calls return the outcomes of what they began, once all of it is done."""

    def __init__(self, world, past, book):
        super().__init__(world, past, book)
        self.book = book
        OPEN.append(self)

    def tell(self, *records):
        return self._told(lambda: self.handle(records))

    def ripen(self):
        return self._told(self.idle)

    def _told(self, act):
        n_before = len(self.book.rows)
        act()
        until = time.monotonic() + 20
        while self._open:
            assert time.monotonic() < until
            self._lanes.wait(set(self._open.values()), 1.0)
            self._collect()
        return outcomes(self.book.rows[n_before:])


def notifier(poster=None, settled=None, book=None, clock=None, stop=None, **settings):
    poster = poster or ScriptedPoster()
    world = World(
        Settings(**settings),
        clock or FixedClock(),
        stand_in(),
        stand_in(),
        stand_in(),
        poster,
        stop or NoPause(),
    )
    return Harness(world, settled or Remembered(), book or Book())


def record(*channels, kinds=("first",), alert_id="a", offset=0):
    revisions = tuple(
        Revision(id=f"{alert_id}{n}", number=n, kind=kind, text="Told.")
        for n, kind in enumerate(kinds)
    )
    channels = tuple(Channel(to=to) for to in channels)
    alert = Alert(
        alert_id=alert_id,
        watch_id="w",
        watch_version=1,
        watch_name="W",
        revisions=revisions,
        channels=channels,
    )
    return Record("alerts", 0, offset, alert_id, encode(alert))


def outcomes(deliveries):
    return sorted((d.channel, d.outcome, d.attempt) for d in deliveries)


def test_deliveries_are_counted_by_outcome_and_kind_of_channel_and_timed():
    rise = Rise()
    poster = ScriptedPoster({"https://b.example": [404]})
    notifier(poster).tell(record("webhook:https://a.example", "webhook:https://b.example", "log:"))
    assert rise("reportedly_deliveries_total", outcome="delivered", channel="webhook") == 1
    assert rise("reportedly_deliveries_total", outcome="failed", channel="webhook") == 1
    assert rise("reportedly_deliveries_total", outcome="delivered", channel="log") == 1
    assert rise("reportedly_post_seconds_count") == 2


def test_how_long_an_alert_took_is_measured_from_when_its_article_was_seen():
    rise = Rise()
    stamps = Stamps(
        published_at=START - timedelta(seconds=90),
        first_seen_at=START - timedelta(seconds=4),
        decided_at=START,
    )
    revisions = (Revision(id="r", number=0, kind="first", text="Told.", stamps=stamps),)
    told = Alert(
        alert_id="a",
        watch_id="w",
        watch_version=1,
        watch_name="W",
        revisions=revisions,
        channels=(Channel(to="log:"),),
    )
    notifier().tell(Record("alerts", 0, 0, "a", encode(told)))
    assert rise("reportedly_latency_seconds_sum", stage="decided", since="seen") == 4
    assert rise("reportedly_latency_seconds_sum", stage="delivered", since="seen") == 4
    assert rise("reportedly_latency_seconds_sum", stage="delivered", since="published") == 90


def test_a_webhook_is_signed_so_that_its_receiver_can_check_it():
    poster = ScriptedPoster()
    notifier(poster, webhook_secret=SECRET).tell(record("webhook:https://a.example"))
    ((_, headers, body),) = poster.posts
    assert Webhook(SECRET).verify(body, headers)["revision"]["text"] == "Told."


def test_the_log_file_gets_a_line_a_revision_for_its_owner_alone(tmp_path):
    path = tmp_path / "deliveries.jsonl"
    told = notifier(deliveries_log=str(path)).tell(record("log:", kinds=("first", "status")))
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["revision"]["kind"] for row in rows] == ["first", "status"]
    assert set(rows[0]) == {"delivered_at_unix", "alert", "revision", "channel"}
    assert "revisions" not in rows[0]["alert"]
    assert told == [("log:", "delivered", 1)] * 2
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_revision_is_delivered_once_and_a_later_one_alone():
    poster = ScriptedPoster()
    service = notifier(poster)
    service.tell(record("webhook:https://a.example"))
    service.tell(record("webhook:https://a.example", kinds=("first", "denied"), offset=1))
    assert [json.loads(body)["revision"]["kind"] for _, _, body in poster.posts] == [
        "first",
        "denied",
    ]


def test_what_an_earlier_run_delivered_is_not_delivered_again():
    poster, remembered = ScriptedPoster(), Remembered()
    notifier(poster, remembered).tell(record("webhook:https://a.example"))
    later = Remembered()
    later.memory.settled |= remembered.memory.settled
    notifier(poster, later).tell(record("webhook:https://a.example"))
    assert len(poster.posts) == 1


def test_a_batch_that_comes_again_is_not_delivered_again():
    poster, book = ScriptedPoster(), Book()
    service = notifier(poster, book=book)
    service.tell(record("webhook:https://a.example"))
    assert service.tell(record("webhook:https://a.example")) == []
    assert (len(poster.posts), len(book.rows)) == (1, 1)


def test_a_busy_receiver_is_tried_again_under_the_same_id():
    poster = ScriptedPoster({"https://a.example": [TransientError("no answer"), 503, 200]})
    assert notifier(poster).tell(record("webhook:https://a.example")) == [
        ("webhook:https://a.example", "delivered", 3)
    ]
    assert len({headers["webhook-id"] for _, headers, _ in poster.posts}) == 1


def test_a_dead_receiver_fails_after_three_tries_for_all_that_waits_behind_and_holds_up_nobody():
    poster = ScriptedPoster({"https://dead.example": [500]})
    alerts = [
        record(
            "webhook:https://dead.example", "webhook:https://a.example", alert_id=f"a{n}", offset=n
        )
        for n in range(3)
    ]
    service = notifier(poster)
    poster.may_answer = lambda: len(service._open) == 6
    told = service.tell(*alerts)
    assert sorted(o for c, o, _ in told if "dead" in c) == ["failed"] * 3
    assert [o for c, o, _ in told if "dead" not in c] == ["delivered"] * 3
    assert sum(1 for url, _, _ in poster.posts if "dead" in url) == 3


@pytest.mark.parametrize("answer", [404, 302, InvalidMessage("refused-address", "inside")])
def test_a_refusal_is_not_tried_again(answer):
    poster = ScriptedPoster({"https://a.example": [answer]})
    assert notifier(poster).tell(record("webhook:https://a.example")) == [
        ("webhook:https://a.example", "failed", 1)
    ]


@pytest.mark.parametrize(
    "error", [UnicodeEncodeError("latin-1", "é", 0, 1, "x"), KeyError("x"), RuntimeError("x")]
)
def test_whatever_a_client_raises_is_a_failed_delivery_and_the_next_goes(error):
    poster = ScriptedPoster({"https://a.example": [error, 200]})
    book = Book()
    told = notifier(poster, book=book).tell(
        record("webhook:https://a.example", kinds=("first", "status"))
    )
    assert told == [
        ("webhook:https://a.example", "delivered", 1),
        ("webhook:https://a.example", "failed", 1),
    ]
    assert type(error).__name__ in book.rows[0].detail


@pytest.mark.parametrize("to", ["mail:a@example.org", "", "webhook", "slack:#x"])
def test_a_channel_that_nobody_can_deliver_to_fails_with_a_reason(to):
    book = Book()
    assert notifier(book=book).tell(record(to)) == [(to, "failed", 0)]
    assert "channels are log: and webhook:" in book.rows[0].detail


def test_what_is_no_alert_is_rejected_and_the_next_is_delivered():
    service = notifier()
    handled = service.handle(
        [Record("alerts", 0, 0, "x", b"no json"), record("webhook:https://a.example", offset=1)]
    )
    assert [error.reason for _, error in handled.rejected] == ["not-json"]
    assert outcomes(service.book.rows) == [("webhook:https://a.example", "delivered", 1)]


def test_an_unusable_secret_is_told_at_the_start():
    with pytest.raises(ConfigError):
        notifier(webhook_secret="whsec_!")


# Files that can't be written, topics that can't be written: nothing is posted twice.


@pytest.mark.parametrize("path", ["/dev/full", "/nonexistent/x", "/", "pipe"])
def test_a_log_file_that_can_not_be_written_is_a_failed_delivery(path, tmp_path):
    if path == "pipe":
        path = str(tmp_path / "pipe")
        os.mkfifo(path)
    poster, book = ScriptedPoster(), Book()
    alerts = [
        record("log:", "webhook:https://a.example", alert_id=f"a{n}", offset=n) for n in range(2)
    ]
    told = notifier(poster, book=book, deliveries_log=path).tell(*alerts)
    assert told == [("log:", "failed", 1)] * 2 + [("webhook:https://a.example", "delivered", 1)] * 2
    assert len(poster.posts) == 2
    assert all(
        "REPORTEDLY_DELIVERIES_LOG" in row.detail for row in book.rows if row.channel == "log:"
    )


def test_what_a_full_disk_cut_off_does_not_run_into_the_next_row(tmp_path, monkeypatch):
    path = tmp_path / "rows"
    lines, real = Lines(path), os.write
    monkeypatch.setattr(os, "write", lambda file, data: real(file, data[:3]))
    with pytest.raises(OSError, match="No space"):
        lines.append(b"first\n")
    monkeypatch.undo()
    lines.append(b"second\n")
    assert path.read_bytes() == b"fir\nsecond\n"


def test_the_next_message_for_a_destination_waits_until_the_last_is_written_down():
    poster, book = ScriptedPoster(), Book()
    book.failures = [TransientError("Kafka is away")] * 5
    told = notifier(poster, book=book).tell(
        record("webhook:https://a.example", kinds=("first", "status"))
    )
    assert told == [("webhook:https://a.example", "delivered", 1)] * 2
    assert len(poster.posts) == 2


def test_a_crash_doubles_at_most_one_message_a_destination():
    """The topic can't be written and the process stops:
    of five messages one is out and not written down.
    """
    poster, book, stop = ScriptedPoster(), Book(), Stop()
    book.is_away = True
    service = notifier(poster, book=book, stop=stop)
    service.handle(
        [record("webhook:https://a.example", kinds=("first",) + ("status",) * 4, offset=7)]
    )
    assert len(poster.posts) == 1
    stop.set()
    service.close()
    OPEN.remove(service)
    assert book.rows == []
    assert service.held() == {TopicPartition("alerts", 0): 7}, (
        "nothing is committed that is not written down"
    )


# No destination holds up another.


@dataclass
class Receivers:
    """Posters' world where a destination hangs until `let_go`,
    but for those whose name begins with good.
    """

    let_go: threading.Event = field(default_factory=threading.Event)
    posts: list = field(default_factory=list)

    async def post(self, url, headers, body):
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


class Stop(NoPause):
    def __init__(self):
        self.is_stopped = False

    def is_set(self):
        return self.is_stopped

    def set(self):
        self.is_stopped = True


class MovingClock:
    def __init__(self):
        self.at = START

    def now(self):
        return self.at


def patient(poster, settled=None):
    clock = MovingClock()
    return notifier(poster, settled, clock=clock), clock


def in_policy(policy, kinds, alert_id="a", offset=0, to="webhook:https://a.example"):
    whole = decode(Alert, record(to, kinds=kinds, alert_id=alert_id).value)
    revisions = tuple(msgspec.structs.replace(r, at=START) for r in whole.revisions)
    return Record(
        "alerts",
        3,
        offset,
        alert_id,
        encode(msgspec.structs.replace(whole, policy=policy, revisions=revisions)),
    )


def test_what_waits_for_the_morning_goes_then_once_and_holds_its_offset_until_then():
    poster = ScriptedPoster()
    service, clock = patient(poster)
    night = Policy(quiet=Quiet(from_="05:00", to="07:00"))
    assert service.tell(in_policy(night, ("first",), offset=7)) == []
    assert service.tell(in_policy(night, ("first", "status"), offset=9)) == []
    assert service.held() == {TopicPartition("alerts", 3): 9}
    assert service.ripen() == []
    clock.at = START + timedelta(hours=1)
    assert [(o[1], o[2]) for o in service.ripen()] == [("delivered", 1), ("skipped", 0)]
    assert len(poster.posts) == 1
    assert service.held() == {}
    assert service.ripen() == []


def test_who_takes_over_reads_what_waits_again_and_tells_it_once():
    first, _ = patient(ScriptedPoster())
    waiting = in_policy(Policy(quiet=Quiet(from_="05:00", to="07:00")), ("first",), offset=7)
    first.tell(waiting)
    first.forget([TopicPartition("alerts", 3)])
    assert first.held() == {}
    poster = ScriptedPoster()
    second, clock = patient(poster)
    second.tell(waiting)
    clock.at = START + timedelta(hours=1)
    second.ripen()
    assert len(poster.posts) == 1


def test_a_digest_is_one_message_of_all_alerts_of_its_watch():
    poster = ScriptedPoster()
    service, clock = patient(poster)
    hourly = Policy(digest=Every(every="1h"))
    service.tell(in_policy(hourly, ("first",), "a", 1), in_policy(hourly, ("first",), "b", 2))
    assert poster.posts == []
    clock.at = START + timedelta(hours=1)
    assert len(service.ripen()) == 2
    ((_, _, body),) = poster.posts
    assert [i["alert"]["alert_id"] for i in json.loads(body)["items"]] == ["a", "b"]


def test_a_snooze_that_is_taken_back_lets_go_at_once():
    poster, past = ScriptedPoster(), Remembered()
    service, _ = patient(poster, past)
    until = START + timedelta(days=1)
    orders = past.memory.orders
    orders.take(Command(command_id="1", watch_id="w", action="snooze", until=until, at=START))
    service.tell(in_policy(Policy(), ("first",)))
    assert service.ripen() == []
    orders.take(Command(command_id="2", watch_id="w", action="resume", at=START))
    assert len(service.ripen()) == 1
    assert len(poster.posts) == 1
