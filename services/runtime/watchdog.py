"""Finds loops that hang: within their own process, and from the supervisor.

The first is for a container, the second for `reportedly up`. The time that a loop has stood still
is counted in looks, not read off a clock. A machine that was suspended or overloaded makes looks
rare too, so it does not count against the loop.
"""

import faulthandler
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from services.runtime.health import HUNG_FACTOR, LONGEST_STEP_SECONDS, Heartbeat, loops, pulses

LOOK_SECONDS = 1.0
"""Seconds between two looks at the loops."""

MOST_LOOK_SECONDS = 3.0
"""The most seconds that one look counts for.

A later look means that the watchdog itself was held up.
"""

STARTING_SECONDS = 300.0
"""Seconds that a service may take to its first beat.

Python's imports and a hundred thousand watches take a minute or two on a busy machine.
"""

HUNG_EXIT = 3
"""Exit code of a process that the watchdog ends."""

SHOWN_FRAMES = 6
"""Calls of the hanging thread that the log line names."""

K = TypeVar("K", bound=Hashable)

_log = structlog.get_logger()


class Stillness(Generic[K]):
    """Counts for how long each of several marks has not changed. Pure: the clock is passed in."""

    def __init__(self) -> None:
        self._looked_at: float | None = None
        self._still: dict[K, tuple[object, float]] = {}

    def look(self, marks: Mapping[K, object], now: float) -> dict[K, float]:
        """Return for how many seconds of looking each mark has been unchanged.

        Other keys are forgotten.
        """
        passed = (
            0.0
            if self._looked_at is None
            else min(max(0.0, now - self._looked_at), MOST_LOOK_SECONDS)
        )
        self._looked_at = now
        still = {}
        for key, mark in marks.items():
            before = self._still.get(key)
            still[key] = (
                mark,
                before[1] + passed if before is not None and before[0] == mark else 0.0,
            )
        self._still = still
        return {key: seconds for key, (_, seconds) in still.items()}


class Watchdog:
    """Ends this process with exit code 3 and one log line if one of its loops hangs."""

    def __init__(
        self,
        living: Callable[[], Sequence[Heartbeat]] = loops,
        end: Callable[[int], object] = os._exit,
    ) -> None:
        self._living = living
        self._end = end
        self._stillness: Stillness[Heartbeat] = Stillness()

    def start(self) -> None:
        """Look from now on, in a thread of its own.

        Also ends a process whose interpreter is blocked by foreign code.
        """
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def look(self, now: float) -> None:
        """Look once; `now` is monotonic."""
        living = {loop: loop.beaten_at for loop in self._living()}
        for loop, still in self._stillness.look(living, now).items():
            if still > HUNG_FACTOR * loop.longest_step_seconds:
                _log.error(
                    "a loop hangs, the process ends",
                    loop=loop.part or loop.service,
                    still_seconds=round(still),
                    longest_step_seconds=loop.longest_step_seconds,
                    where=where(loop.thread_id),
                )
                sys.stderr.flush()
                self._end(HUNG_EXIT)
                return

    def _watch(self) -> None:
        while True:
            # Armed anew at each look. It fires, with exit code 1, only if no Python code runs any
            # more.
            faulthandler.dump_traceback_later(HUNG_FACTOR * LONGEST_STEP_SECONDS, exit=True)
            self.look(time.monotonic())
            time.sleep(LOOK_SECONDS)


class HeartbeatWatch:
    """Finds services that hang, by their heartbeat files."""

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir
        self._stillness: Stillness[tuple[str, int, str]] = Stillness()

    def hung(self, started: Mapping[str, float], now: float) -> dict[str, str]:
        """Return a sentence for each service that hangs.

        `started` maps the running services to their start; all times are monotonic.
        """
        beats = [p for p in pulses(self._run_dir, now) if p.service in started and p.is_alive]
        # A heartbeat from before the start belongs to an earlier process with the same pid.
        living = {(p.service, p.pid, p.part): p for p in beats if p.beaten_at >= started[p.service]}
        beating = {service for service, _, _ in living}
        marks: dict[tuple[str, int, str], object] = {key: p.beaten_at for key, p in living.items()}
        marks |= {(name, 0, ""): at for name, at in started.items() if name not in beating}
        found = {}
        for (name, pid, part), still in self._stillness.look(marks, now).items():
            pulse = living.get((name, pid, part))
            limit = HUNG_FACTOR * pulse.longest_step_seconds if pulse else STARTING_SECONDS
            if still > limit:
                found[name] = (
                    f"{part or name} has not beaten for {still:.0f} s, it may take {limit:.0f} s"
                )
        return found


def where(thread_id: int) -> str:
    """Return the innermost calls of a thread, the last first."""
    frame = sys._current_frames().get(thread_id)
    if frame is None:
        return "its thread has ended"
    calls = traceback.extract_stack(frame)[-SHOWN_FRAMES:]
    return " < ".join(
        f"{call.name} ({Path(call.filename).name}:{call.lineno})" for call in reversed(calls)
    )
