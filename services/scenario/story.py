"""The story as values: its articles in order, their feeds, and the expected result."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from importlib.resources import files
from xml.sax.saxutils import escape

import yaml

from services.ports import JsonObject


@dataclass(frozen=True)
class Entry:
    """An article of the story. `edit_of` is the id of the entry whose text it replaces."""

    id: str
    outlet: str
    at: datetime
    title: str
    text: str
    edit_of: str | None = None

    @property
    def path(self) -> str:
        return f"/{self.outlet}/{self.edit_of or self.id}"


@dataclass(frozen=True, order=True)
class Outcome:
    """A revision (`kind` of change) or a hit held back (`reason`), as far as it is checked."""

    watch: str
    kind: str
    status: str = ""
    independent: int = -1
    reports: int = -1


@dataclass(frozen=True)
class Story:
    """The whole story, in order of news time."""

    start: datetime
    outlets: dict[str, str]
    entries: tuple[Entry, ...]
    expected: dict[str, tuple[Outcome, ...]] = field(default_factory=dict)
    held_back: dict[str, tuple[Outcome, ...]] = field(default_factory=dict)


def load_story() -> Story:
    """Return the packaged story."""
    story: JsonObject = yaml.safe_load(_read("articles.yaml"))
    result: JsonObject = yaml.safe_load(_read("expected.yaml"))
    return Story(
        start=datetime.fromisoformat(story["start"]),
        outlets={key: outlet["name"] for key, outlet in story["outlets"].items()},
        entries=tuple(map(_entry, story["articles"])),
        expected={key: _revisions(rows) for key, rows in result.items()},
        held_back={key: _suppressed(rows) for key, rows in result.items()},
    )


def _entry(row: JsonObject) -> Entry:
    return Entry(**{**row, "at": datetime.fromisoformat(row["at"])})


def _revisions(rows: JsonObject) -> tuple[Outcome, ...]:
    return tuple(Outcome(**row) for row in rows.get("revisions", ()))


def _suppressed(rows: JsonObject) -> tuple[Outcome, ...]:
    found = rows.get("suppressed", ())
    return tuple(Outcome(watch=row["watch"], kind=row["reason"]) for row in found)


def feed_xml(outlet: str, entries: Sequence[Entry], base_url: str) -> bytes:
    """Return an RSS 2.0 document of the present entries; an edit replaces what it edits."""
    current = {entry.edit_of or entry.id: entry for entry in entries}
    first = {entry.id: entry for entry in entries}
    items = "".join(
        _item(entry, first.get(key, entry).at, base_url) for key, entry in current.items()
    )
    name = escape(outlet)
    head = f"<title>{name}</title><link>{base_url}/</link><description>{name}</description>"
    channel = f"<channel>{head}{items}</channel>"
    xml = f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0">{channel}</rss>\n'
    return xml.encode()


def _item(entry: Entry, published_at: datetime, base_url: str) -> str:
    body = "".join(
        f"<p>{escape(part)}</p>" for part in entry.text.replace("\n\n", "\n").split("\n") if part
    )
    return (
        f"<item><title>{escape(entry.title)}</title><link>{base_url}{entry.path}</link>"
        f'<guid isPermaLink="false">{entry.outlet}:{entry.edit_of or entry.id}</guid>'
        f"<pubDate>{format_datetime(published_at)}</pubDate>"
        f"<description>{escape(body)}</description></item>"
    )


def _read(name: str) -> str:
    return (files("services.scenario") / name).read_text(encoding="utf-8")
