"""The notifier's handling of alerts, with a poster that answers as told."""

import json
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec
import pytest
from builders import START
from standardwebhooks.webhooks import Webhook

from services.errors import ConfigError, InvalidMessage, TransientError
from services.messages import Alert, Channel, Command, Delivery, Every, Policy, Quiet, Revision, decode, encode
from services.notifier.policy import Orders
from services.notifier.service import Notifier
from services.ports import HttpAnswer, Record, TopicPartition
from services.runtime.world import World
from services.settings import Settings

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class ScriptedPoster:
    """Answers each host with its list of answers, the last one for ever; an exception is raised."""

    answers: dict = field(default_factory=dict)
    posts: list = field(default_factory=list)

    async def post(self, url, headers, body):
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


@dataclass
class Remembered:
    ids: set = field(default_factory=set)
    orders: Orders = field(default_factory=Orders)
    sent: dict = field(default_factory=dict)

    def refresh(self):
        return self.ids

    def last_sent(self, alert_id, channel):
        return self.sent.get((alert_id, channel))


def notifier(poster=None, settled=None, **settings):
    world = World(Settings(**settings), FixedClock(), None, None, None, poster or ScriptedPoster(), NoPause())
    return Notifier(world, settled or Remembered())


def record(*channels, kinds=("first",), alert_id="a", offset=0):
    revisions = tuple(Revision(id=f"{alert_id}{n}", number=n, kind=kind, text="Told.") for n, kind in enumerate(kinds))
    channels = tuple(Channel(to=to) for to in channels)
    alert = Alert(alert_id=alert_id, watch_id="w", watch_version=1, watch_name="W", revisions=revisions, channels=channels)
    return Record("alerts", 0, offset, alert_id, encode(alert))


def outcomes(handled):
    return [(d.channel, d.outcome, d.attempt) for d in (decode(Delivery, m.value) for m in handled.outgoing)]


def test_a_webhook_is_signed_so_that_its_receiver_can_check_it():
    poster = ScriptedPoster()
    notifier(poster, webhook_secret=SECRET).handle([record("webhook:https://a.example")])
    ((_, headers, body),) = poster.posts
    assert Webhook(SECRET).verify(body, headers)["revision"]["text"] == "Told."


def test_the_log_file_gets_a_line_a_revision(tmp_path):
    path = tmp_path / "deliveries.jsonl"
    handled = notifier(deliveries_log=str(path)).handle([record("log:", kinds=("first", "status"))])
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["revision"]["kind"] for row in rows] == ["first", "status"]
    assert set(rows[0]) == {"delivered_at_unix", "alert", "revision", "channel"}
    assert "revisions" not in rows[0]["alert"]
    assert outcomes(handled) == [("log:", "delivered", 1)] * 2


def test_a_revision_is_delivered_once_and_a_later_one_alone():
    poster = ScriptedPoster()
    service = notifier(poster)
    service.handle([record("webhook:https://a.example")])
    service.handle([record("webhook:https://a.example", kinds=("first", "denied"), offset=1)])
    assert [json.loads(body)["revision"]["kind"] for _, _, body in poster.posts] == ["first", "denied"]


def test_what_an_earlier_run_delivered_is_not_delivered_again():
    poster, remembered = ScriptedPoster(), Remembered()
    notifier(poster, remembered).handle([record("webhook:https://a.example")])
    notifier(poster, Remembered(set(remembered.ids))).handle([record("webhook:https://a.example")])
    assert len(poster.posts) == 1


def test_a_batch_that_comes_again_writes_its_deliveries_again_and_posts_nothing():
    poster = ScriptedPoster()
    service = notifier(poster)
    first = service.handle([record("webhook:https://a.example")])
    assert service.handle([record("webhook:https://a.example")]).outgoing == first.outgoing
    assert len(poster.posts) == 1


def test_a_busy_receiver_is_tried_again_under_the_same_id():
    poster = ScriptedPoster({"https://a.example": [TransientError("no answer"), 503, 200]})
    handled = notifier(poster).handle([record("webhook:https://a.example")])
    assert outcomes(handled) == [("webhook:https://a.example", "delivered", 3)]
    assert len({headers["webhook-id"] for _, headers, _ in poster.posts}) == 1


def test_a_dead_receiver_fails_after_three_tries_and_holds_up_nobody():
    poster = ScriptedPoster({"https://dead.example": [500]})
    alerts = [record("webhook:https://dead.example", "webhook:https://a.example", alert_id=f"a{n}", offset=n) for n in range(3)]
    handled = notifier(poster).handle(alerts)
    assert [o for c, o, _ in outcomes(handled) if "dead" in c] == ["failed"] * 3
    assert [o for c, o, _ in outcomes(handled) if "dead" not in c] == ["delivered"] * 3
    assert sum(1 for url, _, _ in poster.posts if "dead" in url) == 3


@pytest.mark.parametrize("answer", [404, 302, InvalidMessage("refused-address", "inside")])
def test_a_refusal_is_not_tried_again(answer):
    poster = ScriptedPoster({"https://a.example": [answer]})
    handled = notifier(poster).handle([record("webhook:https://a.example")])
    assert outcomes(handled) == [("webhook:https://a.example", "failed", 1)]


def test_what_is_no_alert_is_rejected_and_the_next_is_delivered():
    handled = notifier().handle([Record("alerts", 0, 0, "x", b"no json"), record("webhook:https://a.example", offset=1)])
    assert [error.reason for _, error in handled.rejected] == ["not-json"]
    assert len(handled.outgoing) == 1


def test_an_unusable_secret_is_told_at_the_start():
    with pytest.raises(ConfigError):
        notifier(webhook_secret="whsec_!")


class MovingClock:
    def __init__(self):
        self.at = START

    def now(self):
        return self.at


def patient(poster, settled=None):
    clock = MovingClock()
    world = World(Settings(), clock, None, None, None, poster, NoPause())
    return Notifier(world, settled or Remembered()), clock


def in_policy(policy, kinds, alert_id="a", offset=0):
    url = "webhook:https://a.example"
    whole = decode(Alert, record(url, kinds=kinds, alert_id=alert_id).value)
    revisions = tuple(msgspec.structs.replace(r, at=START) for r in whole.revisions)
    return Record("alerts", 3, offset, alert_id, encode(msgspec.structs.replace(whole, policy=policy, revisions=revisions)))


def test_what_waits_for_the_morning_goes_then_once_and_holds_its_offset_until_then():
    poster = ScriptedPoster()
    service, clock = patient(poster)
    night = Policy(quiet=Quiet(from_="05:00", to="07:00"))
    assert service.handle([in_policy(night, ("first",), offset=7)]).outgoing == []
    assert service.handle([in_policy(night, ("first", "status"), offset=9)]).outgoing == []
    assert service.held() == {TopicPartition("alerts", 3): 9}
    assert service.idle().outgoing == []
    clock.at = START + timedelta(hours=1)
    assert [(o[1], o[2]) for o in outcomes(service.idle())] == [("delivered", 1), ("skipped", 0)]
    assert len(poster.posts) == 1
    assert service.held() == {}
    assert service.idle().outgoing == []


def test_who_takes_over_reads_what_waits_again_and_tells_it_once():
    first, _ = patient(ScriptedPoster())
    waiting = in_policy(Policy(quiet=Quiet(from_="05:00", to="07:00")), ("first",), offset=7)
    first.handle([waiting])
    first.forget([TopicPartition("alerts", 3)])
    assert first.held() == {}
    poster = ScriptedPoster()
    second, clock = patient(poster)
    second.handle([waiting])
    clock.at = START + timedelta(hours=1)
    second.idle()
    assert len(poster.posts) == 1


def test_a_digest_is_one_message_of_all_alerts_of_its_watch():
    poster = ScriptedPoster()
    service, clock = patient(poster)
    hourly = Policy(digest=Every(every="1h"))
    service.handle([in_policy(hourly, ("first",), "a", 1), in_policy(hourly, ("first",), "b", 2)])
    assert poster.posts == []
    clock.at = START + timedelta(hours=1)
    assert len(service.idle().outgoing) == 2
    ((_, _, body),) = poster.posts
    assert [i["alert"]["alert_id"] for i in json.loads(body)["items"]] == ["a", "b"]


def test_a_snooze_that_is_taken_back_lets_go_at_once():
    poster, past = ScriptedPoster(), Remembered()
    service, _ = patient(poster, past)
    until = START + timedelta(days=1)
    past.orders.take(Command(command_id="1", watch_id="w", action="snooze", until=until, at=START))
    service.handle([in_policy(Policy(), ("first",))])
    assert service.idle().outgoing == []
    past.orders.take(Command(command_id="2", watch_id="w", action="resume", at=START))
    assert len(service.idle().outgoing) == 1
    assert len(poster.posts) == 1
