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
    """What was last published of one entry.

    `pending` is set only in states of earlier versions, where an article was not yet known to be published; what is not
    acknowledged stands in `feed-pending` now.
    """

    article_id: str
    version: int
    content_hash: str
    first_seen_at: Timestamp
    pending: bool = False


class FeedState(Message, frozen=True, kw_only=True):
    """Validators of the last answer, the schedule, the entries known by article id, and the quota.

    `waiting` holds the article ids that are over the quota; `quota_new` and `quota_edits` count since `quota_since`.
    """

    feed_id: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    last_poll_at: Timestamp | None = None
    last_success_at: Timestamp | None = None
    failures: int = 0
    last_error: str | None = None
    entries: dict[str, EntryState] = {}
    waiting: tuple[str, ...] = ()
    quota_since: Timestamp | None = None
    quota_new: int = 0
    quota_edits: int = 0
