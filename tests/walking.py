"""For walks through a running `up` in a fresh folder: its settings, its shell, and its topics."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from streams import free_port

from services.adapters.kafka import KafkaBroker
from services.ports import Record, TopicPartition

ROOT = Path(__file__).parents[1]
WAIT_SECONDS = 600.0
"""Seconds for one step. Source: a start was seen to take four minutes on a busy machine."""


class Walk:
    """A system in a fresh folder, and the shell beside it. `settings`: names without prefix."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        plain = {k: v for k, v in os.environ.items() if not k.startswith("REPORTEDLY_")}
        own = {
            "DATA_DIR": str(folder / "data"),
            "API_PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "FETCH_ALLOW_NETWORKS": "127.0.0.0/8",
            "POLL_INTERVAL_SECONDS": "2",
            **settings,
        }
        self.environment = plain | {f"REPORTEDLY_{name}": value for name, value in own.items()}

    @contextmanager
    def up(self, *words: str) -> Iterator[None]:
        with (self.folder / "up.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "services", "up", "--partitions", "2", *words],
                env=self.environment, cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip
            try:
                self.wait("the system runs", lambda: b"health" in self.log() or process.poll())
                assert process.poll() is None, self.log().decode()
                yield
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(120)

    def log(self) -> bytes:
        return (self.folder / "up.log").read_bytes()

    def secrets(self, name: str, text: str) -> str:
        """Write a file that only its owner can read. Return its path."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return str(path)

    def run(self, *words: str) -> str:
        """Run a sub-command, show it, and return its output."""
        done = subprocess.run(
            [sys.executable, "-m", "services", *words],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        print(f"$ reportedly {' '.join(words)}")
        for line in (done.stdout + done.stderr).splitlines():
            print(f"  {line[:240]}")
        print(f"  (exit {done.returncode})", flush=True)
        return done.stdout

    def wait(self, what: str, probe: Callable[[], object]) -> float:
        """Return the seconds until `probe` is true."""
        began = time.monotonic()
        while not probe():
            assert time.monotonic() - began < WAIT_SECONDS, f"not yet: {what}"
            time.sleep(0.01)
        return time.monotonic() - began

    def broker(self) -> KafkaBroker:
        row = json.loads((self.folder / "data" / "run" / "system.json").read_text())
        return KafkaBroker(row["REPORTEDLY_KAFKA_BOOTSTRAP"])

    def rows(self, topic: str) -> list[bytes]:
        return [record.value for record in self.records(topic) if record.value is not None]

    def records(self, topic: str) -> list[Record]:
        broker = self.broker()
        reader = broker.reader()
        try:
            of_it = [TopicPartition(topic, n) for n in range(broker.n_partitions(topic))]
            return list(reader.read_to_end(of_it))
        finally:
            reader.close()
