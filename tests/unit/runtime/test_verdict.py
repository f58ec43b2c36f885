"""What health makes of heartbeats and lags."""

import time

import pytest

from services.adapters.memory import MemoryBroker
from services.runtime import health
from services.runtime.health import WAITING_SECONDS, Heartbeat, Pulse, pulses
from services.runtime.outlook import trouble
from services.runtime.verdict import JOINING_SECONDS, judge


def pulse(state="running", part="", age=0.0, since=1000.0, reason="", **details):
    return Pulse(
        "any",
        1,
        state,
        age,
        reason,
        part,
        longest_step_seconds=60.0,
        state_seconds=since,
        details=details,
    )


def test_no_process_is_down_and_what_would_help_is_said():
    verdict = judge("tracker", [], {})
    assert (verdict.state, verdict.is_well) == ("down", False)
    assert "logs/tracker.log" in verdict.notes[0]


@pytest.mark.parametrize(
    ("members", "state"), [((1, 2), "elsewhere"), ((0, 2), "down"), ((None, 2), "down")]
)
def test_a_service_of_other_containers_runs_if_all_its_groups_have_members(members, state):
    lags = {f"g{n}": None if m is None else (0, m) for n, m in enumerate(members)}
    verdict = judge("tracker", [], lags, is_apart=True)
    assert (verdict.state, verdict.is_well) == (state, state == "elsewhere")
    assert judge("tracker", [], lags).state == "down"


def test_whether_a_service_without_a_group_runs_elsewhere_is_not_known():
    verdict = judge("api", [], {}, is_apart=True)
    assert (verdict.state, verdict.is_well) == ("unseen", False)
    assert "/health" in verdict.notes[0]


def test_a_loop_beyond_its_longest_step_is_stuck_whatever_its_siblings_do():
    verdict = judge("tracker", [pulse(part="route"), pulse(part="fold", age=61.0)], {})
    assert (verdict.state, verdict.is_well) == ("stuck", False)
    assert "fold has not beaten for 61 s" in verdict.notes[0]
    assert judge("tracker", [pulse(part="fold", age=60.0)], {}).state == "running"


@pytest.mark.parametrize(
    ("seconds", "is_well"), [(WAITING_SECONDS, True), (WAITING_SECONDS + 1, False)]
)
def test_a_service_whose_engine_is_away_waits_and_is_not_well_for_long(seconds, is_well):
    verdict = judge("tagger", [pulse("waiting", since=seconds, reason="Kafka does not answer")], {})
    assert (verdict.state, verdict.is_well, verdict.notes) == (
        "waiting",
        is_well,
        ("Kafka does not answer",),
    )


def test_a_service_that_loads_is_not_said_to_run():
    assert judge("tagger", [pulse("loading")], {"tagger": None}).state == "loading"


def test_all_feeds_failing_is_not_well_and_all_but_one_is():
    assert (
        judge("poller", [pulse(feeds=3, failing=2), pulse(part="publish")], {}).state == "running"
    )
    verdict = judge("poller", [pulse(feeds=2, failing=2), pulse(feeds=1, failing=1)], {})
    assert (verdict.state, verdict.is_well) == ("failing", False)
    assert "all 3 feeds fail" in verdict.notes[0]
    assert "REPORTEDLY_FETCH_ALLOW_NETWORKS" in verdict.notes[0]


def test_all_feeds_being_late_is_not_well():
    assert judge("poller", [pulse(feeds=2, overdue=2)], {}).state == "failing"
    assert judge("poller", [pulse(feeds=2, overdue=1)], {}).state == "running"
    assert judge("poller", [pulse(feeds=0, overdue=0, failing=0)], {}).state == "running"


def test_feeds_on_the_topic_that_are_not_polled_are_told():
    assert judge("poller", [pulse(feeds=4, on_topic=4)], {}).state == "running"
    verdict = judge("poller", [pulse(feeds=4, on_topic=5)], {})
    assert verdict.state == "failing"
    assert verdict.notes[0].startswith("1 of 5 feeds can't be read and are not polled")


def test_a_running_service_that_nobody_reads_for_is_not_well_once_it_had_time_to_join():
    assert (
        judge("tagger", [pulse(since=JOINING_SECONDS - 1)], {"tagger": (7, 0)}).state == "running"
    )
    assert judge("tagger", [pulse(since=JOINING_SECONDS)], {"tagger": (7, 0)}).state == "failing"
    assert judge("tagger", [pulse(since=JOINING_SECONDS)], {"tagger": (7, 1)}).state == "running"


def test_being_behind_is_well():
    assert judge("notifier", [pulse(part="notifier")], {"notifier": (10_000, 2)}).is_well


def test_destinations_in_trouble_are_told_and_the_notifier_is_well():
    living = [pulse(part="deliveries", waiting=1, troubles=2), pulse(part="deliveries", waiting=2)]
    verdict = judge("notifier", living, {"notifier": (0, 2)})
    assert verdict.is_well
    assert verdict.notes == (
        "2 destinations could not be reached: `reportedly deliveries list` names them",
        "3 deliveries waiting: `reportedly deliveries list` says for what",
    )


def test_a_loop_does_not_say_that_it_runs_while_its_engine_is_away(tmp_path):
    heartbeat = Heartbeat(tmp_path, "tagger")
    try:
        away, up = MemoryBroker(), MemoryBroker()
        away.is_down = True
        health.set_trouble(trouble({"Kafka does not answer": away, "Elasticsearch": up}))
        heartbeat.beat(batch=1)
        (told,) = pulses(tmp_path)
        assert (told.state, told.reason) == ("waiting", "Kafka does not answer")
        assert not pulses(tmp_path, time.monotonic() + WAITING_SECONDS + 1)[0].is_well
        health.set_trouble(trouble({"Kafka does not answer": up}))
        heartbeat.beat()
        assert [p.state for p in pulses(tmp_path)] == ["running"]
    finally:
        health.set_trouble("")


def test_dead_and_silent_feeds_are_told_and_leave_the_service_well():
    verdict = judge("poller", [pulse(feeds=9, died=2, quiet=1)], {})
    assert verdict.is_well
    assert verdict.notes == (
        "2 feeds died and 1 feed silent for longer than ever: `reportedly feeds check` names them",
    )
