"""What a poll means: which articles to publish, and what to remember of the feed before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import msgspec

from services.messages import Article, EntryState, Feed, FeedState, Source
from services.messages.limits import NAME_CHARS, URL_CHARS, Bounded, bounded
from services.poller.feed import Entry, ParsedFeed
from services.poller.identity import article_id, content_hash, url_key
from services.text.markup import plain_text

MAX_KNOWN = 2000
"""Entries remembered of a feed beyond those in its present document: an old one that comes back is not news."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`pending` is to be acknowledged before the articles are sent, `done` after they are acknowledged."""

    articles: tuple[Article, ...]
    pending: FeedState
    done: FeedState
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    article: Article | None
    state: EntryState


def decide(feed: Feed, state: FeedState, parsed: ParsedFeed, now: datetime) -> Decision:
    """Return what to publish of a feed document polled at `now` (news time).

    An entry is published when it is new, when its text differs from the last version (an edit), or when its last
    version was never acknowledged. An entry with neither title nor text nor link is a problem, not an article.
    """
    found: dict[str, _Known] = {}
    problems = list(parsed.problems)
    for number, entry in enumerate(parsed.entries, 1):
        kept = bounded(entry.title, plain_text(entry.html))
        entry, text = _named_within(entry, kept.title), kept.text
        if not (entry.title or text or entry.url):
            problems.append(f"entry {number} has neither title nor text nor link")
            continue
        key = article_id(feed.feed_id, entry.guid, entry.url, entry.title or text)
        # Some feeds list one guid twice; the first stands, or the two would edit each other at every poll.
        if key not in found:
            found[key] = _one(feed, state, parsed, entry, key, kept, now)
            if kept.cut and found[key].article:
                problems.append(f"entry {number} was cut, {kept.cut}")
    problems += _lost(state.entries, found)
    articles = tuple(known.article for known in found.values() if known.article)
    entries = _remembered(state.entries, {key: known.state for key, known in found.items()})
    pending = msgspec.structs.replace(state, entries=entries, last_poll_at=now, last_success_at=now, failures=0, last_error=None)
    return Decision(articles, pending, settled(pending), tuple(problems))


def settled(state: FeedState) -> FeedState:
    """Return the state with nothing pending."""
    entries = {
        key: msgspec.structs.replace(entry, pending=False) if entry.pending else entry for key, entry in state.entries.items()
    }
    return msgspec.structs.replace(state, entries=entries)


def has_pending(state: FeedState) -> bool:
    """Return True if an article may never have reached the broker; then the feed is read whole again."""
    return any(entry.pending for entry in state.entries.values())


def failed(state: FeedState, now: datetime, reason: str) -> FeedState:
    """Return the state after a poll that brought nothing usable."""
    return msgspec.structs.replace(state, last_poll_at=now, failures=state.failures + 1, last_error=reason[:300])


def unchanged(state: FeedState, now: datetime) -> FeedState:
    """Return the state after a poll that brought what was known."""
    return msgspec.structs.replace(state, last_poll_at=now, last_success_at=now, failures=0, last_error=None)


def _named_within(entry: Entry, title: str) -> Entry:
    """Return an entry whose title, address, and outlet are within the bounds of an article."""
    return replace(
        entry,
        title=title,
        url=entry.url if entry.url and len(entry.url) <= URL_CHARS else None,
        source_name=entry.source_name[:NAME_CHARS] if entry.source_name else None,
        source_url=entry.source_url if entry.source_url and len(entry.source_url) <= URL_CHARS else None,
    )


def _one(feed: Feed, state: FeedState, parsed: ParsedFeed, entry: Entry, key: str, kept: Bounded, now: datetime) -> _Known:
    # Of what is kept: else a change behind the bound would be an edit that nobody can see, at every poll.
    content = content_hash(kept.title, kept.text)
    old = state.entries.get(key)
    if old and old.content_hash == content and not old.pending:
        return _Known(None, old)
    if old and old.content_hash == content:
        new = old
    else:
        first_seen_at = old.first_seen_at if old else now
        version = max(old.version + 1 if old else 0, _milliseconds(now))
        new = EntryState(article_id=key, version=version, content_hash=content, first_seen_at=first_seen_at, pending=True)
    return _Known(_article(feed, state, parsed, entry, new, kept, now), new)


def _article(
    feed: Feed, state: FeedState, parsed: ParsedFeed, entry: Entry, known: EntryState, kept: Bounded, now: datetime
) -> Article:
    # The first version carries the moment of first sight; a higher one can only be an edit, also when it is sent again.
    is_first = known.version == _milliseconds(known.first_seen_at)
    return Article(
        article_id=known.article_id,
        url_key=url_key(known.article_id, entry.url),
        feed_id=feed.feed_id,
        outlet=feed.outlet,
        outlet_family=feed.outlet_family,
        version=known.version,
        content_hash=known.content_hash,
        title=kept.title,
        text=kept.text,
        url=entry.url,
        language=(feed.language or parsed.language or "")[:NAME_CHARS] or None,
        published_at=entry.published_at,
        first_seen_at=known.first_seen_at,
        seen_at=now,
        # The poll before this one that brought something: after failures only, what stands in the feed may be old.
        last_poll_at=state.last_success_at,
        source=Source(name=entry.source_name, url=entry.source_url) if entry.source_name else None,
        cause="new" if is_first else "edit",
        cut=kept.cut,
    )


def _lost(before: Mapping[str, EntryState], found: Mapping[str, _Known]) -> Iterable[str]:
    """Say which articles were decided on, never acknowledged, and are no longer in the feed to be sent."""
    for key, entry in before.items():
        if entry.pending and key not in found:
            yield f"article {key} version {entry.version} left the feed before it was known to be published"


def _remembered(before: Mapping[str, EntryState], now: dict[str, EntryState]) -> dict[str, EntryState]:
    gone = [(key, entry) for key, entry in before.items() if key not in now]
    gone.sort(key=lambda item: (item[1].first_seen_at, item[0]))
    return dict(gone[-MAX_KNOWN:]) | now


def _milliseconds(at: datetime) -> int:
    return round(at.astimezone(UTC).timestamp() * 1000)
