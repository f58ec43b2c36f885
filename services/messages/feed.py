"""Feeds to poll, and what the poller remembers of each."""

from services.messages.base import Message, Timestamp


class Feed(Message, frozen=True, kw_only=True):
    """A source polled. `outlet` names it for readers; `outlet_family` joins titles of one publisher."""

    feed_id: str
    url: str
    title: str | None = None
    outlet: str
    outlet_family: str | None = None
    language: str | None = None
    interval_seconds: float | None = None
    enabled: bool = True


class EntryState(Message, frozen=True, kw_only=True):
    """What was last published of one entry; `pending` until the broker has acknowledged the article."""

    article_id: str
    version: int
    content_hash: str
    first_seen_at: Timestamp
    pending: bool = False


class FeedState(Message, frozen=True, kw_only=True):
    """Validators of the last answer, the schedule, and the entries known, by entry key."""

    feed_id: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    last_poll_at: Timestamp | None = None
    last_success_at: Timestamp | None = None
    failures: int = 0
    last_error: str | None = None
    entries: dict[str, EntryState] = {}
