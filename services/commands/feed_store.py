"""The saved feeds: the topic `feeds`, read and written by commands.

A feed is found by its id or by its effective address. The id is given once and stays, also when
the address changes.
"""

from collections.abc import Sequence
from contextlib import suppress
from itertools import chain

import click

from services.commands import world
from services.commands.choices import unknown
from services.commands.feed_files import read_feeds
from services.commands.topic import read_all, read_topic
from services.desk.feeds.checking import same_feed
from services.desk.feeds.saving import reconciled
from services.errors import InvalidMessage
from services.messages import Feed, FeedState, decode, encode
from services.poller.redirects import address_of
from services.ports import Outgoing
from services.settings import Settings


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
