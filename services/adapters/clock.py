"""News clocks: the real one, and a piecewise one that runs faster and may jump (the demo)."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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


@dataclass(frozen=True)
class JumpingClock:
    """Virtual clocks in sequence, each in force from its anchor on; one sequence serves all processes."""

    parts: tuple[VirtualClock, ...]

    def now(self) -> datetime:
        machine = time.time()
        current = [part for part in self.parts if part.anchor <= machine] or [self.parts[0]]
        return current[-1].now()


def clock_from(setting: str) -> Clock:
    """Return the clock of `start,factor[,anchor][;start,factor,anchor…]`; "" is the real one.

    Without an anchor the clock starts with this process. Raises ConfigError.
    """
    if not setting:
        return SystemClock()
    parts = []
    for part in setting.split(";"):
        try:
            start, factor, *anchor = part.split(",")
            at = datetime.fromisoformat(start)
            parts.append(
                VirtualClock(
                    at if at.tzinfo else at.replace(tzinfo=UTC), float(factor), float(anchor[0]) if anchor else time.time()
                )
            )
        except (ValueError, IndexError) as error:
            raise ConfigError(
                f"REPORTEDLY_CLOCK is {part!r}, expected start,factor[,anchor] such as 2031-05-02T06:00:00Z,1800"
            ) from error
    return parts[0] if len(parts) == 1 else JumpingClock(tuple(parts))
