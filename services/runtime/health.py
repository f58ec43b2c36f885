"""Heartbeats: a small file a process, rewritten as it makes progress, so that health is judged from outside."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STALE_SECONDS = 30.0
"""A service that has not come round its loop for this long is not well."""

BEATS: dict[tuple[str, str], float] = {}
"""When each loop of this process last came round, by service and part: monotonic seconds."""

SERVICES = ("poller", "tagger", "tracker", "indexer", "alerter", "notifier", "api")


class Heartbeat:
    """Writes `run_dir/<service>-<pid>.json`, at most once a second unless the state changes.

    A process of several loops has one for each, told apart by `part`: a loop that hangs is not covered by its sibling.
    """

    def __init__(self, run_dir: Path, service: str, part: str = "") -> None:
        self._path = run_dir / (f"{service}-{os.getpid()}-{part}.json" if part else f"{service}-{os.getpid()}.json")
        self._service = service
        self._part = part
        self._last: tuple[float, str] = (0.0, "")
        run_dir.mkdir(parents=True, exist_ok=True)

    def beat(self, state: str = "running", **details: Any) -> None:
        BEATS[self._service, self._part] = time.monotonic()
        now = time.time()
        if state == self._last[1] and now - self._last[0] < 1.0:
            return
        self._last = (now, state)
        row = {"service": self._service, "pid": os.getpid(), "part": self._part, "at": now, "state": state, **details}
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(row), encoding="utf-8")
        fresh.replace(self._path)

    def remove(self) -> None:
        """Take the file away: the process ends on purpose."""
        self._path.unlink(missing_ok=True)
        BEATS.pop((self._service, self._part), None)


def oldest_beat_age() -> float:
    """Return how many seconds ago the slowest loop of this process came round, 0 before the first."""
    return max((time.monotonic() - beat for beat in list(BEATS.values())), default=0.0)


@dataclass(frozen=True)
class Pulse:
    """One loop of a process as its heartbeat file tells; `age_seconds` since the last beat."""

    service: str
    pid: int
    state: str
    age_seconds: float
    reason: str
    part: str = ""

    @property
    def is_alive(self) -> bool:
        """Tell whether its process runs, here."""
        return _alive(self.pid)

    @property
    def is_well(self) -> bool:
        return self.age_seconds <= STALE_SECONDS and self.is_alive


def pulses(run_dir: Path, now: float) -> list[Pulse]:
    """Return all heartbeats found, by service and pid; those of dead processes too."""
    found = []
    for path in sorted(run_dir.glob("*.json")):
        try:
            row = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            # Its process has just ended on purpose.
            continue
        if "service" in row:
            reason, part = str(row.get("reason", "")), str(row.get("part", ""))
            found.append(Pulse(row["service"], row["pid"], row["state"], now - row["at"], reason, part))
    return found


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
