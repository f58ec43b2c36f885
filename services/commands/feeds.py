"""`reportedly feeds`: import, list, and export the feeds to poll."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import msgspec
import yaml
from lxml import etree

from services.adapters.kafka import KafkaBroker
from services.commands.topic import read_topic
from services.errors import ConfigError
from services.messages import Feed, decode, encode
from services.ports import Outgoing
from services.settings import Settings
from services.text.hashes import digest

_BARE_AMPERSAND = re.compile(rb"&(?!(?:#\d+|#x[0-9a-fA-F]+|\w+);)")


@click.group()
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
@click.option("--dry-run", is_flag=True, help="Write one row a feed and send nothing; needs no Kafka.")
def import_(files: Sequence[str], dry_run: bool) -> None:
    """Add the feeds of OPML or YAML files."""
    if not dry_run:
        n = import_files(Settings.parse(os.environ), files)
        click.echo(f"{n} feed{'s' if n != 1 else ''} saved")
        return
    for path in files:
        for feed in read_feeds(path):
            click.echo(msgspec.json.encode({"file": path, "url": feed.url, "title": feed.title}))


@feeds.command(name="list")
def list_() -> None:
    """Write the saved feeds as JSON Lines."""
    for feed in saved(Settings.parse(os.environ)):
        click.echo(encode(feed))


@feeds.command()
def export() -> None:
    """Write the saved feeds as OPML."""
    click.echo(opml(saved(Settings.parse(os.environ))), nl=False)


def import_files(settings: Settings, paths: Sequence[str]) -> int:
    """Save the feeds of the files and return how many. Raises ConfigError for a file that can't be used; then none is saved."""
    found = {feed.feed_id: feed for path in paths for feed in read_feeds(path)}
    publish_feeds(settings, list(found.values()))
    return len(found)


def publish_feeds(settings: Settings, feeds: Sequence[Feed]) -> None:
    """Send the feeds and return when all are acknowledged. Raises TransientError."""
    producer = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix).producer()
    for feed in feeds:
        producer.send(Outgoing("feeds", feed.feed_id, encode(feed)))
    producer.close()


def saved(settings: Settings) -> list[Feed]:
    """Return the saved feeds by address."""
    return sorted((decode(Feed, value) for value in read_topic(settings, "feeds").values()), key=lambda feed: feed.url)


def read_feeds(path: str) -> list[Feed]:
    """Return the feeds of an OPML file or a YAML list, each address once. Raises ConfigError."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    is_xml = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or path.lower().endswith((".opml", ".xml"))
    found = {feed.feed_id: feed for feed in (_from_opml(content, path) if is_xml else _from_yaml(content, path))}
    if not found:
        raise ConfigError(f"{path}: no feeds found (OPML outlines with xmlUrl, or a YAML list of url and outlet)")
    return list(found.values())


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


def _from_opml(content: bytes, path: str) -> Iterator[Feed]:
    """Read leniently. Bare ampersands are mended first: the parser's own recovery would drop them out of addresses."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(_BARE_AMPERSAND.sub(b"&amp;", content), parser)
    except etree.XMLSyntaxError as error:
        raise ConfigError(f"{path}: not OPML: {error}") from error
    if root is None:
        raise ConfigError(f"{path}: not OPML")
    for outline in root.iter("{*}outline"):
        attributes = {str(name).lower(): str(value).strip() for name, value in outline.attrib.items()}
        url = attributes.get("xmlurl", "")
        if url:
            title = attributes.get("title") or attributes.get("text") or None
            yield _feed({"url": url, "title": title}, f"{path}:{outline.sourceline}")


def _from_yaml(content: bytes, path: str) -> Iterator[Feed]:
    try:
        rows = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: neither OPML nor YAML: {error}") from error
    if not isinstance(rows, list):
        raise ConfigError(f"{path}: a list of feeds was expected, each with url and outlet")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or not isinstance(row.get("url"), str):
            raise ConfigError(f"{path}: feed {number} has no url")
        yield _feed(row, f"{path}: feed {number}")


def _feed(row: Mapping[str, Any], where: str) -> Feed:
    """Return a row as a feed; without an outlet it is named after its title, else its host."""
    url = str(row["url"]).strip()
    # Readers' exports write feed:https://… and feed://… for the same thing.
    url = "http:" + url[5:] if url.startswith("feed://") else url.removeprefix("feed:")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ConfigError(f"{where}: {url!r} is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{where}: {url!r} is no http or https address")
    outlet = row.get("outlet") or row.get("title") or parts.hostname.removeprefix("www.")
    try:
        return msgspec.convert({**row, "url": url, "outlet": outlet, "feed_id": digest(url)}, Feed)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{where}: {error}") from error
