"""The services of one schedule as processes, which are started again whenever they end."""

import os
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from faults.nursery import Child, Nursery
from faults.schedule import Fault

PAUSE_SECONDS = 0.5
"""Between the end of a process and its next start, as the supervisor of `up` waits."""

STOP_SECONDS = 20.0


@dataclass
class _Run:
    child: Child
    fuses: list[Fault]
    is_stopping: bool = False


@dataclass
class System:
    """`crashes`: ends that nobody asked for. `n_killed`: those by -9."""

    nursery: Nursery
    env: Mapping[str, str]
    logs: Path
    crashes: list[str] = field(default_factory=list)
    n_killed: int = 0
    _runs: dict[str, _Run] = field(default_factory=dict)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def start(self, names: Sequence[str], fuses: Mapping[str, Sequence[Fault]]) -> None:
        """Start services. Each life of a service gets one of its fuses, then none."""
        for name in names:
            self._start(name, list(fuses.get(name, ())))
        threading.Thread(target=self._watch, name="system", daemon=True).start()

    def kill(self, name: str) -> None:
        """Kill a service with -9."""
        with self._lock:
            if name in self._runs:
                self._runs[name].child.signal(signal.SIGKILL)

    def pid(self, name: str) -> int:
        """Return the process id of the service's present life."""
        with self._lock:
            return self._runs[name].child.pid

    def one_more(self, name: str) -> Child:
        """Start a further process of a service, which is not started again."""
        return self.nursery.start(name, self.env, self.logs / f"{name}-more.log")

    def stopped(self, name: str) -> None:
        """Stop a service gently, and return when it has ended."""
        with self._lock:
            run = self._runs.pop(name)
        run.child.signal(signal.SIGTERM)
        self._wait(name, run.child)

    def started(self, name: str) -> None:
        """Start a service that was stopped."""
        self._start(name, [])

    def stop(self) -> None:
        """Stop all services gently."""
        self._stopping.set()
        with self._lock:
            runs, self._runs = dict(self._runs), {}
        for run in runs.values():
            run.child.signal(signal.SIGTERM)
        for name, run in runs.items():
            self._wait(name, run.child)

    def _start(self, name: str, fuses: list[Fault]) -> None:
        fuse = fuses.pop(0) if fuses else None
        child = self.nursery.start(
            name,
            self.env,
            self.logs / f"{name}.log",
            point=fuse.point if fuse else "",
            nth=fuse.nth if fuse else 0,
        )
        with self._lock:
            self._runs[name] = _Run(child, fuses)

    def _watch(self) -> None:
        while not self._stopping.wait(0.05):
            with self._lock:
                ended = [
                    (name, run) for name, run in self._runs.items() if run.child.code is not None
                ]
            for name, run in ended:
                self._ended(name, run.child)
                time.sleep(PAUSE_SECONDS)
                with self._lock:
                    if self._stopping.is_set() or self._runs.get(name) is not run:
                        continue
                    self._start(name, run.fuses)

    def _ended(self, name: str, child: Child) -> None:
        if child.code == -signal.SIGKILL:
            self.n_killed += 1
        else:
            self.crashes.append(f"{name} ended by itself with {child.code}")

    def _wait(self, name: str, child: Child) -> None:
        if not child.ended.wait(STOP_SECONDS):
            self.crashes.append(f"{name} did not stop within {STOP_SECONDS:.0f} s")
            os.kill(child.pid, signal.SIGKILL)
            child.ended.wait(STOP_SECONDS)
        elif child.code not in (0, -signal.SIGKILL):
            self.crashes.append(f"{name} stopped with {child.code}")
