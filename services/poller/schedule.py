"""When to poll a feed next, in seconds from now (machine time). Randomness is passed in."""

from datetime import datetime
from email.utils import parsedate_to_datetime

JITTER = 0.1
"""Share of the interval over which polls are spread.

Feeds imported together so drift apart.
"""

MAX_BACKOFF_SECONDS = 6 * 3600.0
"""The longest wait after failures, unless the feed's own interval is longer."""
MAX_RETRY_AFTER_SECONDS = 24 * 3600.0
"""The longest wait that a host may ask for. Jitter comes on top."""
GONE = 410
"""The HTTP status of a resource that is gone for good (RFC 9110, 15.5.11)."""


def next_poll(
    interval: float,
    failures: int,
    jitter: float,
    status: int = 200,
    retry_after: float | None = None,
) -> float | None:
    """Return the seconds to wait, or None if the feed is gone for good (410).

    - `failures`: failed polls in a row, this one included; each doubles the wait.
    - `jitter`: from 0 to 1; it changes the result by at most a tenth.
    - `retry_after`: the seconds that the host asked for. It is never polled earlier.
    """
    if status == GONE:
        return None
    wait = (
        interval
        if failures == 0
        else min(interval * 2.0 ** min(failures, 20), max(MAX_BACKOFF_SECONDS, interval))
    )
    spread = wait * (1.0 + JITTER * (2.0 * jitter - 1.0))
    if retry_after is None:
        return spread
    return max(spread, min(retry_after, MAX_RETRY_AFTER_SECONDS) + interval * JITTER * jitter)


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, a date counted from `now`.

    None without a usable header.
    """
    if not header:
        return None
    if header.strip().isascii() and header.strip().isdigit():
        return float(header)
    try:
        at = parsedate_to_datetime(header)
        return max(0.0, (at - now).total_seconds()) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
