"""The notifier's handling of alerts, with a poster that answers as told."""

import json
import os
from datetime import timedelta

import pytest
from builders import START
from notifying import (
    OPEN,
    SECRET,
    Book,
    Remembered,
    ScriptedPoster,
    Stopped,
    notifier,
    outcomes,
    record,
)
from scrapes import Rise
from standardwebhooks.webhooks import Webhook

from services.errors import ConfigError, InvalidMessage, TransientError
from services.messages import (
    Alert,
    Channel,
    Revision,
    Stamps,
    encode,
)
from services.ports import Record, TopicPartition
from services.runtime.files import Lines


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
    assert 'the channels are "log:", "webhook:https://…"' in book.rows[0].detail


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
    poster, book, stop = ScriptedPoster(), Book(), Stopped()
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
