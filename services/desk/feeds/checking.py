"""Checks files of feeds (OPML, tables, YAML): usable feeds, and all mistakes by line. Pure."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import yaml

from services.addresses import Allowed, check_target, without_login
from services.desk.feeds.opml import Given, from_opml
from services.desk.feeds.table import from_csv
from services.messages import Feed
from services.text.hashes import digest
from services.text.language_codes import language_refusal
from services.text.problems import Problem, errors
from services.text.typed_yaml import Row, read_row
from services.text.web_addresses import canonical_url
from services.text.yaml_file import line_of, read_yaml

MIN_INTERVAL_SECONDS = 1.0
MAX_INTERVAL_SECONDS = 7 * 86_400.0
"""The least and the most seconds between two polls of a feed.

A feed polled less than once a week is useless for news.
"""

MAX_ID_CHARS = 64
"""Characters of a feed's id or of the name of its credentials."""

_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{MAX_ID_CHARS - 1}}}")
_TABLES = (".csv", ".tsv")
_NOTHING_MORE = Allowed()


class FeedFile(NamedTuple):
    """The usable feeds of a file, without repeats, and its mistakes, by line.

    `lines`: where each feed stands.
    """

    feeds: list[Feed]
    problems: list[Problem]
    lines: tuple[int, ...] = ()


def check_feeds(content: bytes, name: str, allowed: Allowed = _NOTHING_MORE) -> FeedFile:
    """Return the feeds and the mistakes of a file of feeds. Raises nothing.

    `allowed`: networks that are not public and that feeds may be in.
    """
    is_xml = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or name.lower().endswith(
        (".opml", ".xml")
    )
    if name.lower().endswith(_TABLES):
        given, problems = from_csv(content, name)
    else:
        given, problems = from_opml(content, name) if is_xml else _from_yaml(content, name)
    feeds: dict[str, tuple[Feed, int]] = {}
    for row, line in given:
        feed, wrong = _checked(row, allowed)
        problems += [Problem(name, line, what) for what in wrong]
        if feed is None:
            continue
        first, first_line = feeds.setdefault(same_feed(feed.url), (feed, line))
        if first.url != feed.url:
            same = f"the feed of line {first_line}, {first.url:.200}"
            what = f"{feed.url:.200} is {same}: it is left out"
            problems.append(Problem(name, line, what, is_warning=True))
    if not given and not errors(problems):
        problems.append(
            Problem(
                name,
                1,
                "no feeds found: write OPML outlines with xmlUrl, a table with a column url, "
                "or a YAML list of url: …",
            )
        )
    lines = tuple(line for _, line in feeds.values())
    return FeedFile([feed for feed, _ in feeds.values()], sorted(problems), lines)


def _checked(row: Row, allowed: Allowed) -> tuple[Feed | None, list[str]]:
    """Return a row as a feed, or None and its mistakes."""
    if wrong := list(mistakes(row, allowed)):
        return None, wrong
    try:
        return feed_of(row), []
    except msgspec.ValidationError as error:  # a value of a table, which knows no types
        return None, [str(error)]


def mistakes(row: Row, allowed: Allowed) -> Iterator[str]:
    """Yield the mistakes in the values of a feed. No secret of its address is in them."""
    if "url" in row:
        yield from _address_mistakes(_without_prefix(row["url"]), allowed)
    interval = row.get("interval_seconds")
    if interval is not None and not MIN_INTERVAL_SECONDS <= interval <= MAX_INTERVAL_SECONDS:
        limits = f"{MIN_INTERVAL_SECONDS:.0f} to {MAX_INTERVAL_SECONDS:.0f}"
        yield f"interval_seconds can't be {interval:g}: write {limits}, such as 60 for every minute"
    if row.get("language") and (refusal := language_refusal(row["language"])):
        yield refusal
    if (zone := row.get("zone")) and not _is_zone(zone):
        yield f"{zone!r:.60} is no time zone: write one such as Europe/Rome or Etc/GMT-3"
    for field in ("feed_id", "credentials"):
        if (name := row.get(field)) and not _NAME.fullmatch(name):
            yield f"{field} is {name!r:.80}: write up to {MAX_ID_CHARS} of A-Z a-z 0-9 . _ -"
    agent = row.get("user_agent")
    if agent and not (agent.isascii() and agent.isprintable()):
        yield "user_agent takes printable ASCII text in one line"


def _address_mistakes(url: str, allowed: Allowed) -> Iterator[str]:
    plain = without_login(url)
    if plain != url and not check_target(plain, allowed):
        name = digest(plain, length=8)
        yield (
            f"{plain:.200} is given with a user name or password, which would stand in logs and "
            f"on topics: write it without them and with `credentials: {name}`, and add "
            f"`{name}: {{user: …, password: …}}` to the file that REPORTEDLY_FEED_SECRETS names"
        )
    elif why := check_target(url, allowed):
        yield f"{plain!r:.200} can't be polled: {why}"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return False
    return True


def feed_of(row: Row) -> Feed:
    """Return a row without mistakes as a feed. Its outlet defaults to its title, else its host.

    Its id defaults to a digest of its address; `feeds.save` gives another if that is taken.
    """
    url = _without_prefix(row["url"])
    host = url.split("/")[2].removeprefix("www.")
    outlet = row.get("outlet") or row.get("title") or host
    row = {"feed_id": digest(url)} | {key: value for key, value in row.items() if value is not None}
    return msgspec.convert({**row, "url": url, "outlet": outlet}, Feed)


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


def _from_yaml(content: bytes, name: str) -> tuple[list[Given], list[Problem]]:
    root, problems = read_yaml(content, name)
    if root is None:
        return [], problems
    if not isinstance(root, yaml.SequenceNode):
        what = "a list of feeds was expected, each beginning with - url: …"
        return [], [*problems, Problem(name, line_of(root), what)]
    given: list[Given] = []
    for node in root.value:
        row, of_feed = read_row(node, Feed, "a feed", name, optional=("feed_id", "outlet"))
        problems += of_feed
        if "url" in row:
            given.append(Given(row, line_of(node)))
    return given, problems
