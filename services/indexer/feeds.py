"""Feeds and their health as documents."""

from datetime import datetime

import msgspec

from services.indexer.fields import Text, action, milliseconds, same
from services.messages import Feed, Message, Timestamp, Trouble
from services.ports import IndexAction


class FeedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A feed."""

    feed_id: str
    url: str
    title: str | None
    outlet: str
    outlet_family: str | None
    language: str | None
    enabled: bool


class FeedHealth(Message, frozen=True, kw_only=True):
    """The part of a `FeedState` that is no bookkeeping of entries, which are skipped unread."""

    feed_id: str
    last_poll_at: Timestamp | None = None
    last_success_at: Timestamp | None = None
    last_new_at: Timestamp | None = None
    failing_since: Timestamp | None = None
    gone_since: Timestamp | None = None
    failures: int = 0
    last_error: str | None = None
    trouble: Trouble = ""


class FeedHealthDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The health of a feed, as of its last poll.

    - `is_alive`: the last poll succeeded. `trouble`: the kind of its failure, else None.
    """

    feed_id: str
    last_poll_at: datetime | None
    last_success_at: datetime | None
    last_new_at: datetime | None
    failing_since: datetime | None
    gone_since: datetime | None
    failures: int
    last_error: Text | None
    trouble: str | None
    is_alive: bool


def feeds(row: Feed) -> list[IndexAction]:
    return [action("feeds", row.feed_id, 1, FeedDocument(**same(FeedDocument, row)))]


def feed_health(state: FeedHealth) -> list[IndexAction]:
    fields = same(FeedHealthDocument, state) | {"trouble": state.trouble or None}
    document = FeedHealthDocument(**fields, is_alive=not state.failures)
    return [action("feed-health", state.feed_id, milliseconds(state.last_poll_at), document)]
