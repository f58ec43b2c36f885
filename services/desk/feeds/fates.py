"""What becomes of each line of a list of feeds, before anything is saved. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from services.desk.feeds.checking import FeedFile, same_feed
from services.desk.feeds.saving import reconciled
from services.messages import Feed

FateKind = Literal["new", "saved", "left-out", "mistake"]

FATES: Mapping[FateKind, str] = {
    "new": "will be added",
    "saved": "is saved already",
    "left-out": "is left out",
    "mistake": "can't be used",
}


@dataclass(frozen=True, slots=True)
class Fate:
    """One line of a list: the feed that it gives, or what is wrong with it.

    `line`: counts from 1; 0 if it is unknown. `url`: "" for a mistake.
    """

    kind: FateKind
    line: int
    url: str = ""
    title: str = ""
    why: str = ""

    @property
    def says(self) -> str:
        return FATES[self.kind]


def fates(found: FeedFile, known: Sequence[Feed]) -> list[Fate]:
    """Return the fate of each line of a list, in its order."""
    saved = {same_feed(feed.url) for feed in known}
    rows = [
        Fate(
            "saved" if same_feed(feed.url) in saved else "new",
            line,
            feed.url,
            feed.title or feed.outlet,
        )
        for feed, line in zip(found.feeds, found.lines, strict=True)
    ]
    wrong = [
        Fate("left-out" if problem.is_warning else "mistake", problem.line, why=problem.what)
        for problem in found.problems
    ]
    return sorted([*rows, *wrong], key=lambda fate: fate.line)


def new_feeds(feeds: Sequence[Feed], known: Sequence[Feed]) -> list[Feed]:
    """Return the feeds that are not saved yet, each with an id of its own."""
    saved = {same_feed(feed.url) for feed in known}
    taken, _ = reconciled([feed for feed in feeds if same_feed(feed.url) not in saved], known, {})
    return taken
