"""Runs the services as child processes: restarts one that dies, stops all together."""

import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

FIRST_PAUSE_SECONDS = 0.5
MOST_PAUSE_SECONDS = 10.0
STEADY_SECONDS = 30.0
"""A child that ran this long is forgiven its former deaths."""

STOP_SECONDS = 15.0

_log = structlog.get_logger()


@dataclass
class _Child:
    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    due_at: float = 0.0


class Supervisor:
    """A context: the named commands run inside it, each with its own log file.

    Every command is started through `leash` (a prefix that ends it when we end, even by kill -9).
    """

    def __init__(
        self, commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], log_dir: Path, leash: Sequence[str]
    ) -> None:
        self._children = [_Child(name, command) for name, command in commands.items()]
        self._environment = dict(environment)
        self._log_dir = log_dir
        self._leash = list(leash)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def __enter__(self) -> "Supervisor":
        self._log_dir.mkdir(parents=True, exist_ok=True)
        for child in self._children:
            self._start(child)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=STOP_SECONDS)

    def _start(self, child: _Child) -> None:
        with (self._log_dir / f"{child.name}.log").open("ab") as log:
            child.process = subprocess.Popen(
                [*self._leash, *child.command], stdin=subprocess.PIPE, stdout=log, stderr=log, env=self._environment
            )
        child.started_at = time.monotonic()

    def _watch(self) -> None:
        while not self._stopping.wait(0.1):
            for child in self._children:
                self._look_after(child, time.monotonic())

    def _look_after(self, child: _Child, now: float) -> None:
        if child.process is not None and child.process.poll() is not None:
            code = child.process.returncode
            child.pause = FIRST_PAUSE_SECONDS if now - child.started_at > STEADY_SECONDS else child.pause
            _log.warning("a service ended, it is started again", name=child.name, exit_code=code, pause_seconds=child.pause)
            child.process, child.due_at = None, now + child.pause
            child.pause = min(MOST_PAUSE_SECONDS, child.pause * 2)
        elif child.process is None and now >= child.due_at:
            self._start(child)


def service_command(name: str) -> list[str]:
    """Return the command that runs a sub-command of this program in a new process."""
    return [sys.executable, "-m", "services", name]
