"""Where a web site may have its feeds. Pure: nothing is asked for."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from services.text.web_addresses import web_address

MAX_LOOKED_AT = 1_000_000
"""Characters of a page that are looked at. Links to feeds stand in its head."""

MOST = 20
"""Addresses that are worth a try."""

COMMON_PATHS = (
    "/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json",
    "/feeds/posts/default", "/?feed=rss2", "/news-sitemap.xml",
)  # fmt: skip
"""Where common systems have their feeds.

Source: the defaults of WordPress, Ghost, Drupal, Hugo, Jekyll, Blogger, and JSON Feed.
"""

_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "application/json",
        "text/xml",
        "application/xml",
    }
)
"""Types of `<link rel="alternate">` that are feeds.

Source: the WHATWG's "feed" discovery names the first two; the others are met beside them.
"""

_WORDS = ("rss", "atom", "feed")


def linked_feeds(body: bytes, address: str) -> list[str]:
    """Return the addresses of feeds that a page declares, then those it only links to."""
    links = _Links(address)
    links.feed(body.decode("utf-8", "replace")[:MAX_LOOKED_AT])
    return list(dict.fromkeys([*links.declared, *links.mentioned]))[:MOST]


def usual_feeds(address: str) -> list[str]:
    """Return the common addresses of feeds below an address and at the root of its host."""
    here = address if address.endswith("/") else f"{address}/"
    below = [] if urlsplit(here).path == "/" else [here + COMMON_PATHS[0][1:]]
    return [*below, *(urljoin(address, path) for path in COMMON_PATHS)]


class _Links(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.declared: list[str] = []
        self.mentioned: list[str] = []
        self._base = address

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        href = given.get("href", "")
        if tag == "base" and href:
            self._base = self._joined(href) or self._base
        elif tag == "link" and href and "alternate" in given.get("rel", "").lower().split():
            if given.get("type", "").partition(";")[0].strip().lower() in _TYPES:
                self._add(self.declared, href)
        elif tag == "a" and href and _names_a_feed(href):
            self._add(self.mentioned, href)

    def _add(self, found: list[str], href: str) -> None:
        if address := self._joined(href):
            found.append(address)

    def _joined(self, href: str) -> str | None:
        try:
            return web_address(urljoin(self._base, href.strip()))
        except ValueError:
            return None


def _names_a_feed(href: str) -> bool:
    """Return True if the last part of a path is called like a feed ("/news/rss.xml")."""
    path = href.partition("?")[0].rstrip("/").rpartition("/")[2].lower()
    return any(path.partition(".")[0] == word or path.endswith(f".{word}") for word in _WORDS)
