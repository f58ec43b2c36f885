"""What is news: whether an article may open an alert, or why it may not."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.messages import Cause, SuppressReason, Watch

STALE_AFTER = timedelta(days=3)
"""An article published longer than this before we first saw it is old news."""

STALE_AT_FIRST_POLL = timedelta(days=1)
"""The same at the first poll of a feed, which brings all that stands in it."""

SILENT: Sequence[Cause] = ("backfill", "replay")
"""Causes of messages that never notify people."""


def old_news(
    cause: Cause, published_at: datetime | None, first_seen_at: datetime | None, last_poll_at: datetime | None
) -> SuppressReason | None:
    """Return why an article opens no alert, whatever the watch; None if it is news.

    Without a date it is news only if it appeared between two polls of a known feed.
    """
    if cause in SILENT:
        return "cause"
    if published_at is None:
        return None if last_poll_at is not None else "undated"
    if first_seen_at is not None and first_seen_at - published_at > (STALE_AFTER if last_poll_at else STALE_AT_FIRST_POLL):
        return "stale"
    return None


def is_before(watch: Watch, first_seen_at: datetime | None) -> bool:
    """Tell whether an article was seen before the watch was saved: saving one never alerts on what was there."""
    return watch.saved_at is not None and first_seen_at is not None and first_seen_at < watch.saved_at
