"""Whether a document is a feed, by its first letters. Pure.

The poller reads feeds in processes with limits. Who only wants to know what an address is need not
parse what a stranger sends.
"""

import html
import re
from dataclasses import dataclass

LOOKED_AT = 4_096
"""Bytes in which the root element of a feed stands: some have long comments before it."""

TITLE_AT = 65_536
"""Bytes in which its title stands."""

MOST_TITLE_CHARS = 200

_ROOT = re.compile(rb"<(?:rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]", re.IGNORECASE)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_JSON = re.compile(rb'"version"\s{0,9}:\s{0,9}"https?:\\?/\\?/(?:www\.)?jsonfeed\.org')
_TITLE = re.compile(rb"<title[^>]{0,200}>(?:\s{0,99}<!\[CDATA\[)?([^<\]]{1,999})", re.IGNORECASE)
_JSON_TITLE = re.compile(rb'"title"\s{0,9}:\s{0,9}"([^"\\]{1,999})"')
_ITEM = re.compile(rb"<(?:item|entry|url|sitemap)[\s>]", re.IGNORECASE)
_JSON_ITEM = re.compile(rb'"(?:content_html|content_text)"')


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A feed by its looks: its title, "" if it names none, and about how many entries it has."""

    title: str
    n_entries: int


def sniffed(body: bytes) -> Sniffed | None:
    """Return what a document looks like; None if it is no feed."""
    head = body[:LOOKED_AT]
    root, page = _ROOT.search(head), _PAGE.search(head)
    if root is not None and (page is None or root.start() < page.start()):
        return Sniffed(_title(_TITLE.search(body, 0, TITLE_AT)), len(_ITEM.findall(body)))
    if head.lstrip().startswith(b"{") and _JSON.search(head):
        found = _JSON_TITLE.search(body, 0, TITLE_AT)
        return Sniffed(_title(found), len(_JSON_ITEM.findall(body)))
    return None


def _title(found: re.Match[bytes] | None) -> str:
    if found is None:
        return ""
    words = html.unescape(found[1].decode("utf-8", "replace")).split()
    return " ".join(words)[:MOST_TITLE_CHARS]
