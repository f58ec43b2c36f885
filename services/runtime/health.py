"""Heartbeats: a small file a loop, rewritten as it makes progress, so that health is judged from outside.

Ages are taken by the monotonic clock, which all processes of a machine share and nobody can set. It starts anew with the
machine, so a heartbeat also names the boot that it belongs to. While the machine is suspended the clock stands still.
"""

import json
import math
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

LONGEST_STEP_SECONDS = 120.0
"""The longest time between two beats of a loop that states none of its own. A batch takes seconds of work, at most 20 s
until it is acknowledged (`SEND_SECONDS` and a little), and at most 70 s until it is committed while its coordinator is away
(10 s of session and 60 s of one request, by the client's documentation)."""

HUNG_FACTOR = 2.0
"""A loop hangs when it has not beaten for this many times its longest step: the factor is for a machine that is overloaded.
With the longest step that any loop states this stays within the five minutes after which a group gives up on a member."""

WAITING_SECONDS = 30.0
"""A loop that has waited this long for an engine is not well: a restart of an engine takes less."""

BEAT_SECONDS = 1.0
"""A heartbeat is written at most this often, unless the state changes."""

SERVICES = ("poller", "tagger", "tracker", "indexer", "alerter", "notifier", "api")

_log = structlog.get_logger()
_loops: "dict[tuple[str, str], Heartbeat]" = {}
_loops_lock = threading.Lock()
_trouble = ""


class Heartbeat:
    """Writes `run_dir/<service>-<pid>.json`, at most once a second unless the state changes.

    A process of several loops has one for each, told apart by `part`: a loop that hangs is not covered by its sibling.
    `longest_step_seconds` is the longest time that may pass between two beats; who takes longer hangs.
    """

    def __init__(self, run_dir: Path, service: str, part: str = "", longest_step_seconds: float = LONGEST_STEP_SECONDS) -> None:
        name = f"{service}-{os.getpid()}-{part}.json" if part else f"{service}-{os.getpid()}.json"
        self._path = run_dir / name
        self.service = service
        self.part = part
        self.longest_step_seconds = longest_step_seconds
        self.beaten_at = time.monotonic()
        self.thread_id = threading.get_ident()
        self._written: tuple[float, str] = (-math.inf, "")
        self._state_since = self.beaten_at
        self._can_write = True
        run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _loops_lock:
            _loops[service, part] = self

    def beat(self, state: str = "running", **details: Any) -> None:
        """Note that the loop has come round. A file that can't be written is a warning: the loop goes on."""
        if state == "running" and _trouble:
            state, details = "waiting", details | {"reason": _trouble}
        now = time.monotonic()
        self.beaten_at, self.thread_id = now, threading.get_ident()
        if state != self._written[1]:
            self._state_since = now
        elif now - self._written[0] < BEAT_SECONDS:
            return
        self._written = (now, state)
        row = {
            "service": self.service,
            "pid": os.getpid(),
            "part": self.part,
            "at": time.time(),
            "ticks": now,
            "boot": boot_id(),
            "longest_step_seconds": self.longest_step_seconds,
            "state": state,
            "since": self._state_since,
            **details,
        }
        self._write(json.dumps(row))

    def remove(self) -> None:
        """Take the file away: the loop ends on purpose."""
        with _loops_lock:
            if _loops.get((self.service, self.part)) is self:
                del _loops[self.service, self.part]
        self._path.unlink(missing_ok=True)

    def _write(self, row: str) -> None:
        fresh = self._path.with_suffix(".new")
        try:
            fresh.write_text(row, encoding="utf-8")
            fresh.replace(self._path)
        except OSError as error:
            if self._can_write:
                _log.warning("a heartbeat can't be written", path=str(self._path), reason=error.strerror)
            self._can_write = False
        else:
            self._can_write = True


def set_trouble(reason: str) -> None:
    """Let every loop of this process that would say `running` say `waiting` for this reason; "" ends that."""
    global _trouble
    _trouble = reason


def loops() -> list[Heartbeat]:
    """Return the heartbeats of this process whose loops have not ended on purpose."""
    with _loops_lock:
        return list(_loops.values())


def oldest_beat_age() -> float:
    """Return how many seconds ago the slowest loop of this process came round, 0 before the first."""
    now = time.monotonic()
    return max((now - loop.beaten_at for loop in loops()), default=0.0)


@dataclass(frozen=True)
class Pulse:
    """One loop of a process as its heartbeat file tells.

    `age_seconds` since the last beat, infinite for one of an earlier boot; `state_seconds` since the state was entered.
    """

    service: str
    pid: int
    state: str
    age_seconds: float
    reason: str = ""
    part: str = ""
    longest_step_seconds: float = LONGEST_STEP_SECONDS
    state_seconds: float = 0.0
    beaten_at: float = 0.0
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def is_alive(self) -> bool:
        """Tell whether its process runs, here, since the machine was started."""
        return self.age_seconds != math.inf and _alive(self.pid)

    @property
    def is_beating(self) -> bool:
        """Tell whether the last beat is no older than the longest step. A beat in the future tells nothing."""
        return 0.0 <= self.age_seconds <= self.longest_step_seconds

    @property
    def is_well(self) -> bool:
        """Tell whether the loop runs, or waits for a short time only."""
        waits = self.state == "waiting" and self.state_seconds > WAITING_SECONDS
        return self.is_alive and self.is_beating and not waits


def pulses(run_dir: Path, now: float | None = None) -> list[Pulse]:
    """Return all heartbeats found, by service and pid; those of dead processes too.

    `now` is the monotonic time that ages are taken at, by default the present one.
    """
    at = time.monotonic() if now is None else now
    rows = (_row(path) for path in sorted(run_dir.glob("*.json")))
    return [_pulse(row, at) for row in rows if row is not None]


def _row(path: Path) -> dict[str, Any] | None:
    """Return what a heartbeat file holds; None if it is gone (its process has just ended on purpose) or is another file."""
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        _log.warning("no heartbeat", path=str(path))
        return None
    return row if isinstance(row, dict) and {"service", "pid", "state"} <= row.keys() else None


def _pulse(row: dict[str, Any], now: float) -> Pulse:
    told = ("service", "pid", "state", "part", "reason", "at", "ticks", "boot", "since", "longest_step_seconds")
    is_of_this_boot = row.get("boot") == boot_id()
    ticks = float(row.get("ticks", 0.0))
    return Pulse(
        service=row["service"],
        pid=row["pid"],
        state=row["state"],
        age_seconds=now - ticks if is_of_this_boot else math.inf,
        reason=str(row.get("reason", "")),
        part=str(row.get("part", "")),
        longest_step_seconds=float(row.get("longest_step_seconds", LONGEST_STEP_SECONDS)),
        state_seconds=now - float(row.get("since", ticks)),
        beaten_at=ticks,
        details={name: value for name, value in row.items() if name not in told},
    )


def boot_id() -> str:
    """Return what tells this start of the machine from others; "" where the system has no such thing (not Linux)."""
    global _boot
    if _boot is None:
        try:
            _boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        except OSError:
            _boot = ""
    return _boot


_boot: str | None = None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
