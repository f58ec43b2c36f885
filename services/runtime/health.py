"""Heartbeats: a small file for each loop, from which other processes judge its health.

Ages use the monotonic clock, which all processes of a machine share and nobody can set. It restarts
with the machine, so a heartbeat names its boot too. The clock stands still while the machine is
suspended.
"""

import json
import math
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from services.ports import JsonObject

LONGEST_STEP_SECONDS = 120.0
"""The longest time between two beats of a loop that states no other, in seconds.

A batch takes seconds of work. Its acknowledgement takes at most 20 s (`SEND_SECONDS` and a little).
Its commit takes at most 70 s while the coordinator is away (10 s of session and 60 s of one
request, by the client's documentation).
"""

HUNG_FACTOR = 2.0
"""A loop hangs if it has not beaten for this many times its longest step.

The factor allows for an overloaded machine. With the longest step of any loop the limit stays
within the five minutes after which a group drops a member.
"""

WAITING_SECONDS = 30.0
"""Seconds that a loop may wait for an engine and still be well.

A restart of an engine takes less.
"""

BEAT_SECONDS = 1.0
"""The least time between two writes of a heartbeat in the same state, in seconds."""

SERVICES = ("poller", "tagger", "tracker", "indexer", "alerter", "notifier", "api")

_log = structlog.get_logger()
_loops: "dict[tuple[str, str], Heartbeat]" = {}
_loops_lock = threading.Lock()
_trouble = ""


class Heartbeat:
    """Writes `run_dir/<service>-<pid>.json`, at most once a second unless the state changes.

    A process with several loops has one heartbeat for each, named by `part`, so that one loop can't
    hide that another hangs. `longest_step_seconds` is the longest time that may pass between two
    beats.
    """

    def __init__(
        self,
        run_dir: Path,
        service: str,
        part: str = "",
        longest_step_seconds: float = LONGEST_STEP_SECONDS,
    ) -> None:
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

    def beat(self, state: str = "running", **details: object) -> None:
        """Record that the loop has made progress. If the file can't be written, warn and go on."""
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
        """Remove the file: the loop ends on purpose."""
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
                _log.warning(
                    "a heartbeat can't be written", path=str(self._path), reason=error.strerror
                )
            self._can_write = False
        else:
            self._can_write = True


def set_trouble(reason: str) -> None:
    """Make every loop of this process report `waiting` instead of `running`, with this reason.

    "" ends that.
    """
    global _trouble
    _trouble = reason


def loops() -> list[Heartbeat]:
    """Return the heartbeats of this process's loops that have not ended on purpose."""
    with _loops_lock:
        return list(_loops.values())


def oldest_beat_age() -> float:
    """Return the seconds since the last beat of this process's slowest loop; 0 without loops."""
    now = time.monotonic()
    return max((now - loop.beaten_at for loop in loops()), default=0.0)


@dataclass(frozen=True)
class Pulse:
    """One loop of a process, as read from its heartbeat file.

    - `age_seconds`: since the last beat; infinite if it was in an earlier boot.
    - `state_seconds`: since it entered its state.
    - `beaten_at`: monotonic time of the last beat.
    - `details`: further fields, such as counts of feeds.
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
    details: JsonObject = field(default_factory=dict)

    @property
    def is_alive(self) -> bool:
        """True if its process runs, on this machine and in this boot."""
        return self.age_seconds != math.inf and _alive(self.pid)

    @property
    def is_beating(self) -> bool:
        """True if the last beat is at most as old as the longest step.

        False for a beat in the future.
        """
        return 0.0 <= self.age_seconds <= self.longest_step_seconds

    @property
    def is_well(self) -> bool:
        """True if the loop runs, or has waited for a short time only."""
        waits = self.state == "waiting" and self.state_seconds > WAITING_SECONDS
        return self.is_alive and self.is_beating and not waits


def pulses(run_dir: Path, now: float | None = None) -> list[Pulse]:
    """Return all heartbeats found, by file name; those of dead processes too.

    `now` is the monotonic time that ages refer to, by default that at which a file was read.
    """
    rows = (_row(path) for path in sorted(run_dir.glob("*.json")))
    # The present is that after the reading: a beat of meanwhile is not one in the future.
    return [
        _pulse(row, time.monotonic() if now is None else now) for row in rows if row is not None
    ]


def living(run_dir: Path) -> dict[str, list[Pulse]]:
    """Return every service with the heartbeats of its living processes."""
    found: dict[str, list[Pulse]] = {name: [] for name in SERVICES}
    for pulse in pulses(run_dir):
        if pulse.service in found and pulse.is_alive:
            found[pulse.service].append(pulse)
    return found


def _row(path: Path) -> JsonObject | None:
    """Return the fields of a heartbeat file.

    None if it is no heartbeat, or is gone because its loop has just ended on purpose.
    """
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        _log.warning("no heartbeat", path=str(path))
        return None
    return row if isinstance(row, dict) and {"service", "pid", "state"} <= row.keys() else None


def _pulse(row: JsonObject, now: float) -> Pulse:
    own = (
        "service",
        "pid",
        "state",
        "part",
        "reason",
        "at",
        "ticks",
        "boot",
        "since",
        "longest_step_seconds",
    )
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
        details={name: value for name, value in row.items() if name not in own},
    )


def boot_id() -> str:
    """Return an id of this boot of the machine; "" on systems without one (not Linux)."""
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
