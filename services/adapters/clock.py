"""News clocks: the real one, and virtual ones that run faster or jump (the demo)."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.errors import ConfigError
from services.ports import Clock


class SystemClock:
    """Now is now."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class VirtualClock:
    """News time runs `factor` times as fast from `start`, which fell on the machine's `anchor` (Unix seconds)."""

    start: datetime
    factor: float
    anchor: float

    def now(self) -> datetime:
        return self.start + timedelta(seconds=(time.time() - self.anchor) * self.factor)


class FileClock:
    """A virtual clock whose `start,factor,anchor` stands in a file: all processes follow when it is rewritten."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[int, VirtualClock] | None = None

    def now(self) -> datetime:
        """Raises ConfigError when the file is gone or holds no clock."""
        try:
            changed = self._path.stat().st_mtime_ns
            if self._read is None or self._read[0] != changed:
                self._read = (changed, _virtual(self._path.read_text(encoding="ascii").strip()))
        except OSError as error:
            raise ConfigError(f"REPORTEDLY_CLOCK names {self._path}, which can't be read: {error.strerror}") from error
        return self._read[1].now()


def clock_from(setting: str) -> Clock:
    """Return the clock of `start,factor[,anchor]` or, with `@file`, of such a line in a file; "" is the real clock.

    `start` is an ISO time, `anchor` the Unix time it falls on (default: the start of this process). Raises ConfigError.
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
            f"the clock is {setting!r}, expected start,factor[,anchor] such as 2031-05-02T06:00:00Z,1800"
        ) from error
