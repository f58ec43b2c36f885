"""Heartbeats: a small file a process, rewritten as it makes progress, so that health is judged from outside."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STALE_SECONDS = 30.0
"""A service that has not come round its loop for this long is not well."""

SERVICES = ("poller", "tagger", "tracker", "indexer", "alerter", "notifier", "api")


class Heartbeat:
    """Writes `run_dir/<service>-<pid>.json`, at most once a second unless the state changes."""

    def __init__(self, run_dir: Path, service: str) -> None:
        self._path = run_dir / f"{service}-{os.getpid()}.json"
        self._service = service
        self._last: tuple[float, str] = (0.0, "")
        run_dir.mkdir(parents=True, exist_ok=True)

    def beat(self, state: str = "running", **details: Any) -> None:
        now = time.time()
        if state == self._last[1] and now - self._last[0] < 1.0:
            return
        self._last = (now, state)
        row = {"service": self._service, "pid": os.getpid(), "at": now, "state": state, **details}
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(row), encoding="utf-8")
        fresh.replace(self._path)

    def remove(self) -> None:
        """Take the file away: the process ends on purpose."""
        self._path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Pulse:
    """One process as its heartbeat file tells; `age_seconds` since the last beat."""

    service: str
    pid: int
    state: str
    age_seconds: float
    reason: str

    @property
    def is_well(self) -> bool:
        return self.age_seconds <= STALE_SECONDS and _alive(self.pid)


def pulses(run_dir: Path, now: float) -> list[Pulse]:
    """Return all heartbeats found, by service and pid; those of dead processes too."""
    found = []
    for path in sorted(run_dir.glob("*.json")) if run_dir.is_dir() else []:
        row = json.loads(path.read_text(encoding="utf-8"))
        if "service" in row:
            found.append(Pulse(row["service"], row["pid"], row["state"], now - row["at"], str(row.get("reason", ""))))
    return found


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
