"""Feeds to poll, and the poller's state for each."""

from services.messages.base import Message, Timestamp


class Feed(Message, frozen=True, kw_only=True):
    """A source to poll.

    - `outlet`: its name for readers. `outlet_family`: joins the titles of one publisher.
    - `interval_seconds`: the wait between two polls; None: the setting `POLL_INTERVAL_SECONDS`.
    """

    feed_id: str
    url: str
    title: str | None = None
    outlet: str
    outlet_family: str | None = None
    language: str | None = None
    interval_seconds: float | None = None
    enabled: bool = True


class EntryState(Message, frozen=True, kw_only=True):
    """The version of an entry that was published last.

    `pending`: set only in states of earlier versions, for an article that was not yet acknowledged.
    Such articles are in the topic `feed-pending` now.
    """

    article_id: str
    version: int
    content_hash: str
    first_seen_at: Timestamp
    pending: bool = False


class FeedState(Message, frozen=True, kw_only=True):
    """The poller's state of one feed.

    - `etag`, `last_modified`: HTTP validators of the last answer; `body_hash`: a digest of its
      body.
    - `failures`: failed polls since the last success. `last_error`: the reason of the last one.
    - `entries`: article id to the version published.
    - `waiting`: ids of articles beyond the hourly quota.
    - `quota_new`, `quota_edits`: new and edited entries published since `quota_since`.
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
