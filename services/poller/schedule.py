"""When to ask a feed again: seconds from now, in machine time; chance is passed in."""

from datetime import datetime
from email.utils import parsedate_to_datetime

JITTER = 0.1
"""Share of the interval that polls are spread over, so that feeds imported together drift apart."""

MAX_BACKOFF_SECONDS = 6 * 3600.0
"""The longest wait after failures, unless a feed's own interval is longer."""
MAX_RETRY_AFTER_SECONDS = 24 * 3600.0
"""The longest wait that a host may ask for; jitter comes on top."""
GONE = 410
"""The HTTP status of what is gone for good (RFC 9110, 15.5.11)."""


def next_poll(interval: float, failures: int, jitter: float, status: int = 200, retry_after: float | None = None) -> float | None:
    """Return the seconds to wait, or None when the feed is gone for good (410).

    `failures` counts the failed polls in a row, this one included; each doubles the wait. `jitter` is in 0…1 and moves
    the result by at most a tenth. A host that names a time (`retry_after`) is never asked before it.
    """
    if status == GONE:
        return None
    wait = interval if failures == 0 else min(interval * 2.0 ** min(failures, 20), max(MAX_BACKOFF_SECONDS, interval))
    spread = wait * (1.0 + JITTER * (2.0 * jitter - 1.0))
    if retry_after is None:
        return spread
    return max(spread, min(retry_after, MAX_RETRY_AFTER_SECONDS) + interval * JITTER * jitter)


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """Return what a Retry-After header asks for (seconds, or a date seen from `now`); None without a usable one."""
    if not header:
        return None
    if header.strip().isascii() and header.strip().isdigit():
        return float(header)
    try:
        at = parsedate_to_datetime(header)
        return max(0.0, (at - now).total_seconds()) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
