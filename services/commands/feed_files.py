"""Reads files of feeds, OPML or YAML: checked feeds, and all mistakes with file and line."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

import msgspec
import yaml
from lxml import etree

from services.addresses import Allowed, check_target
from services.commands import world
from services.messages import Feed
from services.poller.identity import canonical_url
from services.runtime.files import read_up_to
from services.settings import Settings
from services.text.hashes import digest
from services.text.language_codes import language_refusal
from services.text.problems import FileProblems, Problem, errors, refuse
from services.text.typed_yaml import Row, read_row
from services.text.yaml_file import MAX_BYTES, line_of, read_yaml

MAX_TAGS = 100_000
"""Tags of an OPML file. Lists of feeds that people exchange hold some thousands."""

MAX_OPML_DEPTH = 20
"""Folders inside each other. Readers show two or three."""

MIN_INTERVAL_SECONDS = 1.0
MAX_INTERVAL_SECONDS = 7 * 86_400.0
"""The least and the most seconds between two polls of a feed.

A feed polled less than once a week is useless for news.
"""

_BARE_AMPERSAND = re.compile(rb"&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|\w{1,32});)")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FEED_TYPES = frozenset({"rss", "atom"})
_NOTHING_MORE = Allowed()


class FeedFile(NamedTuple):
    """The usable feeds of a file, without repeats, and its mistakes, by line."""

    feeds: list[Feed]
    problems: list[Problem]


class _Given(NamedTuple):
    """A feed as a file gives it."""

    row: Row
    line: int


def read_feeds(path: str, settings: Settings | None = None) -> list[Feed]:
    """Return the feeds of an OPML file or a YAML list, without repeats.

    The settings default to those of the environment. Raises FileProblems with every mistake.
    """
    found = read_feed_file(path, settings)
    refuse(found.problems)
    return found.feeds


def check_feed_files(paths: Sequence[str], settings: Settings) -> list[Problem]:
    """Return all mistakes of files of feeds, including warnings."""
    return [*chain.from_iterable(read_feed_file(path, settings).problems for path in paths)]


def read_feed_file(path: str, settings: Settings | None = None) -> FeedFile:
    """Return the feeds of a file and its mistakes.

    A file that can't be opened is a mistake, too.
    """
    allowed = (settings or world.settings()).fetch_allow_networks
    try:
        content = read_up_to(path, MAX_BYTES)
    except FileProblems as error:
        return FeedFile([], error.problems)
    return check_feeds(content, path, allowed)


def check_feeds(content: bytes, name: str, allowed: Allowed = _NOTHING_MORE) -> FeedFile:
    """Return the feeds and the mistakes of a file of feeds. Raises nothing.

    `allowed`: networks that are not public and that feeds may be in.
    """
    is_xml = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or name.lower().endswith(
        (".opml", ".xml")
    )
    given, problems = _from_opml(content, name) if is_xml else _from_yaml(content, name)
    feeds: dict[str, tuple[Feed, int]] = {}
    for row, line in given:
        wrong = [Problem(name, line, what) for what in _mistakes(row, allowed)]
        problems += wrong
        if wrong:
            continue
        feed = _feed(row)
        first, first_line = feeds.setdefault(same_feed(feed.url), (feed, line))
        if first.url != feed.url:
            same = f"the feed of line {first_line}, {first.url:.200}"
            what = f"{feed.url:.200} is {same}: it is left out"
            problems.append(Problem(name, line, what, is_warning=True))
    if not given and not errors(problems):
        problems.append(
            Problem(
                name, 1, "no feeds found: write OPML outlines with xmlUrl, or a YAML list of url: …"
            )
        )
    return FeedFile([feed for feed, _ in feeds.values()], sorted(problems))


def _mistakes(row: Row, allowed: Allowed) -> Iterator[str]:
    """Yield the mistakes in the values of a feed."""
    if "url" in row and (why := check_target(_without_prefix(row["url"]), allowed)):
        yield f"{row['url']!r:.200} can't be polled: {why}"
    interval = row.get("interval_seconds")
    if interval is not None and not MIN_INTERVAL_SECONDS <= interval <= MAX_INTERVAL_SECONDS:
        limits = f"{MIN_INTERVAL_SECONDS:.0f} to {MAX_INTERVAL_SECONDS:.0f}"
        yield f"interval_seconds can't be {interval:g}: write {limits}, such as 60 for every minute"
    if row.get("language") and (refusal := language_refusal(row["language"])):
        yield refusal


def _feed(row: Row) -> Feed:
    """Return a row as a feed. Its outlet defaults to its title, else its host."""
    url = _without_prefix(row["url"])
    host = url.split("/")[2].removeprefix("www.")
    outlet = row.get("outlet") or row.get("title") or host
    return msgspec.convert({**row, "url": url, "outlet": outlet, "feed_id": digest(url)}, Feed)


def _without_prefix(url: str) -> str:
    """Return an address as http or https.

    Exports of readers also write feed:https://… and feed://….
    """
    url = url.strip()
    return "http:" + url[5:] if url.startswith("feed://") else url.removeprefix("feed:")


def same_feed(url: str) -> str:
    """Return a key that is equal for addresses of one feed.

    Scheme, tracking parameters, and a last slash are ignored.
    """
    plain = canonical_url(url) or url
    return plain.partition("://")[2].rstrip("/")


def _from_opml(content: bytes, name: str) -> tuple[list[_Given], list[Problem]]:
    """Read OPML. Bare ampersands, which many readers write, are repaired; no other fault is.

    `huge_tree` is off, so that libxml2 stops at 256 nested tags or growing entities.
    """
    if (refusal := _opml_refusal(content, name)) is not None:
        return [], [refusal]
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(_BARE_AMPERSAND.sub(b"&amp;", content), parser)
    except etree.XMLSyntaxError as error:
        return [], [_not_well_formed(error, name)]
    except ValueError as error:
        return [], [Problem(name, 1, f"this is not OPML: {error}")]
    if root.getroottree().docinfo.internalDTD is not None:
        return [], [
            Problem(name, 1, "this is not OPML: expected <opml> with outlines that have xmlUrl")
        ]
    outlines = list(root.iter("{*}outline"))
    too_deep = (
        o
        for o in outlines
        if next(islice(o.iterancestors(), MAX_OPML_DEPTH, None), None) is not None
    )
    if (deep := next(too_deep, None)) is not None:
        what = f"outlines stand more than {MAX_OPML_DEPTH} deep inside each other"
        return [], [Problem(name, deep.sourceline or 1, what)]
    return _of_outlines(outlines, name)


def _not_well_formed(error: etree.XMLSyntaxError, name: str) -> Problem:
    """Return the first fault that the parser found. Its text repeats the place at its end."""
    what = str(error.msg).partition(", line ")[0]
    return Problem(name, error.lineno or 1, f"this is not well-formed XML: {what:.200}")


def _of_outlines(
    outlines: Iterable[etree._Element], name: str
) -> tuple[list[_Given], list[Problem]]:
    """Return the feeds of outlines. One that calls itself a feed and has no address is wrong."""
    given: dict[str, _Given] = {}
    problems: list[Problem] = []
    for outline in outlines:
        attributes = {
            str(name).lower(): str(value).strip() for name, value in outline.attrib.items()
        }
        title = attributes.get("title") or attributes.get("text") or None
        line = outline.sourceline or 1
        if url := attributes.get("xmlurl", ""):
            # readers list a feed in each of its folders
            given.setdefault(url, _Given({"url": url, "title": title}, line))
        elif attributes.get("type", "").lower() in _FEED_TYPES:
            what = f"the feed {title:.80}" if title else "a feed"
            hint = 'give its outline xmlUrl="https://…", or take it out'
            problems.append(Problem(name, line, f"{what} has no address: {hint}"))
    return list(given.values()), problems


def _opml_refusal(content: bytes, name: str) -> Problem | None:
    if len(content) > MAX_BYTES:
        return Problem(
            name, 1, f"the file is larger than {MAX_BYTES // 2**20} MB: make several files of it"
        )
    if b"\0" in content:
        return Problem(name, 1, "the file is not in UTF-8: save it with this encoding")
    if found := _DECLARATION.search(content):
        line = content.count(b"\n", 0, found.start()) + 1
        return Problem(name, line, "no list of feeds needs <!DOCTYPE or <!ENTITY: take it out")
    if content.count(b"<") > MAX_TAGS:
        return Problem(
            name, 1, f"the file holds more than {MAX_TAGS:,} tags: make several files of it"
        )
    return None


def _from_yaml(content: bytes, name: str) -> tuple[list[_Given], list[Problem]]:
    root, problems = read_yaml(content, name)
    if root is None:
        return [], problems
    if not isinstance(root, yaml.SequenceNode):
        what = "a list of feeds was expected, each beginning with - url: …"
        return [], [*problems, Problem(name, line_of(root), what)]
    given: list[_Given] = []
    for node in root.value:
        row, of_feed = read_row(
            node, Feed, "a feed", name, without=("feed_id",), optional=("outlet",)
        )
        problems += of_feed
        if "url" in row:
            given.append(_Given(row, line_of(node)))
    return given, problems
