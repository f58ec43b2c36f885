"""Heartbeats: what a process tells of itself, and what is made of it."""

import os
import subprocess
import sys
import threading
import time

import pytest
from click.testing import CliRunner

from services.commands.health import health
from services.runtime.health import STALE_SECONDS, Heartbeat, pulses


def test_a_beat_tells_service_process_and_state(tmp_path):
    Heartbeat(tmp_path, "indexer").beat("waiting", reason="Elasticsearch is down")
    (pulse,) = pulses(tmp_path, time.time())
    assert (pulse.service, pulse.pid, pulse.state, pulse.reason) == ("indexer", os.getpid(), "waiting", "Elasticsearch is down")
    assert pulse.is_well
    assert pulse.age_seconds < 5


def test_a_change_of_state_is_told_at_once_and_the_rest_once_a_second(tmp_path):
    heartbeat = Heartbeat(tmp_path, "indexer")
    heartbeat.beat(batch=1)
    heartbeat.beat(batch=2)
    assert b'"batch": 1' in next(tmp_path.glob("*.json")).read_bytes()
    heartbeat.beat("waiting")
    assert [p.state for p in pulses(tmp_path, time.time())] == ["waiting"]


def test_a_clean_end_leaves_nothing(tmp_path):
    heartbeat = Heartbeat(tmp_path, "indexer")
    heartbeat.beat()
    heartbeat.remove()
    heartbeat.remove()
    assert pulses(tmp_path, time.time()) == []


def test_a_loop_that_hangs_is_not_covered_by_its_sibling(tmp_path):
    for part in ("tracker-route", "tracker-fold"):
        Heartbeat(tmp_path, "tracker", part=part).beat()
    assert [p.part for p in pulses(tmp_path, time.time())] == ["tracker-fold", "tracker-route"]


def test_loops_that_beat_at_once_do_not_disturb_each_other(tmp_path):
    def beat(part):
        heartbeat = Heartbeat(tmp_path, "tracker", part=part)
        for n in range(200):
            heartbeat.beat(f"state {n}")

    threads = [threading.Thread(target=beat, args=(part,)) for part in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [p.state for p in pulses(tmp_path, time.time())] == ["state 199"] * 2


def test_an_old_beat_and_a_dead_process_are_not_well(tmp_path):
    Heartbeat(tmp_path, "indexer").beat()
    (late,) = pulses(tmp_path, time.time() + STALE_SECONDS + 1)
    assert late.is_alive
    assert not late.is_well
    code = (
        "import sys; from pathlib import Path; from services.runtime.health import Heartbeat;"
        "Heartbeat(Path(sys.argv[1]), 'api').beat()"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    (gone,) = [p for p in pulses(tmp_path, time.time()) if p.service == "api"]
    assert not gone.is_alive
    assert not gone.is_well


def test_a_folder_that_is_not_there_holds_no_heartbeats(tmp_path):
    assert pulses(tmp_path / "none", time.time()) == []


@pytest.fixture
def ask(tmp_path, monkeypatch):
    monkeypatch.setenv("REPORTEDLY_RUN_DIR", str(tmp_path))
    return lambda *arguments: CliRunner().invoke(health, ["--local", *arguments])


def test_local_health_is_well_while_the_service_beats(tmp_path, ask):
    assert ask("indexer").exit_code == 1
    Heartbeat(tmp_path, "indexer").beat("waiting", reason="no room")
    told = ask("indexer")
    assert told.exit_code == 0
    assert "waiting" in told.stdout
    assert "no room" in told.stdout


def test_local_health_of_all_names_who_is_down(tmp_path, ask):
    Heartbeat(tmp_path, "indexer").beat()
    told = ask()
    assert told.exit_code == 1
    rows = dict(line.split()[:2] for line in told.stdout.splitlines())
    assert rows == dict.fromkeys(("poller", "tagger", "tracker", "alerter", "notifier", "api"), "down") | {"indexer": "running"}


def test_one_stuck_loop_makes_the_service_stuck(tmp_path, ask):
    Heartbeat(tmp_path, "tracker", part="tracker-route").beat()
    Heartbeat(tmp_path, "tracker", part="tracker-fold").beat()
    (path,) = tmp_path.glob("*tracker-fold.json")
    path.write_text(path.read_text().replace(f'"at": {int(time.time()) // 100}', '"at": 1'))
    told = ask("tracker")
    assert told.exit_code == 1
    assert told.stdout.split()[1] == "stuck"
