"""The saved feeds: the topic `feeds`, read and written by commands.

A feed is found by its id or by its effective address. The id is given once and stays, also when
the address changes.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import chain

import click
import msgspec

from services.commands import world
from services.commands.choices import unknown
from services.commands.feed_files import read_feeds, same_feed
from services.commands.topic import read_all, read_topic
from services.errors import InvalidMessage
from services.messages import Feed, FeedState, decode, encode
from services.poller.redirects import address_of
from services.ports import Outgoing
from services.settings import Settings
from services.text.hashes import digest


def import_files(settings: Settings, paths: Sequence[str]) -> int:
    """Save the feeds of files. Return their number. Raises FileProblems; then none is saved."""
    return save(settings, [*chain.from_iterable(read_feeds(path, settings) for path in paths)])


def save(settings: Settings, feeds: Sequence[Feed]) -> int:
    """Save feeds. Return their number.

    A feed whose address is saved already keeps its id. One that is saved under another spelling of
    its address, or that a saved feed has moved to, is reported and left out. One with the id of a
    saved feed takes its place: that is how an address is changed.
    """
    known = saved(settings)
    addresses = {same_feed(feed.url) for feed in known}
    is_any_new = not addresses.issuperset(same_feed(feed.url) for feed in feeds)
    taken, told = reconciled(feeds, known, _learned(settings, known) if is_any_new else {})
    for line in told:
        click.echo(line, err=True)
    publish_feeds(settings, taken)
    return len(taken)


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


def _learned(settings: Settings, known: Sequence[Feed]) -> dict[str, Feed]:
    """Return the feeds that a permanent redirect has led elsewhere, by where they are read now."""
    feeds, found = {feed.feed_id: feed for feed in known}, dict[str, str]()
    for key, value in read_all(settings, "feed-states"):
        feed = feeds.get(key)
        # The last row of a feed counts. `reportedly health` tells of rows that can't be read.
        with suppress(InvalidMessage):
            if feed is not None and value is not None:
                found[key] = same_feed(address_of(feed, decode(FeedState, value)))
    return {at: feeds[key] for key, at in found.items() if at != same_feed(feeds[key].url)}


def publish_feeds(settings: Settings, feeds: Sequence[Feed]) -> None:
    """Send feeds. Return when all are acknowledged. Raises TransientError."""
    world.send(settings, *(Outgoing("feeds", feed.feed_id, encode(feed)) for feed in feeds))


def remove(settings: Settings, feeds: Sequence[Feed]) -> None:
    """Delete feeds. Return when that is acknowledged. Raises TransientError."""
    world.send(settings, *(Outgoing("feeds", feed.feed_id, None) for feed in feeds))


def saved(settings: Settings) -> list[Feed]:
    """Return the saved feeds, ordered by address."""
    return sorted(
        (decode(Feed, value) for value in read_topic(settings, "feeds").values()),
        key=lambda feed: feed.url,
    )


def named(given: Sequence[str], known: Sequence[Feed]) -> list[Feed]:
    """Return the feeds that are meant by ids, addresses in any spelling, or names of outlets.

    Raises ConfigError for a name that means none.
    """
    return [*chain.from_iterable(_named(name, known) for name in given)]


def _named(name: str, known: Sequence[Feed]) -> list[Feed]:
    for found in (
        [feed for feed in known if feed.feed_id == name],
        [feed for feed in known if same_feed(feed.url) == same_feed(name)],
        [feed for feed in known if name in (feed.outlet, feed.title)],
    ):
        if found:
            return found
    names = sorted({name for feed in known for name in (feed.feed_id, feed.url, feed.outlet)})
    raise unknown("feed", name, names, "`reportedly feeds list` shows all")


def _free_id(url: str, taken: dict[str, Feed]) -> str:
    """Return a digest of an address, another one if a feed that moved away has it."""
    tries = (digest(url) if n == 0 else digest(url, n) for n in range(len(taken) + 1))
    return next(id for id in tries if id not in taken)
