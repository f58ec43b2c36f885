"""Runs the services as child processes.

Those that end are restarted, those that hang are ended, and all stop together.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import structlog

from services.runtime import metrics
from services.runtime.log_files import LogFiles
from services.runtime.private import private_file, private_folder
from services.runtime.watchdog import LOOK_SECONDS

FIRST_PAUSE_SECONDS = 0.5
MOST_PAUSE_SECONDS = 10.0
STEADY_SECONDS = 30.0
"""A child that ran for so many seconds is restarted after the first, short pause again."""

STOP_SECONDS = 15.0
"""Seconds that a child may take to stop. More than the ten seconds that its leash gives it."""

Hung = Callable[[Mapping[str, float], float], Mapping[str, str]]
"""Finds services that hang.

From name to monotonic start time, and the time now, to name to reason.
"""

Cause = Literal["ended", "hung", "unstartable"]

_log = structlog.get_logger()


@dataclass
class _Child:
    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    due_at: float = 0.0
    told_to_end_at: float | None = None


class Supervisor:
    """A context in which the named commands run, each with its own log file.

    - `leash`: a prefix of every command. It ends the command when we end, even by kill -9.
    - `hung`: finds children that hang. They are told to stop, killed after `stop_seconds`, and
      restarted.
    - `own`: environment variables of single commands, by name.
    """

    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        environment: Mapping[str, str],
        log_dir: Path,
        leash: Sequence[str],
        *,
        hung: Hung | None = None,
        own: Mapping[str, Mapping[str, str]] | None = None,
        stop_seconds: float = STOP_SECONDS,
    ) -> None:
        self._children = [_Child(name, command) for name, command in commands.items()]
        self._environment = dict(environment)
        self._own = own or {}
        self._log_dir = log_dir
        self._logs = LogFiles(log_dir)
        self._leash = list(leash)
        self._hung = hung
        self._stop_seconds = stop_seconds
        self._looked_at = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def __enter__(self) -> "Supervisor":
        private_folder(self._log_dir)
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
            _wait(process, self._stop_seconds)

    def _start(self, child: _Child) -> None:
        with open(self._log_of(child), "ab", opener=private_file) as log:
            child.process = subprocess.Popen(
                [*self._leash, *child.command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=self._environment | dict(self._own.get(child.name, {})),
                # Ctrl-C on a terminal must not reach the children: we stop them, and an end that we
                # did
                # not ask for would count as a crash.
                start_new_session=True,
            )
        child.started_at, child.told_to_end_at = time.monotonic(), None

    def _watch(self) -> None:
        while not self._stopping.wait(0.1):
            for child in self._children:
                self._look_after(child, time.monotonic())
            if time.monotonic() - self._looked_at >= LOOK_SECONDS:
                self._looked_at = time.monotonic()
                self._logs.turn_over()
                if self._hung is not None:
                    self._end_hung(self._hung)

    def _end_hung(self, hung: Hung) -> None:
        running = {child.name: child for child in self._children if child.process is not None}
        try:
            found = hung(
                {name: child.started_at for name, child in running.items()}, time.monotonic()
            )
        except Exception as error:  # noqa: BLE001 - logged; restarts must go on
            _log.error("heartbeats can't be judged", error=f"{type(error).__name__}: {error}")
            return
        for name, reason in found.items():
            child = running[name]
            if child.told_to_end_at is None and child.process is not None:
                _log.error(
                    "a service hangs, it is ended",
                    name=name,
                    reason=reason,
                    log=str(self._log_of(child)),
                )
                child.told_to_end_at = time.monotonic()
                child.process.terminate()

    def _look_after(self, child: _Child, now: float) -> None:
        if (
            child.process is not None
            and child.told_to_end_at is not None
            and now - child.told_to_end_at > self._stop_seconds
        ):
            child.process.kill()
        if child.process is not None and child.process.poll() is not None:
            code = child.process.returncode
            child.pause = (
                FIRST_PAUSE_SECONDS if now - child.started_at > STEADY_SECONDS else child.pause
            )
            cause: Cause = "ended" if child.told_to_end_at is None else "hung"
            self._put_off(child, now, cause, "a service ended, it is started again", exit_code=code)
            child.process = None
        elif child.process is None and now >= child.due_at:
            try:
                self._start(child)
            except OSError as error:
                self._put_off(
                    child,
                    now,
                    "unstartable",
                    "a service can't be started, it is tried again",
                    error=str(error),
                )

    def _put_off(self, child: _Child, now: float, cause: Cause, event: str, **why: object) -> None:
        metrics.count("reportedly_restarts_total", service=child.name, cause=cause)
        _log.warning(
            event, name=child.name, **why, pause_seconds=child.pause, log=str(self._log_of(child))
        )
        child.due_at = now + child.pause
        child.pause = min(MOST_PAUSE_SECONDS, child.pause * 2)

    def _log_of(self, child: _Child) -> Path:
        return self._log_dir / f"{child.name}.log"


def _wait(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def service_command(name: str) -> list[str]:
    """Return the command line that runs a sub-command of this program in a new process."""
    return [sys.executable, "-m", "services", name]
