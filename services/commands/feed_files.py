"""Reads files of feeds (OPML, CSV, YAML): checked feeds, and all mistakes with file and line."""

from collections.abc import Sequence
from itertools import chain

from services.commands import world
from services.desk.feeds.checking import FeedFile, check_feeds
from services.messages import Feed
from services.runtime.files import read_up_to
from services.settings import Settings
from services.text.problems import FileProblems, Problem, refuse
from services.text.yaml_file import MAX_BYTES


def read_feeds(path: str, settings: Settings | None = None) -> list[Feed]:
    """Return the feeds of an OPML file, a table, or a YAML list, without repeats.

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
