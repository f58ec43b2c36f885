"""What waits for its time: quiet hours, digests, snoozes."""

import json
from datetime import timedelta

from builders import START
from notifying import Remembered, ScriptedPoster, in_policy, patient

from services.messages import (
    Command,
    DigestRule,
    Policy,
    Quiet,
)
from services.ports import TopicPartition


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
    hourly = Policy(digest=DigestRule(every="1h"))
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
