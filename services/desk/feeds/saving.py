"""Which feeds are saved, and which are known under another address. Pure."""

from collections.abc import Mapping, Sequence

import msgspec

from services.desk.feeds.checking import same_feed
from services.messages import Feed
from services.text.hashes import digest


def reconciled(
    feeds: Sequence[Feed], known: Sequence[Feed], learned: Mapping[str, Feed]
) -> tuple[list[Feed], list[str]]:
    """Return the feeds to save, given those that are saved, and sentences about the others.

    `learned`: the saved feeds that have moved, by where they are read now.
    """
    by_address = {same_feed(feed.url): feed for feed in known}
    by_id = {feed.feed_id: feed for feed in known}
    taken: dict[str, Feed] = {}
    told: list[str] = []
    for feed in feeds:
        key = same_feed(feed.url)
        old = by_address.get(key)
        if old is not None and old.url != feed.url and old.feed_id != feed.feed_id:
            told.append(f"{feed.url} is left out: it is the feed {old.url}")
            continue
        moved = learned.get(key)
        if old is None and moved is not None and moved.feed_id != feed.feed_id:
            told.append(f"{feed.url} is left out: it is the feed {moved.url}, which moved there")
            continue
        if old is not None:
            new = msgspec.structs.replace(feed, feed_id=old.feed_id)
        elif feed.feed_id == digest(feed.url):
            new = msgspec.structs.replace(feed, feed_id=_free_id(feed.url, by_id))
        else:
            new = feed
            if before := by_id.get(feed.feed_id):
                told.append(f"{feed.feed_id} moves from {before.url} to {feed.url}")
                by_address.pop(same_feed(before.url), None)
        by_address[key] = by_id[new.feed_id] = taken[new.feed_id] = new
    return list(taken.values()), told


def _free_id(url: str, taken: dict[str, Feed]) -> str:
    """Return a digest of an address, another one if a feed that moved away has it."""
    tries = (digest(url) if n == 0 else digest(url, n) for n in range(len(taken) + 1))
    return next(id for id in tries if id not in taken)
