"""One engine as a child process: started, awaited, and restarted if it dies or stops answering."""

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
"""Seconds without progress after which a start has failed.

There is no other limit: a start takes ten seconds on a quiet machine and minutes on a busy one.
"""

START_SECONDS = 600.0
"""The longest start on systems that do not show the CPU time of a process (not Linux)."""

PROGRESS_CPU_SECONDS = 0.5
"""CPU time that counts as progress.

Less than a starting JVM uses in two seconds, more than an idle one uses in a minute.
"""

MUTE_SECONDS = 120.0
"""Seconds without an answer after which an engine is restarted.

More than the longest pause of its garbage collector, and than one answer takes on a busy machine.
While an engine starts again, its work counts as an answer: on a busy machine it would be ended for
ever before it is ready.
"""

PROBE_SECONDS = 5.0
"""Seconds between two checks whether an engine answers."""
FIRST_PAUSE_SECONDS = 0.5
MOST_PAUSE_SECONDS = 10.0
STEADY_SECONDS = 30.0
"""An engine that ran for so many seconds is restarted after the first, short pause again."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class Launch:
    """The command that runs an engine.

    - `environment`: all of its variables.
    - `log`: the file for all its output.
    - `user`: "" is ours.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    user: str = ""


class Engine:
    """A child process on a leash. `is_up`: it is ready for work; `answers`: it answers at all."""

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
        self._work = 0.0

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
        """Return once it is ready. It may take any time while it makes progress.

        Raises FatalError with the end of its log.
        """
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
        """Restart it if it has died, end it if it has been mute for too long.

        Call this regularly.
        """
        now = time.monotonic()
        if self._process is None:
            if now >= self._due_at:
                self._start_again(now)
        elif self._process.poll() is not None:
            if now - self._started_at > STEADY_SECONDS:
                self._pause = FIRST_PAUSE_SECONDS
            self._put_off(
                now, "an engine ended, it is started again", exit_code=self._process.returncode
            )
            self._process = None
        elif now - self._probed_at >= PROBE_SECONDS or not self._is_back:
            self._probe(self._process)

    def tell_to_end(self) -> None:
        """Send SIGTERM."""
        if self._process is not None:
            self._process.terminate()

    def wait_until_ended(self) -> None:
        """Return when the process has ended; kill it if it does not."""
        if self._process is not None:
            leash.wait(self._process)

    def _probe(self, process: "subprocess.Popen[bytes]") -> None:
        answered = self._answers()
        now = self._probed_at = time.monotonic()
        if answered:
            self._heard_at = now
            if not self._is_back and self._is_up():
                _log.info(
                    "an engine is back",
                    name=self.launch.name,
                    after_seconds=round(now - self._started_at, 1),
                )
                self._is_back = True
        elif not self._is_back and self._has_worked(process):
            self._heard_at = now
        elif now - self._heard_at > self._mute_seconds:
            _log.error(
                "an engine answers nothing, it is ended",
                name=self.launch.name,
                mute_seconds=round(now - self._heard_at),
                log=str(self.launch.log),
            )
            process.terminate()
            leash.wait(process)

    def _has_worked(self, process: "subprocess.Popen[bytes]") -> bool:
        """Return True if it made progress since that was last found."""
        done = cpu_seconds(process.pid)
        if done is None or done - self._work < PROGRESS_CPU_SECONDS:
            return False
        self._work = done
        return True

    def _start_again(self, now: float) -> None:
        self._is_back, self._work = False, 0.0
        try:
            self.start()
        except OSError as error:
            self._put_off(now, "an engine can't be started, it is tried again", error=str(error))

    def _put_off(self, now: float, event: str, **why: object) -> None:
        _log.warning(
            event, name=self.launch.name, **why, pause_seconds=self._pause, log=str(self.launch.log)
        )
        self._due_at = now + self._pause
        self._pause = min(MOST_PAUSE_SECONDS, self._pause * 2)

    def _failed(self, how: str) -> FatalError:
        return FatalError(
            f"{self.launch.name} {how}; the end of {self.launch.log}:\n{_tail(self.launch.log)}"
        )


def cpu_seconds(pid: int) -> float | None:
    """Return the CPU seconds of a process and its descendants; None if unknown (not Linux)."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            # The process has just ended.
            continue
        stats[int(path.parent.name)] = (int(fields[1]), int(fields[11]) + int(fields[12]))
    family = {pid}
    # A pid is higher than its parent's until pids wrap around; then one look may miss some.
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


def own_options(variable: str) -> list[str]:
    """Return the options in the engine's own variable. They override ours."""
    return os.environ.get(variable, "").split()


def inherited() -> dict[str, str]:
    """Return the variables of this process that engines get."""
    return {name: os.environ[name] for name in ("PATH", "LANG", "HOME", "TZ") if name in os.environ}
