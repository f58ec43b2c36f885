"""One Kafka and one Elasticsearch for a whole run of tests, however many processes the run has.

the first test that asks ─► starts the host ─► the host starts both engines,
                                               and writes down where they are
every other test that asks ─► reads that
the run ends (or dies) ─► the lock it holds is free ─► the host stops the engines and ends
"""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

import psutil

from services.adapters.embedded import Addresses, Engines

STOP_SECONDS = 120
"""How long a run waits, at its end, for the engines to stop."""


@dataclass(frozen=True)
class Running(Addresses):
    """Engines that run: their addresses, and the process id of each by name."""

    pids: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        pids = ", ".join(f"{name} pid {pid}" for name, pid in self.pids.items())
        return f"{pids} at {self.kafka_bootstrap}, {self.elastic_url}"


@contextmanager
def open_folder() -> Iterator[Path]:
    """A new folder that Elasticsearch's unprivileged user can reach:
    pytest closes its own to others at every start.
    """
    with tempfile.TemporaryDirectory(
        prefix="reportedly-test-", dir="/var/tmp", ignore_cleanup_errors=True
    ) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def given() -> Running | None:
    """Return the engines that the environment names (TEST_KAFKA_BOOTSTRAP and TEST_ELASTIC_URL),
    None for none.
    """
    kafka, elastic = (os.environ.get(f"TEST_{name}") for name in ("KAFKA_BOOTSTRAP", "ELASTIC_URL"))
    return known(Addresses(kafka, elastic)) if kafka and elastic else None


def known(addresses: Addresses) -> Running:
    """Return the engines at these addresses with the ids of the processes that listen there."""
    kafka = int(addresses.kafka_bootstrap.rpartition(":")[2])
    ports = {"kafka": kafka, "elasticsearch": urlsplit(addresses.elastic_url).port}
    listening = {
        c.laddr.port: c.pid
        for c in psutil.net_connections("tcp")
        if c.status == psutil.CONN_LISTEN and c.pid
    }
    pids = {name: listening[port] for name, port in ports.items() if port in listening}
    return Running(addresses.kafka_bootstrap, addresses.elastic_url, pids)


class Run:
    """A run of tests and its engines; `folder` is the same for all its processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: TextIO | None = None

    def begin(self) -> None:
        """Say that the run goes on; called once,
        by the process that outlives all others of the run.
        """
        self._held = (self._folder / "run.lock").open("w")
        fcntl.flock(self._held, fcntl.LOCK_EX)

    def engines(self) -> Running:
        """Return the engines of this run, started by whoever asks first."""
        with (self._folder / "engines.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = self.started()
            if found is None:
                self._start()
                found = self.started()
        assert found is not None
        return found

    def started(self) -> "Running | None":
        """Return the engines, None when no test has asked for them yet."""
        try:
            return Running(**json.loads((self._folder / "engines.json").read_text()))
        except FileNotFoundError:
            return None

    def cpu_seconds(self) -> dict[str, float]:
        """Return how much CPU time each engine has taken."""
        found = self.started()
        used = {
            name: psutil.Process(pid).cpu_times()
            for name, pid in (found.pids if found else {}).items()
        }
        return {name: times.user + times.system for name, times in used.items()}

    def end(self) -> None:
        """Let the engines stop, and wait until they have."""
        assert self._held is not None
        self._held.close()
        host = self._folder / "host.pid"
        if not host.exists():
            return
        with (self._folder / "host.lock").open("w") as lock:
            until = time.monotonic() + STOP_SECONDS
            while time.monotonic() < until:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return
                except BlockingIOError:
                    time.sleep(0.05)
        raise TimeoutError(
            f"the engines' host (pid {host.read_text()}) did not stop within {STOP_SECONDS} s"
        )

    def _start(self) -> None:
        command = [sys.executable, __file__, str(self._folder)]
        with (self._folder / "host.log").open("wb") as log:
            host = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        (self._folder / "host.pid").write_text(str(host.pid))
        while self.started() is None:
            if host.poll() is not None:
                raise RuntimeError(
                    "the engines did not start:\n" + (self._folder / "host.log").read_text()[-3000:]
                )
            time.sleep(0.1)


def main(folder: Path) -> None:
    """Host the engines until the run that `folder` belongs to has ended."""
    with (folder / "host.lock").open("w") as mine, (folder / "run.lock").open("r+") as run:
        fcntl.flock(mine, fcntl.LOCK_EX)
        with open_folder() as data, Engines(data, Path("~/.cache/reportedly")) as addresses:
            fresh = folder / "engines.json.new"
            fresh.write_text(json.dumps(asdict(known(addresses))))
            fresh.replace(folder / "engines.json")
            fcntl.flock(run, fcntl.LOCK_EX)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
