"""`reportedly up` from the start to Ctrl-C."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from streams import eventually, free_port, on, patient

from services.adapters.kafka import KafkaBroker
from services.messages import Watch, decode
from services.runtime.health import SERVICES, pulses
from services.runtime.supervisor import service_command

pytestmark = pytest.mark.engines

WATCHES = "- {id: leaders, name: Leaders, query: rebel AND leader}\n"


def naming(folder):
    """Return the processes whose command line or environment names the folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (path / "cmdline").read_bytes() + (path / "environ").read_bytes():
                found.append(int(path.name))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return set(found) - {os.getpid()}


def beating(run_dir):
    """Return the services that have come round their loop of late."""
    return {pulse.service for pulse in pulses(run_dir) if pulse.is_well}


def all_beat(folder, seconds):
    """Wait until every service is well; tell what `up` and those that are not have logged otherwise."""
    until = time.monotonic() + patient(seconds)
    while missing := set(SERVICES) - beating(folder / "data" / "run"):
        logs = [folder / "up.log", *(folder / "data" / "logs" / f"{name}.log" for name in missing)]
        told = {path.name: path.read_text()[-2000:] for path in logs if path.exists()}
        assert time.monotonic() < until, f"{missing} not well after {seconds} s: {told}"
        time.sleep(0.2)


def running_line(log):
    """Return the log line that tells the addresses, once it is there."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return next((line for line in lines if line["event"] == "running"), None)


@pytest.fixture
def up(shared_folder):
    """A function that starts `reportedly up` in a folder of its own and returns its process."""
    processes = []

    def start(*arguments):
        settings = {"DATA_DIR": shared_folder / "data", "API_PORT": free_port(), "LOG_FORMAT": "json"}
        environment = {**os.environ, **{f"REPORTEDLY_{name}": str(value) for name, value in settings.items()}}
        with (shared_folder / "up.log").open("wb") as log:
            command = [*service_command("up"), *arguments]
            processes.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def test_up_runs_all_services_on_its_engines_until_ctrl_c_and_leaves_no_process(up, shared_folder):
    watches = shared_folder / "watches.yaml"
    watches.write_text(WATCHES)
    process = up("--watches", str(watches), "--partitions", "2")
    line = eventually(lambda: process.poll() is not None or running_line(shared_folder / "up.log"), 200)
    assert process.poll() is None, (shared_folder / "up.log").read_text()
    all_beat(shared_folder, 120)
    broker = KafkaBroker(line["kafka"])
    assert broker.n_partitions("articles") == 2
    assert [decode(Watch, record.value).id for record in on(broker, "watches")] == ["leaders"]
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=patient(60)) == 0
    assert "is started again" not in (shared_folder / "up.log").read_text()
    assert not naming(shared_folder)


def test_up_killed_with_9_leaves_neither_engine_nor_service(up, shared_folder):
    process = up()
    all_beat(shared_folder, 300)
    process.kill()
    process.wait()
    eventually(lambda: not naming(shared_folder), 60)


def test_ctrl_c_while_the_engines_come_ends_them(up, shared_folder):
    process = up()
    eventually(lambda: (shared_folder / "data" / "logs" / "kafka.log").exists(), 60)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=patient(90)) != 0
    assert b"Traceback" not in (shared_folder / "up.log").read_bytes()
    eventually(lambda: not naming(shared_folder), 60)
