"""News and old news: why an article may not open an alert."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.messages import Cause, SuppressReason, Watch

STALE_AFTER = timedelta(days=3)
"""An article is old news if it was published longer than this before it was first seen.

A guess: a feed may lie still over a weekend.
"""

STALE_AT_FIRST_POLL = timedelta(days=1)
"""The same at the first poll of a feed, which brings old entries too. A guess."""

SILENT: Sequence[Cause] = ("backfill", "replay")
"""Causes of messages that never notify people."""


def old_news(
    cause: Cause,
    published_at: datetime | None,
    first_seen_at: datetime | None,
    last_poll_at: datetime | None,
) -> SuppressReason | None:
    """Return why an article opens no alert, whatever the watch; None if it is news.

    An article without a date is news only if it appeared between two polls of a known feed.
    """
    if cause in SILENT:
        return "cause"
    if published_at is None:
        return None if last_poll_at is not None else "undated"
    limit = STALE_AFTER if last_poll_at else STALE_AT_FIRST_POLL
    if first_seen_at is not None and first_seen_at - published_at > limit:
        return "stale"
    return None


def is_before(watch: Watch, first_seen_at: datetime | None) -> bool:
    """True if an article was seen before the watch was saved: such an article opens no alert."""
    return (
        watch.saved_at is not None and first_seen_at is not None and first_seen_at < watch.saved_at
    )
