"""The head of a feed: its title, language, links, rhythm, and tombstones."""

from contextlib import suppress
from urllib.parse import urlsplit

from lxml import etree

from services.poller.reading.entry import Tombstone
from services.poller.reading.items import Frame, link_of, links_of
from services.poller.reading.links import base_of, web_link
from services.poller.reading.tree import XML_LANG, Fields, first_text, inner, local, texts
from services.poller.reading.words import construct_words, html_words, one_line

_PERIODS = {
    "hourly": 3600,
    "daily": 86400,
    "weekly": 7 * 86400,
    "monthly": 30 * 86400,
    "yearly": 365 * 86400,
}
"""Seconds of `sy:updatePeriod`. Source: RSS 1.0 Modules: Syndication."""

MAX_UPDATE_SECONDS = 365 * 86400
"""The longest time between two changes that is believed: a year, the longest period of RSS."""


def head_of(root: etree._Element) -> etree._Element:
    """Return the element that holds the head: the channel of RSS, the feed of Atom."""
    if local(root) in ("feed", "channel"):
        return root
    return next((e for e in root.iter("{*}channel", "{*}Channel", "{*}CHANNEL")), root)


def base_for_links(head: etree._Element, fields: Fields, url: str) -> str:
    """Return what relative links of a feed are resolved against.

    `xml:base`; else for RSS the link of the channel. RFC 4287 gives Atom the document's address;
    where the document comes from another host (a proxy), it is the feed's `alternate` link. A
    document without an address has that of its `self` link.
    """
    url = url or link_of(fields, "self", "") or ""
    base = base_of(head, url)
    if base != url:
        return base
    if channel := next(texts(fields, "link"), None):
        return web_link(channel, url) or url
    page = link_of(fields, "alternate", url)
    return page if page and urlsplit(page).hostname != urlsplit(url).hostname else url


def title_of(fields: Fields) -> str:
    """Return the title of a feed."""
    for element in fields.get("title", ()):
        if words := html_words(inner(element)):
            return one_line(words)
    for element in fields.get("atom:title", ()):
        if words := construct_words(element):
            return one_line(words)
    return one_line(html_words(first_text(fields, "dc:title")))


def language_code(head: etree._Element, fields: Fields) -> str | None:
    """Return the code that a feed declares ("en-GB")."""
    above = (e.get(XML_LANG) for e in (head, *head.iterancestors()))
    found = first_text(fields, "language", "dc:language") or next((c for c in above if c), None)
    return found[:20] if found else None


def site_of(fields: Fields, base: str) -> str | None:
    """Return the address of the site."""
    for text in texts(fields, "link"):
        if url := web_link(text, base):
            return url
    return link_of(fields, "alternate", base)


def hubs_of(fields: Fields, base: str) -> tuple[str, ...]:
    """Return the addresses of WebSub hubs."""
    return tuple(dict.fromkeys(links_of(fields, "hub", base)))


def update_seconds(fields: Fields) -> int | None:
    """Return the time between two changes that a feed declares."""
    found = None
    period = _PERIODS.get(first_text(fields, "sy:updateperiod").lower())
    with suppress(ValueError, OverflowError, ZeroDivisionError):
        if period:
            found = round(period / float(first_text(fields, "sy:updatefrequency") or 1))
        elif ttl := first_text(fields, "ttl"):
            found = round(float(ttl) * 60)
    return min(found, MAX_UPDATE_SECONDS) if found and found > 0 else None


def tombstones(fields: Fields, frame: Frame) -> tuple[Tombstone, ...]:
    """Return the entries that a feed declares deleted (RFC 6721)."""
    return tuple(
        Tombstone(ref, frame.date([when] if (when := element.get("when")) else []))
        for element in fields.get("at:deleted-entry", ())
        if (ref := (element.get("ref") or "").strip())
    )
