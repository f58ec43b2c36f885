"""The poller's output: an entry of a feed with its text, in versions."""

from typing import Literal

from services.messages.base import Cause, Message, Timestamp


class Source(Message, frozen=True, kw_only=True):
    """The outlet that the feed credits an entry to (RSS `<source>`, Atom `<source>`)."""

    name: str
    url: str | None = None


class TextChange(Message, frozen=True, kw_only=True):
    """One place at which an edit changed the words: what it took out, and what it put in."""

    out: str = ""
    put: str = ""


class Article(Message, frozen=True, kw_only=True):
    """One version of one article.

    - `version`: the time of first sight in ms since 1970; an edit of title or text has a higher
      one.
    - `content_hash`: a digest of title and text, by which an edit is recognised.
    - `text`: the body alone. The canonical text is title, blank line, body.
    - `published_at`: what the feed says. `first_seen_at`, `seen_at`: when the poller first saw the
      article, and this version.
    - `cut`: the parts of title or text left out, as a sentence, where they exceeded a bound of
      `messages/limits.py`.
    - `text_from`: the page if the text is not the feed's own.
    - `changes`: what an edit changed, as far as the words of the version before are known.
    - `withdrawn`: why the article counts as taken back, with its title, as a sentence; title and
      text are then empty, and `cause` is `withdrawn`.
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
    text_from: Literal["feed", "page"] = "feed"
    changes: tuple[TextChange, ...] = ()
    withdrawn: str | None = None
