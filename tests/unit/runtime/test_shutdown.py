"""A signal always ends the process, whenever it comes."""

import json
import signal
import subprocess
import sys
import textwrap

import pytest
from streams import patient

INSTANTS = """
import os, signal, sys, time
from pathlib import Path
from services.adapters.embedded.engine import Engine, Launch
from services.runtime.shutdown import install_stop

def waits():
    stop = install_stop()
    os.write(ready, b"x")
    while not stop.wait(1e-5):
        pass

def starts_an_engine():
    engine = Engine(
        Launch("e", ["/bin/sleep", "600"], {}, Path(sys.argv[2])),
        is_up=lambda: False, answers=lambda: False,
    )
    try:
        install_stop(interrupts=True)
        os.write(ready, b"x")
        engine.start()
        engine.wait_until_up()
    except KeyboardInterrupt:
        engine.tell_to_end()
        engine.wait_until_ended()

children = []
for n in range(int(sys.argv[3])):
    heard, ready = os.pipe()
    pid = os.fork()
    if not pid:
        signal.alarm(30)
        globals()[sys.argv[1]]()
        os._exit(0)
    os.read(heard, 1)
    until = time.perf_counter() + n * float(sys.argv[4])
    while time.perf_counter() < until:
        pass
    os.kill(pid, signal.SIGINT)
    children.append(pid)
for pid in children:
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
"""


def python(script, *arguments):
    """Run a script with SIGINT ignored, as the shell has it for a job in the background."""
    return subprocess.run(
        ["/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-c",
         textwrap.dedent(script), *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=patient(60), start_new_session=True,
    )  # fmt: skip


def test_a_loop_ends_at_whichever_instant_of_its_wait_the_signal_comes():
    done = python(INSTANTS, "waits", "", 200, 1e-6)
    assert done.returncode == 0, done.stderr


def test_a_start_ends_at_whichever_instant_of_it_the_signal_comes(tmp_path):
    done = python(INSTANTS, "starts_an_engine", tmp_path / "log", 16, 1e-3)
    assert done.returncode == 0, done.stderr


def test_a_signal_that_comes_in_a_destructor_is_not_lost():
    done = python("""
        import signal
        from services.runtime.shutdown import install_stop
        class Told:
            def __del__(self):
                signal.raise_signal(signal.SIGINT)
        stop = install_stop(interrupts=True)
        Told()
        print(stop.wait(30))
    """)
    assert "Exception ignored" in done.stderr
    assert done.stdout == "True\n"


def test_a_process_that_hangs_after_the_signal_is_ended_with_a_line_that_says_where():
    done = python("""
        import signal, threading
        from services.runtime.logs import configure
        from services.runtime.shutdown import install_stop
        from services.settings import Settings
        configure(Settings(log_format="json"), "up")
        install_stop(end_seconds=0.1)
        def waits_for_ever(lock):
            while True:
                lock.acquire()
        signal.raise_signal(signal.SIGTERM)
        waits_for_ever(threading.Lock())
    """)
    assert done.returncode == 3
    line = json.loads(done.stderr)
    assert line["event"] == "the process does not end, it is ended"
    assert line["where"].startswith("waits_for_ever")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_the_process_at_once(number):
    done = python(f"""
        import signal
        from services.runtime.shutdown import install_stop
        install_stop(end_seconds=600)
        signal.raise_signal({int(number)})
        signal.raise_signal({int(number)})
    """)
    assert done.returncode == -number
