"""Feeds to poll, and the poller's state for each."""

from typing import Literal

from services.messages.base import Message, Timestamp

Ids = Literal["auto", "guid", "link", "title"]
"""By which of its fields an entry is recognised.

- auto: the guid, else the link, else the title; another one where the feed's guids are unusable.
- guid, link, title: this one, wherever the entry has it.
"""

Pages = Literal["auto", "always", "never"]
"""When the web page of an entry is fetched for its text.

- auto: if the feed itself does not hold the article.
- always, never: whatever the feed holds.
"""


class PageRules(Message, frozen=True, kw_only=True):
    """How the text of an article is read from its web page.

    - `include`: parts of addresses; if there are some, only pages with one of them are fetched.
    - `exclude`: parts of addresses of pages that are never fetched.
    - `selector`: the element that holds the article, as CSS (`div.story`); None: it is found.
    """

    fetch: Pages = "auto"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    selector: str | None = None


class Feed(Message, frozen=True, kw_only=True):
    """A source to poll.

    - `feed_id`: given at import, and kept when the address changes. In feeds of earlier versions
      it is a digest of the address.
    - `url`: without user name and password. `site_url`: the web site that the feed belongs to.
    - `outlet`: its name for readers. `outlet_family`: joins the titles of one publisher.
    - `interval_seconds`: the wait between two polls; None: by the feed's rhythm, with the setting
      `POLL_INTERVAL_SECONDS` as the mean of all such feeds.
    - `zone`: the time zone of dates that name none, such as `Europe/Rome`.
    - `user_agent`: how the poller names itself to this feed; None: the setting `USER_AGENT`.
    - `credentials`: the name of an entry of the file `FEED_SECRETS`. The secret itself is on no
      topic.
    """

    feed_id: str
    url: str
    title: str | None = None
    outlet: str
    outlet_family: str | None = None
    language: str | None = None
    interval_seconds: float | None = None
    enabled: bool = True
    site_url: str | None = None
    ids: Ids = "auto"
    zone: str | None = None
    user_agent: str | None = None
    pages: PageRules = PageRules()
    credentials: str | None = None


class Subscription(Message, frozen=True, kw_only=True):
    """A WebSub subscription of a feed. Its secret is computed, and on no topic.

    - `hub`, `topic`: what the feed declares (`rel="hub"`, `rel="self"`).
    - `asked_at`: the last request to the hub; None before the first.
    - `until`: the end of the lease that the hub confirmed; None before that.
    - `refused`: why the hub refused.
    - `pushed_at`: the last document. `missed`: polls since then that found entries not pushed.
    """

    hub: str
    topic: str
    asked_at: Timestamp | None = None
    until: Timestamp | None = None
    refused: str | None = None
    pushed_at: Timestamp | None = None
    missed: int = 0


class MovedTo(Message, frozen=True, kw_only=True):
    """An address learned from a permanent redirect of the address `asked`."""

    asked: str
    to: str


class Rhythm(Message, frozen=True, kw_only=True):
    """When new entries come.

    - `since`: the beginning of the time that is counted. `at`: the last count.
    - `hours`: new entries at each hour of the day (UTC), older ones counting less. `burst`: the
      same for the last hours.
    """

    since: Timestamp
    at: Timestamp
    hours: tuple[float, ...] = ()
    burst: float = 0.0


Trouble = Literal["", "unreachable", "refused", "unreadable", "gone", "limited", "wall"]
"""The kind of a failed poll.

- unreachable: no whole answer came. refused: an HTTP status that is no success.
- unreadable: the document is no feed, or incomplete.
- gone: HTTP 410. limited: the host wants fewer requests. wall: a bot wall answered.
"""


class EntryState(Message, frozen=True, kw_only=True):
    """The version of an entry that was published last.

    `pending`: set only in states of earlier versions, for an article that was not yet acknowledged.
    Such articles are in the topic `feed-pending` now.

    - `article_id`: differs from the entry's key where the entry moved to another id, or is a post
      of a live blog.
    - `meaning`: a digest of what the feed said, without counters and the feed's furniture.
    - `place`: a digest of the host with the article's number or path.
    - `url`, `words`: the address, and title and text compressed; only of the newest entries.
    - `is_of_page`: the text published is the page's.
    - `updated_at`: what the feed said. `n_edits`: edits since it said something else.
    - `looked_at`: when the page of an entry that left the feed was last asked for;
      `missing_since`: when it was first gone. `is_withdrawn`: that was published.
    - `is_forgotten`: nothing of it is published any more (`reportedly forget`).
    """

    article_id: str
    version: int
    content_hash: str
    first_seen_at: Timestamp
    pending: bool = False
    meaning: str | None = None
    place: str | None = None
    url: str | None = None
    words: str | None = None
    is_of_page: bool = False
    updated_at: Timestamp | None = None
    n_edits: int = 0
    looked_at: Timestamp | None = None
    missing_since: Timestamp | None = None
    is_withdrawn: bool = False
    is_forgotten: bool = False


class FeedState(Message, frozen=True, kw_only=True):
    """The poller's state of one feed.

    - `last_new_at`: when the last new entry was published (news time).
    - `etag`, `last_modified`: HTTP validators of the last answer; `body_hash`: a digest of its
      body.
    - `failing_since`: the first failed poll since the last success.
    - `failures`: failed polls since the last success. `last_error`: the reason of the last one.
    - `entries`: article id to the version published.
    - `subscription`: to the hub that the feed declares, if it does.
    - `waiting`: ids of articles beyond the hourly quota.
    - `quota_new`, `quota_edits`: new and edited entries published since `quota_since`.
    - `whole_at`: when the document was last sent whole, and not as unchanged.
    - `trouble`: the kind of the last failure; "" after a success.
    - `gone_since`, `gone_answers`: the first of the answers "gone" in a row, and their number.
      Polls without an answer do not count.
    - `update_seconds`: the time between two changes that the feed declares.
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
    last_new_at: Timestamp | None = None
    subscription: Subscription | None = None
    failing_since: Timestamp | None = None
    whole_at: Timestamp | None = None
    gone_since: Timestamp | None = None
    gone_answers: int = 0
    trouble: Trouble = ""
    moved: MovedTo | None = None
    rhythm: Rhythm | None = None
    update_seconds: int | None = None


class FeedDocument(Message, frozen=True, kw_only=True):
    """A document of a feed as it was received, so that a mended parser can read it again.

    - `at`: when it came (news time). `body`: gzip of the decoded body.
    """

    feed_id: str
    at: Timestamp
    url: str
    content_type: str
    body: bytes


PushKind = Literal["content", "verified", "denied", "reread"]


class FeedPush(Message, frozen=True, kw_only=True):
    """What comes to the poller of a feed without being asked for.

    - content: a hub sent `document`. verified: it confirmed a subscription to `topic` for
      `lease_seconds`. denied: it refused one, for `reason`.
    - reread: `document` is to be read again, as `backfill`.
    - `key`: of the subscription (hub and topic) that it came through; None for reread. What came
      through another one than the feed has now is dropped.
    """

    feed_id: str
    kind: PushKind
    at: Timestamp
    document: FeedDocument | None = None
    topic: str | None = None
    lease_seconds: float | None = None
    reason: str | None = None
    key: str | None = None


class FeedTiming(Message, frozen=True, kw_only=True):
    """When a feed was polled last, and when it is polled next (news time; None: never again).

    `quiet`: it is read, and brought nothing for longer than ever lately.
    """

    feed_id: str
    polled_at: Timestamp | None = None
    next_at: Timestamp | None = None
    quiet: bool = False


class FeedTimings(Message, frozen=True, kw_only=True):
    """The timings of all feeds of one partition, as its poller tells them now and then.

    `known_to`: the last offset of `feeds` that the poller knew; None in rows of earlier versions.
    """

    partition: str
    at: Timestamp
    known_to: int | None = None
    feeds: tuple[FeedTiming, ...] = ()
