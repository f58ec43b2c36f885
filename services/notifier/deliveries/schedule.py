"""When a delivery that failed is tried again, and when it is given up."""

from datetime import datetime, timedelta

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""The longest pauses before the second try, the third, and so on.

Source: Standard Webhooks, Deliverability and reliability: ten tries over three days. The pauses of
30 s and 120 s are added: a receiver that restarts is away for seconds, and an alert that comes five
minutes later is late.
"""

LONGEST = sum(PAUSES, timedelta())
"""The longest series of tries: 75.7 hours."""

LONGEST_ASKED = timedelta(days=1)
"""The longest pause that a receiver may ask for: the longest of our own."""


BUSY_PAUSE = PAUSES[0]
"""The pause of a receiver that asks for less and names no time."""


def next_try(
    attempts: int, now: datetime, chance: float, asked_seconds: float | None
) -> datetime | None:
    """Return when to try again after `attempts` failed tries (≥ 0), or None to give up.

    Tries count, and not the time that they took: a machine that slept for days has tried nothing.

    - `chance`: from 0 to 1. The pause is this part of the longest one, so that what failed together
      is not tried together (full jitter).
    - `asked_seconds`: the pause that the receiver asked for is kept.
    """
    if attempts > len(PAUSES):
        return None
    pause = PAUSES[max(attempts, 1) - 1] * chance
    if asked_seconds is not None:
        pause = max(pause, asked_pause(asked_seconds))
    return now + pause


def asked_pause(seconds: float) -> timedelta:
    """Return a pause that a receiver asked for, up to the longest. Any number is a length."""
    longest = LONGEST_ASKED.total_seconds()
    # Bounded as a number: a timedelta of 1e14 seconds can't be made. NaN is the longest.
    return timedelta(seconds=max(0.0, min(longest, seconds)))
