"""The messages of a poll, in steps, so that a kill between any two steps loses nothing.

articles to `feed-pending` ─► `articles` ─► the state to `feed-states` ─► cleared from
`feed-pending`

Each step is acknowledged before the next is sent. Rows still in `feed-pending` at a start are sent
again unchanged: same article, same version.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.errors import InvalidMessage
from services.messages import Article, FeedDocument, FeedState, encode
from services.ports import Outgoing


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that can't be sent, however often it is tried."""

    topic: str
    key: str
    error: InvalidMessage


@dataclass(slots=True)
class Steps:
    """Messages in four steps, and the articles that could not be encoded."""

    keep: list[Outgoing] = field(default_factory=list)
    publish: list[Outgoing] = field(default_factory=list)
    remember: list[Outgoing] = field(default_factory=list)
    clear: list[Outgoing] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def in_order(self) -> Sequence[list[Outgoing]]:
        """Return the steps that have messages."""
        return [step for step in (self.keep, self.publish, self.remember, self.clear) if step]


@dataclass(frozen=True, slots=True)
class Bundle:
    """The result of one poll.

    - `done`: None for a feed that is gone, which has no state to write.
    - `is_kept`: the articles come from `feed-pending` and are still there.
    - `cleared`: ids in `feed-pending` of articles that are published already.
    - `document`: the document as it was received, to be kept.
    """

    feed_id: str
    articles: tuple[Article, ...]
    done: FeedState | None
    is_kept: bool = False
    cleared: tuple[str, ...] = ()
    document: FeedDocument | None = None


def steps(bundles: Iterable[Bundle]) -> Steps:
    """Return the messages to send.

    An article that can't be encoded is refused; the others go on.
    """
    found = Steps()
    for bundle in bundles:
        cleared = list(bundle.cleared)
        found.keep += _document(bundle)
        for article in bundle.articles:
            cleared += _add(found, bundle, article)
        if bundle.done is not None:
            found.remember.append(Outgoing("feed-states", bundle.feed_id, encode(bundle.done)))
        found.clear += [_pending(bundle.feed_id, key, None) for key in cleared]
    return found


def without(messages: Sequence[Outgoing], refused: Iterable[Refused]) -> Sequence[Outgoing]:
    """Return the messages of a step without articles that were refused in an earlier one."""
    keys = {one.key for one in refused}
    return [message for message in messages if message.value is None or message.key not in keys]


def _add(found: Steps, bundle: Bundle, article: Article) -> list[str]:
    """Add an article. Return the ids to clear afterwards."""
    try:
        value = encode(article)
    except (InvalidMessage, UnicodeError) as error:
        verdict = (
            error if isinstance(error, InvalidMessage) else InvalidMessage("not-text", str(error))
        )
        found.refused.append(Refused("articles", article.article_id, verdict))
        return [article.article_id] if bundle.is_kept else []
    if not bundle.is_kept:
        found.keep.append(_pending(bundle.feed_id, article.article_id, value))
    found.publish.append(Outgoing("articles", article.article_id, value))
    return [article.article_id]


def _document(bundle: Bundle) -> list[Outgoing]:
    """Return the document to keep, unless it is larger than a message may be."""
    if bundle.document is None:
        return []
    try:
        value = encode(bundle.document)
    except InvalidMessage:
        return []
    return [Outgoing("feed-documents", bundle.feed_id, value)]


def _pending(feed_id: str, article_id: str, value: bytes | None) -> Outgoing:
    return Outgoing("feed-pending", article_id, value, partition_key=feed_id)
