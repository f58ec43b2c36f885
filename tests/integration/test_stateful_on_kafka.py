"""The transactional loop on a real broker: processes are killed and frozen,
and every message counts exactly once.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import loops
import pytest
from streams import eventually, patient

from services.ports import Outgoing

pytestmark = pytest.mark.engines

N = 600
KEYS = ("even", "odd")


@pytest.fixture
def counting(settings):
    """A function that starts processes that count; whatever still runs is killed with the test."""
    processes = []

    def start():
        process = subprocess.Popen(
            [sys.executable, str(Path(loops.__file__))],
            env={**os.environ, **settings.environment()},
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()


def feed(broker, n):
    loops.send(
        broker,
        *(Outgoing("hits", key, b"1", partition=p) for _ in range(n) for p, key in enumerate(KEYS)),
    )


def n_counted(broker):
    return sum(len(told) for told in loops.counted(broker).values())


def assert_each_counted_once(broker, n):
    eventually(lambda: n_counted(broker) >= 2 * n, 90)
    assert loops.counted(broker) == {key: list(range(1, n + 1)) for key in KEYS}
    state = {r.key: r.value for r in loops.everything(broker, "alerter-state")}
    assert state == dict.fromkeys(KEYS, str(n).encode())


@pytest.mark.faults
def test_one_of_two_killed_half_way_changes_nothing_in_the_result(broker, counting):
    one, two = counting(), counting()
    feed(broker, N // 2)
    eventually(lambda: n_counted(broker) > 20)
    feed(broker, N // 2)
    one.send_signal(signal.SIGKILL)
    assert one.wait() == -signal.SIGKILL
    assert_each_counted_once(broker, N)
    assert two.poll() is None


def kill_while_it_counts(broker, process):
    before = n_counted(broker)
    eventually(lambda: n_counted(broker) > before)
    process.kill()
    process.wait()


@pytest.mark.faults
def test_a_process_killed_again_and_again_goes_on_where_it_was(broker, counting):
    feed(broker, N)
    for _ in range(2):
        kill_while_it_counts(broker, counting())
    last = counting()
    assert_each_counted_once(broker, N)
    last.terminate()
    assert last.wait(timeout=patient(10)) == 0


def test_a_process_frozen_until_it_is_thought_dead_can_not_count_what_its_successor_counted(
    broker, counting
):
    frozen = counting()
    feed(broker, 10)
    eventually(lambda: n_counted(broker) == 20)
    frozen.send_signal(signal.SIGSTOP)
    feed(broker, 10)
    counting()
    eventually(lambda: n_counted(broker) == 40, 60)
    frozen.send_signal(signal.SIGCONT)
    feed(broker, 10)
    assert_each_counted_once(broker, 30)
