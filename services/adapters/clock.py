"""News clocks: the real one, and virtual ones that run faster or jump (for the demo)."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.errors import ConfigError
from services.ports import Clock


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class VirtualClock:
    """News time that runs `factor` times as fast as the machine's clock.

    It was `start` when the machine's clock showed `anchor` (Unix seconds).
    """

    start: datetime
    factor: float
    anchor: float

    def now(self) -> datetime:
        return self.start + timedelta(seconds=(time.time() - self.anchor) * self.factor)


class FileClock:
    """A virtual clock read from a file with `start,factor,anchor`.

    Rewriting the file sets the clock of all processes that use it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[int, VirtualClock] | None = None

    def now(self) -> datetime:
        """Return the news time. Raises ConfigError if the file is missing or holds no clock."""
        try:
            changed = self._path.stat().st_mtime_ns
            if self._read is None or self._read[0] != changed:
                self._read = (changed, _virtual(self._path.read_text(encoding="ascii").strip()))
        except OSError as error:
            raise ConfigError(
                f"REPORTEDLY_CLOCK names {self._path}, which can't be read: {error.strerror}"
            ) from error
        return self._read[1].now()


def clock_from(setting: str) -> Clock:
    """Return the clock that the setting describes.

    - "": the real clock.
    - `start,factor[,anchor]`: a virtual clock. `start` is an ISO time; `anchor` is the Unix time at
      which the news time was `start`, by default the start of this process.
    - `@file`: a file with such a line.

    Raises ConfigError.
    """
    if not setting:
        return SystemClock()
    return FileClock(Path(setting[1:])) if setting.startswith("@") else _virtual(setting)


def _virtual(setting: str) -> VirtualClock:
    try:
        start, factor, *anchor = setting.split(",")
        at = datetime.fromisoformat(start)
        return VirtualClock(
            start=at if at.tzinfo else at.replace(tzinfo=UTC),
            factor=float(factor),
            anchor=float(anchor[0]) if anchor else time.time(),
        )
    except ValueError as error:
        raise ConfigError(
            f"REPORTEDLY_CLOCK is {setting!r}, expected start,factor[,anchor] such as "
            "2031-05-02T06:00:00Z,1800"
        ) from error
