"""`up` tells of its services what `health` would, once."""

import pytest
import structlog

from services.commands.service_watch import LOOK_SECONDS, ServiceWatch, verdicts
from services.runtime.health import SERVICES, Heartbeat
from services.runtime.program import program
from services.runtime.verdict import Verdict

RUNNING, LOADING = Verdict("running", True), Verdict("loading", True)
NO_FEED = Verdict("failing", False, ("all 5 feeds fail: is the network there?",))


def told(*states):
    """Return what is told of a tagger and a poller that go through the states, a look each."""
    seen = iter(states)
    watch = ServiceWatch(lambda: dict(zip(("tagger", "poller"), next(seen), strict=True)))
    with structlog.testing.capture_logs() as lines:
        for number in range(len(states)):
            watch.look(number * LOOK_SECONDS)
    return [(line["event"], line.get("name")) for line in lines]


def test_that_all_run_is_told_once_and_not_before():
    assert told((LOADING, RUNNING)) == []
    assert told((LOADING, RUNNING), (RUNNING, RUNNING), (RUNNING, RUNNING)) == [
        ("all services run", None)
    ]


def test_a_trouble_is_told_once_and_so_is_its_end():
    states = [(RUNNING, NO_FEED)] * 3 + [(RUNNING, RUNNING)] * 2
    assert told(*states) == [
        ("a service is in trouble", "poller"),
        ("1 of 2 services run", None),
        ("a service is well again", "poller"),
        ("all services run", None),
    ]


def test_how_many_run_is_told_once_the_others_are_known_to_be_in_trouble():
    assert told((LOADING, NO_FEED), (RUNNING, NO_FEED), (RUNNING, NO_FEED)) == [
        ("a service is in trouble", "poller"),
        ("1 of 2 services run", None),
    ]


def test_a_wait_that_is_still_well_is_no_trouble():
    assert told((Verdict("waiting", True, ("Kafka does not answer",)), RUNNING)) == []
    assert told((Verdict("waiting", False, ("Kafka does not answer",)), RUNNING)) == [
        ("a service is in trouble", "tagger"),
        ("1 of 2 services run", None),
    ]


def test_heartbeats_are_not_looked_at_more_often_than_they_change():
    looks = iter([{"poller": RUNNING}] * 3)
    watch = ServiceWatch(lambda: next(looks))
    for now in (0.0, LOOK_SECONDS - 0.1, LOOK_SECONDS):
        watch.look(now)
    assert len(list(looks)) == 1


def test_feeds_that_all_fail_are_told_from_the_heartbeat_with_what_to_look_at(tmp_path):
    heartbeat = Heartbeat(tmp_path, "poller")
    heartbeat.beat("running", feeds=5, failing=5, overdue=0)
    try:
        found = verdicts(tmp_path)
    finally:
        heartbeat.remove()
    assert set(found) == set(SERVICES)
    with structlog.testing.capture_logs() as lines:
        ServiceWatch(lambda: found).look(0.0)
    (line,) = lines
    assert line["name"] == "poller"
    assert "all 5 feeds fail" in line["reason"]
    assert "logs/poller.log" in line["reason"]


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The program in a virtual environment of a folder that is the current one."""
    script = tmp_path / ".venv" / "bin" / "reportedly"
    script.parent.mkdir(parents=True)
    script.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    return script


def test_another_shell_is_told_the_path_of_a_program_that_its_name_would_not_find(
    installed, monkeypatch
):
    monkeypatch.setenv("PATH", "/usr/bin")
    assert program(str(installed)) == ".venv/bin/reportedly"
    monkeypatch.setenv("PATH", f"/usr/bin:{installed.parent}")
    assert program(str(installed)) == "reportedly"


def test_a_program_that_runs_as_a_module_is_told_by_its_name():
    assert program("/somewhere/services/__main__.py") == "reportedly"
