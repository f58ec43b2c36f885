"""A command on the leash ends with whoever holds it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from streams import eventually, patient

from services.adapters.embedded import leash

TELLS_ITS_PID = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
IGNORES_TERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + TELLS_ITS_PID
HAS_A_CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"


def on_leash(*code):
    return subprocess.Popen(
        [sys.executable, "-I", leash.__file__, "", sys.executable, "-c", *code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def held():
    """A function that starts a command on a leash and returns (leash, pid of the command)."""
    started = []

    def start(*code):
        started.append(on_leash(*code))
        return started[-1], int(started[-1].stdout.readline())

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_when_the_holder_lets_go_the_command_ends(held):
    process, pid = held(TELLS_ITS_PID)
    process.stdin.close()
    process.wait(timeout=patient(10))
    assert not is_running(pid)


def test_children_of_the_command_end_too(held):
    process, grandchild = held(HAS_A_CHILD, TELLS_ITS_PID)
    process.stdin.close()
    process.wait(timeout=patient(10))
    eventually(lambda: not is_running(grandchild), 5)


def test_a_command_that_ignores_term_is_killed_after_the_grace(held):
    process, pid = held(IGNORES_TERM)
    process.terminate()
    began = time.monotonic()
    assert process.wait(timeout=patient(leash.GRACE_SECONDS + 5)) != 0
    assert time.monotonic() - began >= leash.GRACE_SECONDS - 1
    assert not is_running(pid)


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells a child of its parent's death"
)
def test_when_the_leash_itself_is_killed_the_command_ends(held):
    process, pid = held(TELLS_ITS_PID)
    process.send_signal(signal.SIGKILL)
    eventually(lambda: not is_running(pid), 5)


def test_a_holder_killed_with_9_lets_go():
    holder = (
        "import subprocess, sys, time\n"
        "p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE)\n"
        "print(p.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    command = [sys.executable, "-I", leash.__file__, "", sys.executable, "-c", TELLS_ITS_PID]
    parent = subprocess.Popen([sys.executable, "-c", holder, *command], stdout=subprocess.PIPE)
    pids = [int(parent.stdout.readline()) for _ in range(2)]
    assert all(is_running(pid) for pid in pids)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    eventually(lambda: not any(is_running(pid) for pid in pids), 10)


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_is_the_commands(code):
    process = on_leash(f"import sys; sys.exit({code})")
    assert process.wait(timeout=patient(10)) == code


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a command as another user")
def test_root_can_run_a_command_as_another_user_with_no_other_groups():
    command = ["/bin/sh", "-c", "id -un; id -G | wc -w"]
    done = subprocess.Popen(
        [sys.executable, "-I", leash.__file__, "nobody", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert done.stdout.read().split() == [b"nobody", b"1"]
    assert done.wait(timeout=patient(10)) == 0
