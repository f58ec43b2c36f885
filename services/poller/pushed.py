"""What a document means that was not asked for: one that a hub pushed, or one read again. Pure."""

from datetime import UTC, datetime

import msgspec

from services.messages import Article, Feed, FeedState
from services.poller.decide import decide
from services.poller.reading.entry import ParsedFeed
from services.poller.versions.remembered import within_bounds
from services.poller.versions.sight import sight
from services.poller.websub import delivered

NO_QUOTA = 1_000_000
"""New entries of a document that is read again: all that it can hold."""


def after_push(before: FeedState, done: FeedState, now: datetime) -> FeedState:
    """Return the state after a push, given the one after the same document in a poll.

    A push says nothing of what a poll would bring: validators, failures, and times of polls stay.
    It may hold the newest entries alone, so those that wait for the next hour still do.
    """
    waiting = (key for key in before.waiting if key not in done.entries)
    return msgspec.structs.replace(
        done,
        etag=before.etag,
        last_modified=before.last_modified,
        body_hash=before.body_hash,
        last_poll_at=before.last_poll_at,
        failures=before.failures,
        last_error=before.last_error,
        trouble=before.trouble,
        gone_since=before.gone_since,
        gone_answers=before.gone_answers,
        whole_at=before.whole_at,
        moved=before.moved,
        waiting=tuple(dict.fromkeys([*waiting, *done.waiting])),
        subscription=delivered(before.subscription, now),
    )


def reread(
    feed: Feed, state: FeedState, parsed: ParsedFeed, at: datetime
) -> tuple[tuple[Article, ...], FeedState]:
    """Return the articles of a document received at `at`, and the state after them.

    It counts as if it had been read so at its time: what it lacked is added, and a version that was
    made of it or of an older document is mended. A version of a later document stays. The cause is
    `backfill`, which alerts nobody.
    """
    empty = msgspec.structs.replace(state, waiting=())
    decision = decide(sight(feed, empty, parsed, at), NO_QUOTA)
    now = round(at.astimezone(UTC).timestamp() * 1000)
    later = {key: e.article_id for key, e in state.entries.items() if e.version > now}
    # A live blog that shows a later post stays as it is, whichever article its older post was, and
    # so does an article that has another key by now.
    left_out = set(later.values())
    left_out |= {
        e.article_id for key, e in decision.done.entries.items() if key in later or key in left_out
    }
    articles = tuple(
        msgspec.structs.replace(article, cause="backfill")
        for article in decision.articles
        if article.article_id not in left_out
    )
    ids = {article.article_id for article in articles}
    mended = {key: e for key, e in decision.done.entries.items() if e.article_id in ids}
    entries = within_bounds(state.entries | mended)
    return articles, msgspec.structs.replace(state, entries=entries)
