"""Heartbeats: what a process tells of itself, and what is made of it."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner

from services.commands.health import _disk, health
from services.commands.running import FULL_BYTES
from services.runtime.health import WAITING_SECONDS, Heartbeat, pulses
from services.settings import Settings


def test_a_beat_tells_service_process_and_state(tmp_path):
    Heartbeat(tmp_path, "indexer").beat("waiting", reason="Elasticsearch is down")
    (pulse,) = pulses(tmp_path)
    assert (pulse.service, pulse.pid, pulse.state, pulse.reason) == (
        "indexer",
        os.getpid(),
        "waiting",
        "Elasticsearch is down",
    )
    assert pulse.is_well
    assert pulse.age_seconds < 5


def test_a_change_of_state_is_told_at_once_and_the_rest_once_a_second(tmp_path):
    heartbeat = Heartbeat(tmp_path, "indexer")
    heartbeat.beat(batch=1)
    heartbeat.beat(batch=2)
    assert b'"batch": 1' in next(tmp_path.glob("*.json")).read_bytes()
    heartbeat.beat("waiting")
    assert [p.state for p in pulses(tmp_path)] == ["waiting"]


def test_a_clean_end_leaves_nothing(tmp_path):
    heartbeat = Heartbeat(tmp_path, "indexer")
    heartbeat.beat()
    heartbeat.remove()
    heartbeat.remove()
    assert pulses(tmp_path) == []


def test_a_loop_that_hangs_is_not_covered_by_its_sibling(tmp_path):
    for part in ("tracker-route", "tracker-fold"):
        Heartbeat(tmp_path, "tracker", part=part).beat()
    assert [p.part for p in pulses(tmp_path)] == ["tracker-fold", "tracker-route"]


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
    assert [p.state for p in pulses(tmp_path)] == ["state 199"] * 2


def test_an_old_beat_and_a_dead_process_are_not_well(tmp_path):
    Heartbeat(tmp_path, "indexer", longest_step_seconds=60.0).beat()
    (in_time,) = pulses(tmp_path, time.monotonic() + 59)
    assert in_time.is_well
    (late,) = pulses(tmp_path, time.monotonic() + 61)
    assert late.is_alive
    assert not late.is_well
    code = (
        "import sys; from pathlib import Path; from services.runtime.health import Heartbeat;"
        "Heartbeat(Path(sys.argv[1]), 'api').beat()"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    (gone,) = [p for p in pulses(tmp_path) if p.service == "api"]
    assert not gone.is_alive
    assert not gone.is_well


def test_a_clock_that_is_set_back_changes_no_age_and_holds_up_no_beat(tmp_path, monkeypatch):
    heartbeat = Heartbeat(tmp_path, "indexer")
    heartbeat.beat(batch=1)
    an_hour_ago = time.time() - 3600
    monkeypatch.setattr(time, "time", lambda: an_hour_ago)
    monotonic = time.monotonic() + 2
    monkeypatch.setattr(time, "monotonic", lambda: monotonic)
    heartbeat.beat(batch=2)
    (pulse,) = pulses(tmp_path)
    assert pulse.details == {"batch": 2}
    assert pulse.age_seconds == 0
    monkeypatch.setattr(time, "monotonic", lambda: monotonic + 500)
    (hanging,) = pulses(tmp_path)
    assert hanging.age_seconds == pytest.approx(500)
    assert not hanging.is_well


def test_a_beat_while_the_files_are_read_is_not_one_in_the_future(tmp_path, monkeypatch):
    heartbeat = Heartbeat(tmp_path, "indexer")
    heartbeat.beat("loading")
    read = Path.read_text

    def beat_and_read(path, **how):
        heartbeat.beat("running")
        return read(path, **how)

    monkeypatch.setattr(Path, "read_text", beat_and_read)
    (pulse,) = pulses(tmp_path)
    assert pulse.state == "running"
    assert pulse.is_well


def test_a_beat_in_the_future_is_not_well(tmp_path):
    Heartbeat(tmp_path, "indexer").beat()
    (pulse,) = pulses(tmp_path, time.monotonic() - 3000)
    assert pulse.age_seconds < 0
    assert not pulse.is_well


def test_a_beat_of_before_the_machine_was_started_is_not_well_though_its_number_is_taken(tmp_path):
    Heartbeat(tmp_path, "indexer").beat()
    (path,) = tmp_path.glob("*.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "boot": "another"}))
    (pulse,) = pulses(tmp_path)
    assert not pulse.is_alive
    assert not pulse.is_well


def test_waiting_is_well_for_a_short_time_only(tmp_path):
    heartbeat = Heartbeat(tmp_path, "indexer")
    heartbeat.beat("waiting", reason="Kafka does not answer")
    (pulse,) = pulses(tmp_path, time.monotonic() + WAITING_SECONDS - 1)
    assert pulse.is_well
    (pulse,) = pulses(tmp_path, time.monotonic() + WAITING_SECONDS + 1)
    assert not pulse.is_well


def test_a_loop_goes_on_where_its_heartbeat_cannot_be_written(tmp_path):
    heartbeat = Heartbeat(tmp_path / "run", "indexer")
    (tmp_path / "run").rmdir()
    with structlog.testing.capture_logs() as lines:
        heartbeat.beat()
        heartbeat.beat("waiting")
    assert [line["event"] for line in lines] == ["a heartbeat can't be written"]
    (tmp_path / "run").mkdir()
    heartbeat.beat("running")
    assert [p.state for p in pulses(tmp_path / "run")] == ["running"]


def test_a_folder_that_is_not_there_holds_no_heartbeats(tmp_path):
    assert pulses(tmp_path / "none") == []


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
    assert rows == dict.fromkeys(
        ("poller", "tagger", "tracker", "alerter", "notifier", "api"), "down"
    ) | {"indexer": "running"}


def test_one_stuck_loop_makes_the_service_stuck(tmp_path, ask):
    Heartbeat(tmp_path, "tracker", part="tracker-route").beat()
    Heartbeat(tmp_path, "tracker", part="tracker-fold").beat()
    (path,) = tmp_path.glob("*tracker-fold.json")
    row = json.loads(path.read_text())
    path.write_text(json.dumps({**row, "ticks": row["ticks"] - row["longest_step_seconds"] - 1}))
    told = ask("tracker")
    assert told.exit_code == 1
    assert told.stdout.split()[1] == "stuck"


def test_a_disk_that_is_too_full_for_elasticsearch_is_told_with_what_to_do(tmp_path):
    settings = Settings(data_dir=tmp_path)
    assert _disk(None, settings) == []
    assert _disk(FULL_BYTES, settings) == []
    (row,) = _disk(FULL_BYTES - 1, settings)
    assert not row["well"]
    assert "free some" in row["detail"]
