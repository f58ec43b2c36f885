"""A listing as an Atom feed.

Sources: RFC 4287 (Atom), RFC 5005, 3 (pages), RFC 6721 (tombstones of what holds no longer).
"""

from lxml import etree

from services.api.feeds.entry import Entry, Listing, rfc3339
from services.api.feeds.html import content
from services.ports import JsonObject

MEDIA_TYPE = "application/atom+xml"
ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
CAP_TYPE = "application/cap+xml"


def atom(listing: Listing, *, with_cap: bool = False) -> bytes:
    """Return the feed. `with_cap`: each alert names its CAP message."""
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM, "at": TOMBSTONES})
    _text(feed, "id", listing.id)
    _text(feed, "title", listing.title)
    _text(feed, "updated", rfc3339(listing.updated))
    _person(feed, "Reportedly")
    for rel, path in (("self", listing.here), ("first", listing.first), ("next", listing.next)):
        if path:
            _link(feed, rel, listing.base + path, MEDIA_TYPE)
    for entry in listing.entries:
        if entry.gone:
            _tombstone(feed, entry, listing.base)
        else:
            _entry(feed, entry, listing.base, with_cap=with_cap)
    return bytes(etree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _entry(feed: etree._Element, entry: Entry, base: str, *, with_cap: bool) -> None:
    made = etree.SubElement(feed, f"{{{ATOM}}}entry")
    _text(made, "id", entry.id)
    _text(made, "title", entry.title)
    _text(made, "updated", rfc3339(entry.updated))
    _text(made, "published", rfc3339(entry.published))
    for outlet in entry.outlets:
        _person(made, outlet)
    # The article is what people want to open; programs find ours by its type.
    if entry.article_url:
        _link(made, "alternate", entry.article_url, "text/html")
    _link(made, "alternate", base + entry.path, "application/json")
    if with_cap and entry.about == "alert":
        _link(made, "alternate", f"{base}/v1/feeds/cap/{entry.key}", CAP_TYPE)
    for tag in entry.tags:
        etree.SubElement(made, f"{{{ATOM}}}category", term=tag)
    _text(made, "content", content(entry), type="html")


def _tombstone(feed: etree._Element, entry: Entry, base: str) -> None:
    when = rfc3339(entry.updated)
    made = etree.SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry", ref=entry.id, when=when)
    comment = etree.SubElement(made, f"{{{TOMBSTONES}}}comment")
    comment.text = entry.title
    _link(made, "alternate", base + entry.path, "application/json")


def _text(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}{name}", **attributes).text = text


def _person(parent: etree._Element, name: str) -> None:
    _text(etree.SubElement(parent, f"{{{ATOM}}}author"), "name", name)


def _link(parent: etree._Element, rel: str, address: str, media_type: str) -> None:
    attributes: JsonObject = {"rel": rel, "type": media_type, "href": address}
    etree.SubElement(parent, f"{{{ATOM}}}link", **attributes)
