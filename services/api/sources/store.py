"""The feeds as the API shows and changes them."""

import time
from collections.abc import Sequence
from typing import Any

import msgspec

from services.api.desk import Desk
from services.api.kept import Kept
from services.api.tables import FEED_TIMINGS, FEEDS
from services.desk.feeds.checking import check_feeds, feed_of, mistakes
from services.desk.feeds.fates import Fate, fates, new_feeds
from services.desk.feeds.states import FeedRow, feed_rows
from services.errors import ConfigError
from services.messages import Feed, encode
from services.ports import JsonObject, Outgoing
from services.text.typed_yaml import Row

MOST_DOCUMENTS = 10_000
"""Documents of the health of feeds that are asked for: as many as one search of Elasticsearch has.

Feeds beyond it are shown without their last failure.
"""

HEALTH_SECONDS = 2.0
"""Seconds for which what Elasticsearch says of them holds."""

MOST_ADDED = 2_000
"""Feeds added by one request. Larger lists are for `reportedly feeds import`."""

LIST_NAME = "the list"


class Sources:
    """The feeds of a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._health = Kept(self._ask_health, HEALTH_SECONDS)

    def rows(self) -> list[FeedRow]:
        """Return all feeds with their health, those that need somebody first.

        Raises TransientError.
        """
        desk = self._desk
        written_ms = desk.tables.written_ms(FEED_TIMINGS)
        return feed_rows(
            desk.tables.feeds().values(),
            self._health.get(),
            desk.tables.rows(FEED_TIMINGS).values(),
            desk.now(),
            desk.settings.poll_interval_seconds,
            ages={key: max(0.0, time.time() - ms / 1000) for key, ms in written_ms.items()},
        )

    def checked(self, url: str, outlet: str = "", title: str = "") -> Feed:
        """Return a feed by its address. Raises ConfigError with what is wrong with it."""
        row: Row = {"url": url, "outlet": outlet or None, "title": title or None}
        if wrong := [*mistakes(row, self._desk.settings.fetch_allow_networks)]:
            raise ConfigError("; ".join(wrong))
        return feed_of(row)

    def fates(self, content: bytes) -> tuple[list[Fate], list[Feed]]:
        """Return what becomes of each line of a list, and the feeds that would be added."""
        found = check_feeds(content, LIST_NAME, self._desk.settings.fetch_allow_networks)
        known = self._known()
        return fates(found, known), new_feeds(found.feeds, known)

    def add(self, feeds: Sequence[Feed]) -> list[Feed]:
        """Save feeds that are not saved yet. Return those, once this process knows them.

        Blocks. Raises TransientError, and ConfigError for too many at once.
        """
        new = new_feeds(feeds, self._known())
        if len(new) > MOST_ADDED:
            raise ConfigError(f"these are {len(new):,} feeds: add at most {MOST_ADDED:,} at once")
        for feed in new:
            self._desk.sender.send(Outgoing(FEEDS.topic, feed.feed_id, encode(feed)))
        if new:
            last = new[-1]
            self._desk.tables.wait_for(FEEDS, last.feed_id, lambda row: row == last)
        return new

    def remove(self, feed_id: str) -> Feed | None:
        """Remove a feed. Return it; None if there is none. Its articles stay. Blocks."""
        feed = self._desk.tables.feeds().get(feed_id)
        if feed is not None:
            self._desk.save(FEEDS, feed_id, None)
        return feed

    def put_back(self, feed: Feed) -> None:
        """Save a feed as it was. Blocks."""
        self._desk.save(FEEDS, feed.feed_id, feed)

    def _known(self) -> list[Feed]:
        return [*self._desk.tables.feeds().values()]

    def _ask_health(self) -> dict[str, dict[str, Any]]:
        body: JsonObject = {"size": MOST_DOCUMENTS, "query": {"match_all": {}}}
        hits = self._desk.search.search("feed-health", body)["hits"]["hits"]
        documents = (hit["_source"] for hit in hits)
        return {str(doc["feed_id"]): doc for doc in documents if "feed_id" in doc}


def as_json(row: FeedRow) -> JsonObject:
    """Return a feed with its health as one JSON object."""
    found: JsonObject = msgspec.to_builtins(row.feed)
    return found | {
        "health": row.health,
        "says": row.says,
        "do": row.do,
        "last_error": row.error or None,
        "last_new_at": row.last_new_at,
        "polled_at": row.polled_at,
        "next_poll_at": row.next_at,
    }
