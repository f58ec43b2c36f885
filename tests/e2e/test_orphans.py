"""The engines never outlive us."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from streams import eventually

# What `up` leaves behind is tried at every run; this tells of the engines alone.
pytestmark = [pytest.mark.engines, pytest.mark.slow]

PARENT = """
import sys, time
from pathlib import Path
from services.adapters.embedded import Engines
with Engines(Path(sys.argv[1]), Path("~/.cache/reportedly")):
    print("up", flush=True)
    time.sleep(600)
"""


def descendants_of(folder):
    """Return the processes whose command line names the folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


@pytest.mark.faults
def test_a_parent_killed_with_9_leaves_no_engine_behind(shared_folder):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(shared_folder)], stdout=subprocess.PIPE
    )
    assert b"up\n" in iter(parent.stdout.readline, b"")
    assert len(descendants_of(shared_folder)) >= 3
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    eventually(lambda: not descendants_of(shared_folder), 20)
