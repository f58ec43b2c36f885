"""A circuit breaker a destination: one that does not answer is left alone for a while.

closed ── `FAILURES` in a row ──► open until a time ──► one probe ──► closed, or open for longer
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notifier.deliveries.schedule import BUSY_PAUSE, LONGEST_ASKED, asked_pause

FAILURES = 3
"""Failures in a row that open it. One or two may lie with their messages."""

FIRST_PAUSE = timedelta(seconds=10)
"""How long it is open at first; doubled after each probe that fails. A restart takes about as long.
"""

LONGEST_PAUSE = timedelta(minutes=10)
"""The longest time between two probes: a destination that is back is found within this time."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """`failures`: in a row. `open_until`: machine time; None while it is closed."""

    failures: int = 0
    open_until: datetime | None = None

    def lets_pass(self, now: datetime) -> bool:
        """Return True if an effect may be tried: it is closed, or the effect is the probe.

        No pause is longer than `LONGEST_ASKED`. One that seems to be is that of a clock that was
        set back.
        """
        if self.open_until is None:
            return True
        return not timedelta(0) < self.open_until - now <= LONGEST_ASKED

    def after_failure(
        self, now: datetime, chance: float, asked_seconds: float | None = None
    ) -> "Breaker":
        """Return the breaker after an effect failed.

        - `chance` (0 to 1) shortens a pause by up to half, so that not all are probed together.
        - `asked_seconds`: the pause that the destination asked for is kept, also by the first.
        """
        failures = self.failures + 1
        asked = None if asked_seconds is None else now + asked_pause(asked_seconds)
        if failures < FAILURES:
            return Breaker(failures, asked)
        doubled = FIRST_PAUSE * 2 ** min(failures - FAILURES, 16)
        until = now + min(doubled, LONGEST_PAUSE) * (1 - chance / 2)
        return Breaker(failures, until if asked is None else max(until, asked))

    def after_asking(self, now: datetime, seconds: float | None) -> "Breaker":
        """Return the breaker of a destination that answered and asked for a pause, of a length."""
        return Breaker(0, now + (BUSY_PAUSE if seconds is None else asked_pause(seconds)))

    @property
    def is_open(self) -> bool:
        """True until an effect passes. Then all that waited for the destination may go."""
        return self.open_until is not None


CLOSED = Breaker()
