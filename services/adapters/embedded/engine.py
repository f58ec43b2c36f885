"""One engine as a child process: started, waited for, and started again when it dies or no longer answers."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from services.adapters.embedded import leash
from services.errors import FatalError

STILL_SECONDS = 60.0
"""An engine that starts and makes no progress for this long has failed. There is no other limit: a start takes ten seconds
on a quiet machine and minutes on a busy one."""

START_SECONDS = 600.0
"""The limit of a start where the system does not tell how much a process works (not Linux)."""

PROGRESS_CPU_SECONDS = 0.5
"""So much work is progress: less than a starting JVM does in two seconds, more than an idle one does in a minute."""

MUTE_SECONDS = 120.0
"""An engine that answers nothing for this long is ended and started again: more than the longest pause of its garbage
collector and than a busy machine needs for one answer."""

PROBE_SECONDS = 5.0
FIRST_PAUSE_SECONDS = 0.5
MOST_PAUSE_SECONDS = 10.0
STEADY_SECONDS = 30.0
"""An engine that ran this long is forgiven its former deaths."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class Launch:
    """What runs an engine: its command, whole environment, and the user ("" is ours); `log` takes all that it writes."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    user: str = ""


class Engine:
    """A child process on a leash. `is_up` tells that it is ready for work, `answers` that it speaks at all."""

    def __init__(
        self,
        launch: Launch,
        is_up: Callable[[], bool],
        answers: Callable[[], bool],
        still_seconds: float = STILL_SECONDS,
        mute_seconds: float = MUTE_SECONDS,
    ) -> None:
        self.launch = launch
        self._is_up = is_up
        self._answers = answers
        self._still_seconds = still_seconds
        self._mute_seconds = mute_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._due_at = 0.0
        self._pause = FIRST_PAUSE_SECONDS
        self._heard_at = 0.0
        self._probed_at = 0.0
        self._is_back = True

    def start(self) -> None:
        """Start the process. Raises OSError."""
        with self.launch.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-I", leash.__file__, self.launch.user, *self.launch.command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.launch.environment),
                start_new_session=True,
            )
        self._started_at = self._heard_at = self._probed_at = time.monotonic()

    def wait_until_up(self) -> None:
        """Return once it is ready, however long that takes while it works. Raises FatalError with the end of its log."""
        assert self._process is not None
        moved_at, work = time.monotonic(), 0.0
        while not self._is_up():
            if self._process.poll() is not None:
                raise self._failed("did not start")
            done = cpu_seconds(self._process.pid)
            if done is not None and done - work >= PROGRESS_CPU_SECONDS:
                moved_at, work = time.monotonic(), done
            limit = START_SECONDS if done is None else self._still_seconds
            if time.monotonic() - moved_at > limit:
                raise self._failed(f"made no progress for {limit:.0f} s")
            time.sleep(0.2)

    def look_after(self) -> None:
        """Start it again if it has died, end it if it has been mute for too long. Called again and again."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._due_at:
                self._start_again(now)
        elif self._process.poll() is not None:
            if now - self._started_at > STEADY_SECONDS:
                self._pause = FIRST_PAUSE_SECONDS
            self._put_off(now, "an engine ended, it is started again", exit_code=self._process.returncode)
            self._process = None
        elif now - self._probed_at >= PROBE_SECONDS or not self._is_back:
            self._probe(self._process)

    def tell_to_end(self) -> None:
        """Send SIGTERM."""
        if self._process is not None:
            self._process.terminate()

    def wait_until_ended(self) -> None:
        """Return when it is gone; by force if it does not go."""
        if self._process is not None:
            leash.wait(self._process)

    def _probe(self, process: "subprocess.Popen[bytes]") -> None:
        answered = self._answers()
        now = self._probed_at = time.monotonic()
        if answered:
            self._heard_at = now
            if not self._is_back and self._is_up():
                _log.info("an engine is back", name=self.launch.name, after_seconds=round(now - self._started_at, 1))
                self._is_back = True
        elif now - self._heard_at > self._mute_seconds:
            _log.error(
                "an engine answers nothing, it is ended",
                name=self.launch.name,
                mute_seconds=round(now - self._heard_at),
                log=str(self.launch.log),
            )
            process.terminate()
            leash.wait(process)

    def _start_again(self, now: float) -> None:
        self._is_back = False
        try:
            self.start()
        except OSError as error:
            self._put_off(now, "an engine can't be started, it is tried again", error=str(error))

    def _put_off(self, now: float, event: str, **why: object) -> None:
        _log.warning(event, name=self.launch.name, **why, pause_seconds=self._pause, log=str(self.launch.log))
        self._due_at = now + self._pause
        self._pause = min(MOST_PAUSE_SECONDS, self._pause * 2)

    def _failed(self, how: str) -> FatalError:
        return FatalError(f"{self.launch.name} {how}; the end of {self.launch.log}:\n{_tail(self.launch.log)}")


def cpu_seconds(pid: int) -> float | None:
    """Return how much a process and all that it has started have worked; None where the system does not tell (not Linux)."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            # It has just ended.
            continue
        stats[int(path.parent.name)] = (int(fields[1]), int(fields[11]) + int(fields[12]))
    family = {pid}
    # Children have higher numbers than their parents until the numbers begin anew: then one look is a little short.
    family.update(child for child in sorted(stats) if _descends(child, pid, stats))
    ticks = sum(stats[member][1] for member in family if member in stats)
    return ticks / os.sysconf("SC_CLK_TCK") if stats else None


def _descends(pid: int, ancestor: int, stats: Mapping[int, tuple[int, int]]) -> bool:
    while pid in stats and pid > 1:
        pid = stats[pid][0]
        if pid == ancestor:
            return True
    return False


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
