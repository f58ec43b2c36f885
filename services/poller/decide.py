"""Decides what a feed document means.

It gives the articles to publish, the entries that wait for the next hour, and the feed's new state.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import msgspec

from services.messages import Article, EntryState, Feed, FeedState, Source
from services.messages.limits import NAME_CHARS, URL_CHARS, Bounded, bounded
from services.poller.identity import article_id, content_hash, url_key
from services.poller.reading.entry import Entry, ParsedFeed
from services.poller.reading.feed import MAX_ENTRIES
from services.text.clean import clean

MAX_KNOWN = 2000
"""Entries remembered beyond those in the present document. One that comes back is no news."""

MAX_PROBLEMS = 20
"""Problems named for one poll; further ones are counted."""

QUOTA_WINDOW = timedelta(hours=1)
"""Time for which a published entry counts against the feed's quota (`new_entries_per_hour`)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The result of one document. `done` is the feed's state once the articles are acknowledged.

    - `n_known`: entries of the document that were known before.
    """

    articles: tuple[Article, ...]
    done: FeedState
    problems: tuple[str, ...] = ()
    n_known: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    article: Article | None
    state: EntryState


@dataclass(slots=True)
class _Quota:
    """Entries published since `since`, and those that must wait.

    New entries and edits count apart.
    """

    most: int
    since: datetime
    n_new: int = 0
    n_edits: int = 0
    waiting: list[str] = field(default_factory=list)

    def takes(self, is_new: bool, key: str) -> bool:
        if (self.n_new if is_new else self.n_edits) >= self.most:
            self.waiting.append(key)
            return False
        self.n_new += is_new
        self.n_edits += not is_new
        return True


def decide(
    feed: Feed, state: FeedState, parsed: ParsedFeed, now: datetime, per_hour: int
) -> Decision:
    """Decide on a feed document polled at `now` (news time).

    An entry is published if it is new, or if its text differs from its last version (an edit). An
    entry without title, text, and link is a problem, not an article. Beyond `per_hour` new entries,
    and as many edits, entries stay unknown and wait for the next hour. The first document of a feed
    is published whole.
    """
    problems = list(parsed.problems)
    found = _found(feed, state, parsed, now, problems)
    quota = _quota(state, now, per_hour)
    entries, articles = dict[str, EntryState](), list[Article]()
    for key, known in found.items():
        old = state.entries.get(key)
        if (
            known.article is not None
            and not (old and old.pending)
            and not quota.takes(old is None, key)
        ):
            if old is not None:
                entries[key] = old
            continue
        entries[key] = known.state
        if known.article is not None:
            articles.append(known.article)
    problems = [*_lost(state, found), *_waiting(quota, per_hour), *problems]
    done = msgspec.structs.replace(
        state,
        entries=_remembered(state.entries, entries),
        last_poll_at=now,
        last_success_at=now,
        failures=0,
        last_error=None,
        waiting=tuple(quota.waiting),
        last_new_at=now if any(a.cause == "new" for a in articles) else state.last_new_at,
        **(_spent(quota) if articles else {}),
    )
    n_known = sum(key in state.entries for key in found)
    return Decision(tuple(articles), done, _shortened(problems), n_known)


def must_be_whole(state: FeedState, now: datetime) -> bool:
    """Return True if the whole feed must be fetched, though it may be unchanged.

    It then holds entries that are still to be published.
    """
    return any(entry.pending for entry in state.entries.values()) or bool(
        state.waiting and not _is_counting(state, now)
    )


def acknowledged(state: FeedState, articles: Iterable[Article]) -> FeedState:
    """Return the state after these articles, decided on before, have been published."""
    entries = dict(state.entries)
    for a in articles:
        entries[a.article_id] = EntryState(
            article_id=a.article_id,
            version=a.version,
            content_hash=a.content_hash,
            first_seen_at=a.first_seen_at,
        )
    return msgspec.structs.replace(state, entries=entries)


def failed(state: FeedState, now: datetime, reason: str) -> FeedState:
    """Return the state after a poll that failed for `reason`."""
    last_error = " ".join(clean(reason).split())[:300]
    return msgspec.structs.replace(
        state, last_poll_at=now, failures=state.failures + 1, last_error=last_error
    )


def unchanged(state: FeedState, now: datetime) -> FeedState:
    """Return the state after a poll without news."""
    return msgspec.structs.replace(
        state, last_poll_at=now, last_success_at=now, failures=0, last_error=None
    )


def _found(
    feed: Feed, state: FeedState, parsed: ParsedFeed, now: datetime, problems: list[str]
) -> dict[str, _Known]:
    found: dict[str, _Known] = {}
    for number, whole in enumerate(parsed.entries, 1):
        kept = bounded(whole.title, whole.text)
        entry = _named_within(whole, kept.title)
        if not (kept.title or kept.text or entry.url):
            problems.append(f"entry {number} has neither title nor text nor link")
            continue
        key = article_id(feed.feed_id, entry.guid, entry.url, kept.title or kept.text)
        # Some feeds list one guid twice. Only the first counts, or the two would edit each other at
        # every poll.
        if key not in found:
            found[key] = _one(feed, state, parsed, entry, key, kept=kept, now=now)
            if kept.cut and found[key].article:
                problems.append(f"entry {number} was cut, {kept.cut}")
    return found


def _named_within(entry: Entry, title: str) -> Entry:
    """Return an entry whose title, address, and outlet are within the bounds of an article."""
    return replace(
        entry,
        title=title,
        url=entry.url if entry.url and len(entry.url) <= URL_CHARS else None,
        source_name=entry.source_name[:NAME_CHARS] if entry.source_name else None,
        source_url=entry.source_url
        if entry.source_url and len(entry.source_url) <= URL_CHARS
        else None,
    )


def _one(
    feed: Feed,
    state: FeedState,
    parsed: ParsedFeed,
    entry: Entry,
    key: str,
    *,
    kept: Bounded,
    now: datetime,
) -> _Known:
    # The hash covers only the kept text. A change beyond the bound would else be an invisible edit
    # at every poll.
    content = content_hash(kept.title, kept.text)
    old = state.entries.get(key)
    if old and old.content_hash == content and not old.pending:
        return _Known(None, old)
    if old and old.content_hash == content:
        new = msgspec.structs.replace(old, pending=False)
    else:
        first_seen_at = old.first_seen_at if old else now
        version = max(old.version + 1 if old else 0, _milliseconds(now))
        new = EntryState(
            article_id=key, version=version, content_hash=content, first_seen_at=first_seen_at
        )
    return _Known(_article(feed, state, parsed, entry, new, kept=kept, now=now), new)


def _article(
    feed: Feed,
    state: FeedState,
    parsed: ParsedFeed,
    entry: Entry,
    known: EntryState,
    *,
    kept: Bounded,
    now: datetime,
) -> Article:
    # The number of the first version is the time of first sight. A higher number is an edit, also
    # when it is sent again.
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
        # The last successful poll. After failures only, the entries may be old.
        last_poll_at=state.last_success_at,
        source=Source(name=entry.source_name, url=entry.source_url) if entry.source_name else None,
        cause="new" if is_first else "edit",
        cut=kept.cut,
    )


def _quota(state: FeedState, now: datetime, per_hour: int) -> _Quota:
    if state.last_success_at is None:
        # A new feed: its whole document, which is bounded, is let in, and counts.
        return _Quota(max(per_hour, MAX_ENTRIES), now)
    if not _is_counting(state, now) or state.quota_since is None:
        return _Quota(per_hour, now)
    return _Quota(per_hour, state.quota_since, state.quota_new, state.quota_edits)


def _is_counting(state: FeedState, now: datetime) -> bool:
    """Return True within an hour of the first entry counted.

    Setting the clock back starts a new hour.
    """
    return state.quota_since is not None and timedelta(0) <= now - state.quota_since < QUOTA_WINDOW


def _spent(quota: _Quota) -> dict[str, object]:
    return {"quota_since": quota.since, "quota_new": quota.n_new, "quota_edits": quota.n_edits}


def _waiting(quota: _Quota, per_hour: int) -> Iterable[str]:
    if quota.waiting:
        yield (
            f"{len(quota.waiting)} entries wait for the next hour: more than {per_hour} new ones "
            "or edits came in this one "
            "(REPORTEDLY_NEW_ENTRIES_PER_HOUR)"
        )


def _lost(before: FeedState, found: Mapping[str, _Known]) -> Iterable[str]:
    """Yield sentences about entries that left the feed before they were published."""
    for key, entry in before.entries.items():
        if entry.pending and key not in found:
            article = f"article {key} version {entry.version}"
            yield f"{article} left the feed before it was known to be published"
    n_gone = sum(key not in found for key in before.waiting)
    if n_gone:
        yield (
            f"{n_gone} entries left the feed while they waited for the next hour: "
            "they are not published"
        )


def _remembered(
    before: Mapping[str, EntryState], now: dict[str, EntryState]
) -> dict[str, EntryState]:
    gone = [
        (key, msgspec.structs.replace(entry, pending=False))
        for key, entry in before.items()
        if key not in now
    ]
    gone.sort(key=lambda item: (item[1].first_seen_at, item[0]))
    return dict(gone[-MAX_KNOWN:]) | now


def _shortened(problems: list[str]) -> tuple[str, ...]:
    n_more = len(problems) - MAX_PROBLEMS
    return (
        (*problems[:MAX_PROBLEMS], f"and {n_more} more problems") if n_more > 0 else tuple(problems)
    )


def _milliseconds(at: datetime) -> int:
    return round(at.astimezone(UTC).timestamp() * 1000)
