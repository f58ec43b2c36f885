"""The supervisor keeps its commands running, and ends them."""

import os
import signal
import sys

import pytest
import structlog
from scrapes import Rise
from streams import eventually

from services.adapters.embedded import leash
from services.runtime.health import pulses
from services.runtime.supervisor import Supervisor
from services.runtime.watchdog import HeartbeatWatch

LEASH = [sys.executable, "-I", leash.__file__, ""]
STAYS = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
DIES = "import os, sys; print(os.getpid(), flush=True); sys.exit(2)"


def python(code):
    return [sys.executable, "-c", code]


def pids(log_dir, name):
    """Return the pid of every process that ran under the name, oldest first."""
    log = log_dir / f"{name}.log"
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def started(tmp_path):
    """A function that runs commands under a supervisor until the test ends."""
    running = []

    def start(environment=None, leash=LEASH, **commands):
        supervisor = Supervisor(commands, environment or dict(os.environ), tmp_path / "logs", leash)
        running.append(supervisor.__enter__())
        return tmp_path / "logs"

    yield start
    for supervisor in running:
        supervisor.__exit__()


def test_one_killed_with_9_is_started_again_and_the_others_are_left_alone(started):
    logs = started(a=python(STAYS), b=python(STAYS))
    [first] = eventually(lambda: pids(logs, "a"), 10)
    [other] = eventually(lambda: pids(logs, "b"), 10)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: len(pids(logs, "a")) == 2, 10)
    assert pids(logs, "b") == [other]
    assert is_running(other)


def test_a_restart_is_counted_by_what_had_become_of_the_service(started):
    rise = Rise()
    started(poller=python(DIES))
    eventually(lambda: rise("reportedly_restarts_total", service="poller", cause="ended") >= 1)
    assert rise("reportedly_restarts_total", service="poller", cause="hung") == 0


def test_a_variable_of_one_command_reaches_it_alone(tmp_path):
    tells = python(
        "import os, time; print(os.environ.get('OWN', 'none'), flush=True); time.sleep(600)"
    )
    with Supervisor(
        {"a": tells, "b": tells}, dict(os.environ), tmp_path, LEASH, own={"a": {"OWN": "9101"}}
    ):
        told = lambda name: (tmp_path / f"{name}.log").read_text()  # noqa: E731
        eventually(lambda: told("a") and told("b"))
    assert (told("a"), told("b")) == ("9101\n", "none\n")


def test_a_death_is_one_warning_with_name_exit_code_and_log(started):
    with structlog.testing.capture_logs() as lines:
        logs = started(broken=python(DIES))
        eventually(lambda: lines, 10)
    assert lines[0]["log_level"] == "warning"
    assert (lines[0]["name"], lines[0]["exit_code"], lines[0]["log"]) == (
        "broken",
        2,
        str(logs / "broken.log"),
    )


def test_one_that_keeps_dying_is_started_ever_more_rarely(started):
    with structlog.testing.capture_logs() as lines:
        started(broken=python(DIES))
        eventually(lambda: len(lines) >= 3, 20)
    assert [line["pause_seconds"] for line in lines[:3]] == [0.5, 1.0, 2.0]


def test_leaving_the_context_ends_every_command(tmp_path):
    with Supervisor({"a": python(STAYS), "b": python(STAYS)}, dict(os.environ), tmp_path, LEASH):
        running = eventually(
            lambda: (
                (found := pids(tmp_path, "a") + pids(tmp_path, "b")) and len(found) == 2 and found
            ),
            10,
        )
    assert not any(is_running(pid) for pid in running)


def test_commands_see_the_given_environment_only(started):
    logs = started(
        environment={"GIVEN": "41"},
        a=python("import os; print(os.environ['GIVEN'], 'HOME' in os.environ, flush=True)"),
    )
    told = eventually(lambda: (logs / "a.log").read_text().split(), 10)
    assert told[:2] == ["41", "False"]


def test_a_command_that_cannot_be_started_again_yet_is_tried_again(started, tmp_path):
    script = tmp_path / "script"
    script.write_text(f"#!{sys.executable}\n{DIES}\n")
    script.chmod(0o755)
    with structlog.testing.capture_logs() as lines:
        logs = started(leash=[], a=[str(script)])
        eventually(lambda: pids(logs, "a"), 10)
        script.rename(tmp_path / "away")
        eventually(lambda: any("error" in line for line in lines), 10)
        (tmp_path / "away").rename(script)
        before = len(pids(logs, "a"))
        eventually(lambda: len(pids(logs, "a")) > before, 20)


def test_ctrl_c_on_the_terminal_is_not_theirs(started):
    logs = started(a=python(STAYS))
    [pid] = eventually(lambda: pids(logs, "a"), 10)
    assert os.getpgid(pid) != os.getpgid(0)


BEATS = """
import os, sys, time
from pathlib import Path
from services.runtime.health import Heartbeat
print(os.getpid(), flush=True)
heartbeat = Heartbeat(Path(os.environ["RUN"]), "a", longest_step_seconds=1.0)
while True:
    heartbeat.beat()
    time.sleep(0.05)
"""


def test_one_that_is_stopped_in_the_middle_is_killed_and_started_again(tmp_path):
    """SIGSTOP: the process is there, and neither a signal nor a request moves it."""
    run, logs = tmp_path / "run", tmp_path / "logs"
    environment = {
        **os.environ,
        "RUN": str(run),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    watch = HeartbeatWatch(run)
    with (
        structlog.testing.capture_logs() as lines,
        Supervisor({"a": python(BEATS)}, environment, logs, [], hung=watch.hung, stop_seconds=0.5),
    ):
        [first] = eventually(lambda: pids(logs, "a"), 20)
        eventually(lambda: any(p.is_well for p in pulses(run)), 20)
        os.kill(first, signal.SIGSTOP)
        second = eventually(lambda: len(found := pids(logs, "a")) == 2 and found[1], 60)
        assert not is_running(first)
        eventually(lambda: any(p.pid == second and p.is_well for p in pulses(run)), 20)
    told = [line for line in lines if line["event"] == "a service hangs, it is ended"]
    assert len(told) == 1
    assert told[0]["reason"].startswith("a has not beaten for")


def test_one_that_beats_is_not_ended(tmp_path):
    ended = []

    def hung(started, _now):
        ended.append(started)
        return {}

    with Supervisor({"a": python(STAYS)}, dict(os.environ), tmp_path, LEASH, hung=hung):
        eventually(lambda: len(ended) >= 2, 20)
        assert len(pids(tmp_path, "a")) == 1


def test_what_finds_the_hanging_may_fail_and_the_dead_are_still_started_again(tmp_path):
    def broken(_started, _now):
        raise ValueError("no heartbeat")

    with (
        structlog.testing.capture_logs() as lines,
        Supervisor({"a": python(STAYS)}, dict(os.environ), tmp_path, LEASH, hung=broken),
    ):
        eventually(lambda: any(line["event"] == "heartbeats can't be judged" for line in lines), 20)
        [first] = eventually(lambda: pids(tmp_path, "a"), 10)
        os.kill(first, signal.SIGKILL)
        eventually(lambda: len(pids(tmp_path, "a")) == 2, 20)
