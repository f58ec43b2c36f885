"""The nouns of reading: an entry, a parsed document, a tombstone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

TextSource = Literal["content", "description", "media", "none"]
"""The element that an entry's text comes from.

`media` (a caption, a podcast's summary) stands only where an entry has nothing else.
"""

DocumentKind = Literal["feed", "sitemap", "sitemap-index"]


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of a feed.

    - `guid`: its id in the feed; None if it has none, or one that repeats in the document.
    - `guid_is_permalink`: the feed declares that the guid is the address.
    - `text`: the article's words without markup, paragraphs with a blank line between.
    - `published_at`, `updated_at`: UTC; None if the feed does not give them, or gives one that
      can't be true.
    - `source_name`, `source_url`: the outlet that an aggregator names for the item.
    - `language`: of this item alone, a code of ISO 639; None if it gives none.
    - `enclosure_url`: the first attached file.
    - `plain_url`: its link, where `url` is another address that the feed declares the original.
    """

    guid: str | None
    url: str | None
    title: str
    text: str
    published_at: datetime | None = None
    source_name: str | None = None
    source_url: str | None = None
    guid_is_permalink: bool = False
    text_source: TextSource = "none"
    updated_at: datetime | None = None
    language: str | None = None
    enclosure_url: str | None = None
    plain_url: str | None = None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An entry that the feed declares deleted (RFC 6721). `ref` is its id."""

    ref: str
    when: datetime | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A parsed document.

    - `problems`: sentences about unusable parts of it.
    - `is_damaged`: it was cut off, has bytes of no charset, or is broken. It may add articles. It
      never changes or empties one, and its validators are not kept.
    - `n_items`: items in the document, before the bound on entries.
    - `site_url`, `self_url`, `hub_urls`: the links `alternate`, `self`, and `hub` of the feed.
    - `next_archive`: the address of the entries before these (`prev-archive` or `next` of RFC
      5005).
    - `update_seconds`: the time between two changes that the feed declares (`ttl`,
      `sy:updatePeriod`).
    - `sitemaps`: the addresses of a sitemap index.
    - `is_fallback`: feedparser was asked too.
    """

    title: str
    language: str | None
    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()
    is_damaged: bool = False
    kind: DocumentKind = "feed"
    n_items: int = 0
    site_url: str | None = None
    self_url: str | None = None
    hub_urls: tuple[str, ...] = ()
    next_archive: str | None = None
    update_seconds: int | None = None
    deleted: tuple[Tombstone, ...] = ()
    sitemaps: tuple[str, ...] = ()
    is_fallback: bool = False
