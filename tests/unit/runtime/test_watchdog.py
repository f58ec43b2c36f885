"""What hangs is found: by the process itself, and by its heartbeat files from outside."""

import json
import os
import subprocess
import sys
import time

import structlog

from services.runtime.health import Heartbeat, loops
from services.runtime.watchdog import (
    MOST_LOOK_SECONDS,
    STARTING_SECONDS,
    HeartbeatWatch,
    Stillness,
    Watchdog,
)

HANGS = """
import sys, threading, time
from pathlib import Path
from services.runtime import watchdog
from services.runtime.health import Heartbeat
from services.runtime.logs import configure
from services.settings import Settings
configure(Settings(log_format="json"), "indexer")
watchdog.LOOK_SECONDS = 0.05
def reads_for_ever():
    Heartbeat(Path(sys.argv[1]), "indexer", part="indexer", longest_step_seconds=0.3).beat()
    threading.Event().wait()
watchdog.Watchdog().start()
threading.Thread(target=reads_for_ever).start()
healthy = Heartbeat(Path(sys.argv[1]), "indexer", part="sibling", longest_step_seconds=30)
while True:
    healthy.beat()
    time.sleep(0.05)
"""


def looked(stillness, marks, times):
    """Return what the last of several looks at the same marks tells."""
    return [stillness.look(marks, at) for at in times][-1]


def test_stillness_adds_up_over_looks_and_ends_with_a_change():
    stillness = Stillness[str]()
    assert looked(stillness, {"a": 1}, range(10)) == {"a": 9}
    assert stillness.look({"a": 2}, 10) == {"a": 0}
    assert stillness.look({"a": 2}, 11) == {"a": 1}


def test_a_machine_that_stood_still_blames_no_loop():
    """A suspended laptop, a paused container: one look, however long ago the last one was."""
    stillness = Stillness[str]()
    assert looked(stillness, {"a": 1}, (0, 1, 3600)) == {"a": 1 + MOST_LOOK_SECONDS}


def test_a_clock_that_jumps_back_takes_nothing_away():
    stillness = Stillness[str]()
    assert looked(stillness, {"a": 1}, (100, 102, 50, 52)) == {"a": 4}


def test_a_loop_hangs_at_twice_its_longest_step_and_not_before(tmp_path):
    loop = Heartbeat(tmp_path, "tracker", part="tracker-fold", longest_step_seconds=10.0)
    ended: list[int] = []
    watchdog = Watchdog(living=lambda: [loop], end=ended.append)
    start = time.monotonic()
    for second in range(21):
        watchdog.look(start + second)
    assert ended == []
    with structlog.testing.capture_logs() as lines:
        watchdog.look(start + 21)
    assert ended == [3]
    assert [(line["event"], line["loop"]) for line in lines] == [
        ("a loop hangs, the process ends", "tracker-fold")
    ]


def test_a_loop_that_beats_or_has_ended_on_purpose_is_left_alone(tmp_path):
    beating, over = (
        Heartbeat(tmp_path, "api", longest_step_seconds=1.0),
        Heartbeat(tmp_path, "poller", longest_step_seconds=1.0),
    )
    ended: list[int] = []
    watchdog = Watchdog(
        living=lambda: [loop for loop in loops() if loop in (beating, over)], end=ended.append
    )
    over.remove()
    start = time.monotonic()
    for second in range(10):
        beating.beat()
        watchdog.look(start + second)
    assert ended == []


def test_a_process_with_a_blocked_loop_ends_with_3_and_a_line_that_says_where_it_stands(
    tmp_path,
):
    ended = subprocess.run(
        [sys.executable, "-c", HANGS, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 3
    (line,) = map(json.loads, ended.stderr.splitlines())
    assert (line["event"], line["loop"]) == ("a loop hangs, the process ends", "indexer")
    assert "reads_for_ever" in line["where"]


def test_a_service_hangs_when_one_of_its_heartbeats_stands_still(tmp_path):
    Heartbeat(tmp_path, "tracker", part="route", longest_step_seconds=5.0).beat()
    Heartbeat(tmp_path, "tracker", part="fold", longest_step_seconds=50.0).beat()
    start, watch = time.monotonic(), HeartbeatWatch(tmp_path)
    found = [watch.hung({"tracker": 0.0}, start + second) for second in range(12)]
    assert [sorted(rows) for rows in found] == [[]] * 11 + [["tracker"]]
    assert found[-1] == {"tracker": "route has not beaten for 11 s, it may take 10 s"}


def test_a_service_without_any_heartbeat_hangs_when_it_may_not_start_any_longer(tmp_path):
    watch = HeartbeatWatch(tmp_path)
    found = [watch.hung({"api": 0.0}, float(second)) for second in range(int(STARTING_SECONDS) + 2)]
    assert not any(found[:-1])
    assert list(found[-1]) == ["api"]


def test_the_heartbeat_of_an_earlier_process_is_not_taken_for_that_of_the_present_one(tmp_path):
    """Its number may have been given out again, so that it seems to live."""
    Heartbeat(tmp_path, "api", longest_step_seconds=1.0).beat()
    started, watch = time.monotonic() + 1, HeartbeatWatch(tmp_path)
    assert os.getpid() in {
        int(path.name.split("-")[1].removesuffix(".json")) for path in tmp_path.glob("api-*.json")
    }
    assert not any(watch.hung({"api": started}, started + second) for second in range(60))
