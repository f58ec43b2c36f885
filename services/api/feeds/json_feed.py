"""A listing as a JSON Feed, version 1.1.

The format has no tombstones. What holds no longer keeps its id, and says so in its title and in the
extension `_reportedly`.
"""

import msgspec

from services.api.feeds.entry import Entry, Listing, plain, rfc3339
from services.api.feeds.html import content
from services.ports import JsonObject

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(listing: Listing) -> bytes:
    """Return the feed."""
    feed: JsonObject = {
        "version": VERSION,
        "title": listing.title,
        "home_page_url": f"{listing.base}/",
        "feed_url": listing.base + listing.first,
        "authors": [{"name": "Reportedly"}],
        "items": [_item(entry, listing.base) for entry in listing.entries],
    }
    if listing.next:
        feed["next_url"] = listing.base + listing.next
    return msgspec.json.encode(feed)


def _item(entry: Entry, base: str) -> JsonObject:
    item: JsonObject = {
        "id": entry.id,
        "url": base + entry.path,
        "title": f"No longer holds: {entry.title}" if entry.gone else entry.title,
        "content_html": content(entry),
        "content_text": "\n".join(plain(entry)).strip("\n"),
        "date_published": rfc3339(entry.published),
        "date_modified": rfc3339(entry.updated),
        "tags": list(entry.tags),
        "_reportedly": {"about": entry.about, "id": entry.key, "deleted": entry.gone},
    }
    if entry.article_url:
        item["external_url"] = entry.article_url
    if entry.outlets:
        item["authors"] = [{"name": outlet} for outlet in entry.outlets]
    return item
