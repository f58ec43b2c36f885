"""Ctrl-C ends a run of schedules in ten seconds, a second one at once, and nothing stays behind."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from faults.ending import END_SECONDS, INTERRUPTED
from streams import eventually, patient

ROOT = Path(__file__).parents[2]
ENV = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT)])}

STUBBORN = """
import subprocess, sys, time
from faults.ending import Ending
deaf = (
    "import signal, time; signal.signal(15, signal.SIG_IGN);"
    "print('up', flush=True); time.sleep(600)"
)
ending = Ending(lambda: print("farewell"), {seconds})
ending.install()
subprocess.Popen([sys.executable, "-c", deaf])
try:
    time.sleep(600)
except KeyboardInterrupt:
    time.sleep(600)
"""


@contextmanager
def process(*args):
    made = subprocess.Popen(
        [sys.executable, *args], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield made
    finally:
        for one in family(made.pid):
            one.kill()
        made.wait()


def family(pid):
    try:
        parent = psutil.Process(pid)
        return [*parent.children(recursive=True), parent]
    except psutil.NoSuchProcess:
        return []


def is_alive(one):
    try:
        return one.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def ended(run, n_signals, within):
    """Press Ctrl-C so often; return what was printed. Nobody of the family may live."""
    everybody, began, told = family(run.pid), time.monotonic(), b""
    for _ in range(n_signals):
        run.send_signal(signal.SIGINT)
        while b"ending, " not in told:  # Two at the same time are one.
            line = run.stdout.readline()
            assert line, told
            told += line
    told = (told + run.communicate(timeout=patient(60))[0]).decode()
    assert time.monotonic() - began < within, told
    assert run.returncode == INTERRUPTED, told
    eventually(lambda: not any(map(is_alive, everybody)))
    return told


@pytest.mark.parametrize(("seconds", "n_signals"), [(0.5, 1), (600, 2)])
def test_what_hangs_is_left_behind_after_a_while_and_at_once_if_asked_again(seconds, n_signals):
    with process("-c", STUBBORN.format(seconds=seconds)) as run:
        assert run.stdout.readline() == b"up\n"
        assert "farewell" in ended(run, n_signals, patient(10))


@pytest.mark.faults
@pytest.mark.parametrize(("n_signals", "most"), [(1, END_SECONDS + 2), (2, 3.0)])
def test_a_run_of_schedules_ends_and_says_how_to_go_on(tmp_path, n_signals, most):
    options = ["--schedules", "6", "--no-naive", "--folder", str(tmp_path)]
    with process("-m", "faults", *options) as run:
        eventually(lambda: [*tmp_path.glob("s*/logs/notifier.log")], 300)
        told = ended(run, n_signals, most)
    assert f"0 of 6 schedules have a result, kept in {tmp_path}/results.jsonl" in told
    assert f"to go on: make faults ARGS='--schedules 6 --no-naive --folder {tmp_path}'" in told
    assert "Traceback" not in told
