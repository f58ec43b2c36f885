"""`reportedly feeds`: import, list, and export the feeds to poll."""

from collections.abc import Sequence
from itertools import chain

import click
import msgspec
from lxml import etree

from services.commands import world
from services.commands.feed_files import read_feed_file, read_feeds, same_feed
from services.commands.group import Group
from services.commands.jsonl import say_none
from services.commands.topic import read_topic
from services.messages import Feed, decode, encode
from services.ports import Outgoing
from services.settings import Settings
from services.text.counts import counted
from services.text.problems import refuse


@click.group(cls=Group)
def feeds() -> None:
    """Import, list, and export the feeds to poll.

    \b
    Examples:
      reportedly feeds import feeds.opml
      reportedly feeds import feeds.yaml --dry-run
      reportedly feeds export > feeds.opml
    """


@feeds.command(name="import")
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--dry-run", is_flag=True, help="Write one row for each feed and send nothing; needs no Kafka."
)
def import_(files: Sequence[str], dry_run: bool) -> None:
    """Add the feeds of OPML or YAML files.

    All mistakes are reported at once, and a file with a mistake saves nothing.

    Two addresses that differ in http and https, a last slash, or tracking parameters are one feed.
    """
    settings = world.settings()
    found = {path: read_feed_file(path, settings) for path in files}
    problems = [*chain.from_iterable(read.problems for read in found.values())]
    for problem in problems:
        if problem.is_warning:
            click.echo(str(problem), err=True)
    refuse(problems)
    if dry_run:
        for path, read in found.items():
            for feed in read.feeds:
                click.echo(
                    msgspec.json.encode({"file": path, "url": feed.url, "title": feed.title})
                )
    else:
        n = save(settings, [*chain.from_iterable(read.feeds for read in found.values())])
        click.echo(f"{counted(n, 'feed')} saved")


@feeds.command(name="list")
def list_() -> None:
    """Write the saved feeds as JSON Lines."""
    found = saved(world.settings())
    for feed in found:
        click.echo(encode(feed))
    if not found:
        say_none("feed is saved: `reportedly feeds import FILE` saves some")


@feeds.command()
def export() -> None:
    """Write the saved feeds as OPML."""
    click.echo(opml(saved(world.settings())), nl=False)


def import_files(settings: Settings, paths: Sequence[str]) -> int:
    """Save the feeds of files. Return their number. Raises FileProblems; then none is saved."""
    return save(settings, [*chain.from_iterable(read_feeds(path, settings) for path in paths)])


def save(settings: Settings, feeds: Sequence[Feed]) -> int:
    """Save feeds. Return their number.

    A feed that is saved under another spelling of its address is reported and left out.
    """
    known = {same_feed(feed.url): feed for feed in saved(settings)}
    taken: dict[str, Feed] = {}
    for feed in feeds:
        first = taken.get(same_feed(feed.url)) or known.get(same_feed(feed.url), feed)
        if first.feed_id == feed.feed_id:
            taken[same_feed(feed.url)] = feed
        else:
            click.echo(f"{feed.url} is left out: it is the feed {first.url}", err=True)
    publish_feeds(settings, list(taken.values()))
    return len(taken)


def publish_feeds(settings: Settings, feeds: Sequence[Feed]) -> None:
    """Send feeds. Return when all are acknowledged. Raises TransientError."""
    world.send(settings, *(Outgoing("feeds", feed.feed_id, encode(feed)) for feed in feeds))


def saved(settings: Settings) -> list[Feed]:
    """Return the saved feeds, ordered by address."""
    return sorted(
        (decode(Feed, value) for value in read_topic(settings, "feeds").values()),
        key=lambda feed: feed.url,
    )


def opml(feeds: Sequence[Feed]) -> bytes:
    """Return an OPML 2.0 document."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Feeds"
    body = etree.SubElement(root, "body")
    for feed in feeds:
        title = feed.title or feed.outlet
        etree.SubElement(body, "outline", type="rss", text=title, title=title, xmlUrl=feed.url)
    text: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return text
