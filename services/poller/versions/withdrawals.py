"""Articles that their outlet takes back: it says so in the feed, or removes the page.

An entry that only leaves its feed is not taken back. Its page is looked at: one that is 404 or 410,
and an hour later again, while its host answers for another page, is gone.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from services.messages import Article, EntryState, Feed, FeedState
from services.poller.identity import article_id, content_hash, url_key
from services.poller.versions.remembered import WATCHED_FOR
from services.poller.versions.sight import Sight, milliseconds
from services.poller.versions.words import unpacked

TWICE_AFTER = timedelta(hours=1)
"""The least time between the two answers that say that a page is gone.

Source: a site that is deployed anew, or whose cache is emptied, is whole again within minutes.
"""

GONE = frozenset({404, 410})
"""Statuses that say that a page is gone. 403 and 451 say that we may not read it."""

MAX_LOOKS = 2
"""Pages of one feed that are looked at in one poll."""


Withdrawn = tuple[str, EntryState, Article | None]
"""The key of an entry, what is remembered of it, and the version that withdraws it, if any."""


def deleted(at: Sight) -> Iterator[Withdrawn]:
    """Yield the entries that the feed declares deleted (RFC 6721).

    One that the document still holds is not deleted. A damaged document declares nothing.
    """
    if at.parsed.is_damaged:
        return
    for stone in at.parsed.deleted:
        key = article_id(at.feed.feed_id, stone.ref, None, "")
        old = at.state.entries.get(key)
        if old and not old.is_withdrawn and key not in at.named:
            why = "the feed says that it was deleted"
            article, state = taken_back(at.feed, at.state, old, why, at.now)
            yield key, state, article


def to_look_at(at: Sight) -> list[tuple[str, EntryState]]:
    """Return the entries whose pages a poll looks at: young ones that left the feed.

    Older ones must still stand in it; else the feed is only full. Those not looked at for longest
    come first.
    """
    if at.parsed.is_damaged:
        return []
    oldest = min((old.first_seen_at for key in at.named if (old := at.before(key))), default=at.now)
    found = [
        (key, old)
        for key, old in at.state.entries.items()
        if old.url
        and not old.is_withdrawn
        and key not in at.named
        and key not in at.moved.values()
        and old.first_seen_at > oldest
        and at.now - old.first_seen_at < WATCHED_FOR
        and (old.looked_at is None or at.now - old.looked_at >= TWICE_AFTER)
    ]
    found.sort(key=lambda item: (item[1].looked_at or item[1].first_seen_at, item[0]))
    return found[:MAX_LOOKS]


def witness(at: Sight, url: str) -> str | None:
    """Return the address of another page of the host, which must answer if the host is well."""
    host = urlsplit(url).hostname
    pages = (entry.url for entry in at.named.values() if entry.url)
    return next((page for page in pages if urlsplit(page).hostname == host), None)


def looked(old: EntryState, status: int, now: datetime) -> tuple[EntryState, bool]:
    """Return what is remembered of a page that answered `status`, and whether it is gone.

    `status` 0: its host is not well, so that nothing is known. 404 counts only beside a witness.
    """
    if status not in GONE:
        missing = old.missing_since if status == 0 or status >= 400 else None
        return msgspec.structs.replace(old, looked_at=now, missing_since=missing), False
    first = old.missing_since or now
    is_gone = now - first >= TWICE_AFTER
    return msgspec.structs.replace(old, looked_at=now, missing_since=first), is_gone


def taken_back(
    feed: Feed, state: FeedState, old: EntryState, why: str, now: datetime
) -> tuple[Article, EntryState]:
    """Return the version that withdraws an article, and what is remembered.

    It has no words, so that nothing is read or matched in it; `withdrawn` says what it was called.
    """
    title = unpacked(old.words).partition("\n\n")[0] if old.words else ""
    content, version = content_hash("", ""), max(old.version + 1, milliseconds(now))
    article = Article(
        article_id=old.article_id,
        url_key=url_key(old.article_id, old.url),
        feed_id=feed.feed_id,
        outlet=feed.outlet,
        outlet_family=feed.outlet_family,
        version=version,
        content_hash=content,
        title="",
        text="",
        url=old.url,
        language=feed.language,
        first_seen_at=old.first_seen_at,
        seen_at=now,
        last_poll_at=state.last_success_at,
        cause="withdrawn",
        withdrawn=f"{why}; it was called {title!r}" if title else why,
    )
    kept = msgspec.structs.replace(
        old, version=version, content_hash=content, is_withdrawn=True, pending=False
    )
    return article, kept


def of_pages(at: Sight) -> Iterator[Withdrawn]:
    """Yield what the statuses of pages mean."""
    for key, status in at.pages.statuses.items():
        state, is_gone = looked(at.state.entries[key], status, at.now)
        if not is_gone:
            yield key, state, None
            continue
        why = f"its page answered {status} twice, an hour apart"
        article, state = taken_back(at.feed, at.state, state, why, at.now)
        yield key, state, article
