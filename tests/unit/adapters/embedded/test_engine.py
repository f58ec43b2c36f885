"""An engine is waited for while it works, and started again when it dies or answers nothing.

Python stands for the JVM.
"""

import itertools
import os
import signal
import sys
import threading
import time

import pytest
import structlog
from streams import eventually

from services.adapters.embedded.engine import Engine, Launch, cpu_seconds
from services.errors import FatalError

SLEEPS = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
WORKS = "import os; print(os.getpid(), flush=True)\nwhile True: pass"
DIES = "print('no room', flush=True); raise SystemExit(5)"


def pids(log):
    return [int(line) for line in log.read_text().split()] if log.exists() else []


@pytest.fixture
def engine(tmp_path):
    """A function that makes an engine of a Python program; it ends with the test."""
    made = []

    def make(code, **arguments):
        launch = Launch(
            "kafka",
            [sys.executable, "-c", code],
            {"PATH": os.environ["PATH"]},
            tmp_path / "kafka.log",
        )
        arguments = {"is_up": lambda: True, "answers": lambda: True} | arguments
        made.append(Engine(launch, **arguments))
        return made[-1], launch.log

    yield make
    for one in made:
        one.tell_to_end()
        one.wait_until_ended()


def test_one_that_works_is_waited_for_longer_than_one_may_stand_still(engine):
    start = time.monotonic()
    one, _ = engine(WORKS, is_up=lambda: time.monotonic() - start > 5, still_seconds=2.0)
    one.start()
    one.wait_until_up()


def test_one_that_does_nothing_fails_by_name_with_its_log(engine):
    one, log = engine(SLEEPS, is_up=lambda: False, still_seconds=1.0)
    one.start()
    with pytest.raises(FatalError, match=rf"(?s)kafka made no progress for 1 s; the end of {log}"):
        one.wait_until_up()


def test_one_that_dies_while_it_starts_fails_at_once_with_its_log(engine):
    one, _ = engine(DIES, is_up=lambda: False)
    one.start()
    with pytest.raises(FatalError, match=r"(?s)kafka did not start.*no room"):
        one.wait_until_up()


def test_one_killed_with_9_is_started_again_and_said_to_be_back(engine):
    one, log = engine(SLEEPS)
    one.start()
    [first] = eventually(lambda: pids(log), 20)
    os.kill(first, signal.SIGKILL)
    with structlog.testing.capture_logs() as lines:
        eventually(
            lambda: one.look_after() or any(line["event"] == "an engine is back" for line in lines),
            20,
        )
    assert len(eventually(lambda: len(found := pids(log)) == 2 and found, 20)) == 2
    assert [line["event"] for line in lines] == [
        "an engine ended, it is started again",
        "an engine is back",
    ]
    assert lines[0]["name"] == "kafka"
    assert lines[0]["log"] == str(log)


def test_one_that_keeps_dying_is_started_ever_more_rarely(engine):
    one, _ = engine(DIES, is_up=lambda: False)
    one.start()
    with structlog.testing.capture_logs() as lines:
        eventually(lambda: one.look_after() or len(lines) >= 3, 30)
    assert [line["pause_seconds"] for line in lines[:3]] == [0.5, 1.0, 2.0]
    assert {line["exit_code"] for line in lines} == {5}


def test_one_that_answers_nothing_any_more_is_ended_and_started_again(engine, monkeypatch):
    monkeypatch.setattr("services.adapters.embedded.engine.PROBE_SECONDS", 0.05)
    mute = threading.Event()
    one, log = engine(SLEEPS, answers=lambda: not mute.is_set(), mute_seconds=0.3)
    one.start()
    [first] = eventually(lambda: pids(log), 20)
    with structlog.testing.capture_logs() as lines:
        for _ in range(10):
            one.look_after()
        assert lines == []
        mute.set()
        eventually(lambda: one.look_after() or lines, 20)
        mute.clear()
        eventually(lambda: one.look_after() or len(pids(log)) == 2, 30)
    assert lines[0]["event"] == "an engine answers nothing, it is ended"
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_one_that_starts_again_is_waited_for_as_long_as_it_works(engine, monkeypatch):
    work, still = itertools.count(), threading.Event()
    monkeypatch.setattr(
        "services.adapters.embedded.engine.cpu_seconds",
        lambda _: 0.0 if still.is_set() else float(next(work)),
    )
    one, log = engine(SLEEPS, answers=lambda: False, mute_seconds=0.2)
    one.start()
    [first] = eventually(lambda: pids(log), 20)
    os.kill(first, signal.SIGKILL)
    with structlog.testing.capture_logs() as lines:
        eventually(lambda: one.look_after() or len(pids(log)) == 2, 30)
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            one.look_after()
        assert [line["event"] for line in lines] == ["an engine ended, it is started again"]
        still.set()
        eventually(lambda: one.look_after() or len(lines) > 1, 20)
    assert lines[1]["event"] == "an engine answers nothing, it is ended"


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells in /proc how much a process works"
)
def test_what_a_process_works_is_told_with_all_that_it_has_started(engine):
    one, log = engine(WORKS)
    one.start()
    eventually(lambda: pids(log), 20)
    before = cpu_seconds(one._process.pid)
    assert before is not None
    eventually(lambda: (cpu_seconds(one._process.pid) or 0.0) > before + 0.3, 60)
