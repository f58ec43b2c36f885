"""One entry of a document against what is known of it: nothing new, an edit, or a new article."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from services.messages import Article, EntryState, Feed, FeedState, Source
from services.messages.limits import NAME_CHARS, Bounded, bounded
from services.poller.identity import content_hash, url_key
from services.poller.pages.choose import Choice
from services.poller.reading.entry import Entry, ParsedFeed
from services.poller.versions.meaning import furniture, meaning
from services.poller.versions.moved import place
from services.poller.versions.naming import formerly_known, moved_entries, named_entries
from services.poller.versions.posts import is_another_post, post_id
from services.poller.versions.words import KEPT_CHARS, changes, packed, unpacked
from services.text.web_addresses import canonical_url

MAX_EDITS = 24
"""Edits of an entry without another `updated_at` of the feed. Further ones are not published.

Source: a story that develops has some ten versions a day; a counter that is not known as one has a
new version at every poll. lemon24/reader stops after 24 as well.
"""


@dataclass(frozen=True, slots=True)
class Pages:
    """What a poll read of web pages, by the key of the entry.

    - `texts`: of entries that are new or changed.
    - `statuses`: the answers for entries that left the feed; 0 where nothing is known.
    - `problems`: sentences about pages that were not read.
    """

    texts: Mapping[str, Choice] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


NO_PAGES = Pages()


@dataclass(frozen=True, slots=True)
class Sight:
    """A document as it was seen at `now` (news time), and what is known of its feed.

    - `lines`: the feed's furniture.
    - `named`: the entries by key. `moved`: the keys under which some of them are known.
    - `taken`: ids of articles that are known under another key than their first.
    - `problems`: sentences about entries that can't be used.
    """

    feed: Feed
    state: FeedState
    parsed: ParsedFeed
    now: datetime
    pages: Pages
    lines: frozenset[str]
    named: Mapping[str, Entry]
    moved: Mapping[str, str]
    taken: frozenset[str]
    problems: tuple[str, ...]

    def before(self, key: str) -> EntryState | None:
        """Return what is known of an entry."""
        return self.state.entries.get(self.moved.get(key, key))


@dataclass(frozen=True, slots=True)
class Known:
    """What is published of an entry, if anything, and what is remembered of it."""

    article: Article | None
    state: EntryState
    problem: str | None = None


def sight(
    feed: Feed,
    state: FeedState,
    parsed: ParsedFeed,
    now: datetime,
    *,
    pages: Pages = NO_PAGES,
) -> Sight:
    """Return the sight of a document.

    In a damaged document no entry has moved to another key: it may lack the right one.
    """
    lines, problems = furniture(parsed.entries), list[str]()
    named = dict(named_entries(feed, parsed, problems))
    moved = {} if parsed.is_damaged else moved_entries(state.entries, named, lines)
    moved |= formerly_known(feed, state.entries, named)
    taken = frozenset(one.article_id for key, one in state.entries.items() if one.article_id != key)
    return Sight(feed, state, parsed, now, pages, lines, named, moved, taken, tuple(problems))


def is_unchanged(old: EntryState, entry: Entry, lines: frozenset[str]) -> bool:
    """Return True if the feed says of an entry what it said before."""
    kept = bounded(entry.title, entry.text)
    if content_hash(kept.title, kept.text) == old.content_hash:
        return True
    said = meaning(kept.title, kept.text, lines)
    if said == old.meaning:
        return True
    if old.is_of_page or not old.words:
        return False
    # A line that has become furniture since is left out of the words before, too.
    title, _, text = (before := unpacked(old.words)).partition("\n\n")
    return len(before) < KEPT_CHARS and meaning(title, text, lines) == said


def seen(at: Sight, entry: Entry, key: str, old: EntryState | None) -> Known:
    """Return what a document's entry means. `old`: what is known of it.

    A damaged document changes nothing that is known.
    """
    page = at.pages.texts.get(key)
    if old is None:
        # The id of an article that moved stays with it: the next one under its old key is another.
        id = post_id(key, entry) if key in at.taken else key
        return _published(at, entry, id, None, page)
    if old.is_forgotten or (at.parsed.is_damaged and not old.pending):
        return Known(None, old)
    if not (old.pending or old.is_withdrawn) and is_unchanged(old, entry, at.lines):
        return Known(None, old)
    # A withdrawn article has no text that could stay: without its page, the feed's is published.
    if old.is_of_page and not old.is_withdrawn and (page is None or page.doubt):
        why = f": {page.doubt}" if page and page.doubt else ""
        return Known(None, old, f"{entry.url}: the page can't be read again, the text stays{why}")
    is_dated = entry.updated_at is not None and entry.updated_at != old.updated_at
    if not is_dated and old.n_edits >= MAX_EDITS and not (old.pending or old.is_withdrawn):
        return Known(
            None,
            old,
            f"{entry.url or entry.title}: {MAX_EDITS} edits without a new date, "
            "further ones are not published",
        )
    if is_another_post(entry, old.words):
        post = post_id(key, entry)
        known = at.state.entries.get(post)
        if known is not None:
            # It was published before a kill, or an old copy of the document came.
            return Known(None, known if known.words else old)
        return _published(at, entry, post, None, page)
    edited = msgspec.structs.replace(old, n_edits=0 if is_dated else old.n_edits + 1)
    return _published(at, entry, old.article_id, edited, page)


def _published(
    at: Sight, entry: Entry, article_id: str, old: EntryState | None, page: Choice | None
) -> Known:
    is_of_page = page is not None and page.doubt is None
    # The hash covers only the kept text. A change beyond the bound would else be an invisible edit
    # at every poll.
    kept = bounded(entry.title, page.text if page and is_of_page else entry.text)
    content, now = content_hash(kept.title, kept.text), milliseconds(at.now)
    same = old is not None and old.content_hash == content and not old.is_withdrawn
    state = EntryState(
        article_id=article_id,
        version=old.version if old and same else max(old.version + 1 if old else 0, now),
        content_hash=content,
        first_seen_at=old.first_seen_at if old else at.now,
        meaning=_said(entry, at.lines),
        place=place(canonical_url(entry.url) if entry.url else None),
        url=entry.url,
        words=packed(kept.title, kept.text),
        is_of_page=is_of_page,
        updated_at=entry.updated_at,
        n_edits=old.n_edits if old else 0,
    )
    doubt = f"{entry.url}: {page.doubt}" if page and page.doubt else None
    if old and same and not old.pending:
        # The page says the same, whatever the feed has changed.
        return Known(None, state, doubt)
    words = old.words if old and not old.is_withdrawn else None
    article = _article(at, entry, state, kept)
    return Known(
        msgspec.structs.replace(
            article,
            published_at=entry.published_at or (page.published_at if page else None),
            changes=changes(words, kept.title, kept.text) if words else (),
        ),
        state,
        doubt,
    )


def _article(at: Sight, entry: Entry, known: EntryState, kept: Bounded) -> Article:
    # The number of the first version is the time of first sight. A higher number is an edit, also
    # when it is sent again.
    is_first = known.version == milliseconds(known.first_seen_at)
    language = at.feed.language or entry.language or at.parsed.language or ""
    return Article(
        article_id=known.article_id,
        url_key=url_key(known.article_id, entry.url),
        feed_id=at.feed.feed_id,
        outlet=at.feed.outlet,
        outlet_family=at.feed.outlet_family,
        version=known.version,
        content_hash=known.content_hash,
        title=kept.title,
        text=kept.text,
        url=entry.url,
        language=language[:NAME_CHARS] or None,
        first_seen_at=known.first_seen_at,
        seen_at=at.now,
        # The last successful poll. After failures only, the entries may be old.
        last_poll_at=at.state.last_success_at,
        source=Source(name=entry.source_name, url=entry.source_url) if entry.source_name else None,
        cause="new" if is_first else "edit",
        cut=kept.cut,
        text_from="page" if known.is_of_page else "feed",
    )


def _said(entry: Entry, lines: frozenset[str]) -> str:
    kept = bounded(entry.title, entry.text)
    return meaning(kept.title, kept.text, lines)


def milliseconds(at: datetime) -> int:
    """Return a time in milliseconds since 1970: the version of what was first seen then."""
    return round(at.astimezone(UTC).timestamp() * 1000)
