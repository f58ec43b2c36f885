"""For tests of reading: feeds as text, and the one call that reads them."""

from typing import Any

from services.poller.reading.entry import Entry, ParsedFeed
from services.poller.reading.feed import parse_feed

URL = "https://herald.example/feed"
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)


def rss(*items: str, head: str = "") -> bytes:
    """Return a feed of RSS 2.0 with the contents of its items."""
    rows = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {NAMESPACES}><channel>'
        f"<title>The Herald</title>{head}{rows}</channel></rss>"
    ).encode()


def atom(*entries: str, head: str = "") -> bytes:
    """Return a feed of Atom 1.0 with the contents of its entries."""
    rows = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>The Herald</title>{head}{rows}</feed>'
    ).encode()


def read(body: bytes, content_type: str = "", url: str = URL, **more: Any) -> ParsedFeed:
    return parse_feed(body, content_type, url, **more)


def only(body: bytes, **more: Any) -> Entry:
    """Return the one entry of a document without damage."""
    found = read(body, **more)
    assert not found.is_damaged
    (entry,) = found.entries
    return entry
