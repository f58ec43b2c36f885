"""What the poller publishes: an entry with its text, in versions."""

from services.messages.base import Cause, Message, Timestamp


class Source(Message, frozen=True, kw_only=True):
    """The outlet an entry is credited to by its feed (RSS `<source>`, Atom `<source>`)."""

    name: str
    url: str | None = None


class Article(Message, frozen=True, kw_only=True):
    """One version of one article. `text` is the body alone; the canonical text joins it to the title.

    `cut` says what of them was left out for being over a bound of `messages/limits.py`.
    """

    article_id: str
    url_key: str
    feed_id: str
    outlet: str
    outlet_family: str | None = None
    version: int
    content_hash: str
    title: str
    text: str
    url: str | None = None
    language: str | None = None
    published_at: Timestamp | None = None
    first_seen_at: Timestamp
    seen_at: Timestamp
    last_poll_at: Timestamp | None = None
    source: Source | None = None
    cause: Cause = "new"
    cut: str | None = None
