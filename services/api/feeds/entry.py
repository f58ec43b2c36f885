"""What a feed says of one alert or claim, before it has a format.

Nothing here is escaped. Words are without characters that no XML may hold, and without bidi marks;
addresses are those of the web.
"""

import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote as quoted

from services.messages import Evidence
from services.text.clean import clean

MOST_QUOTES = 5
"""Quotes of one entry: as many as an alert keeps of its revisions."""

MOST_LINES = 20
"""Lines of an entry's history, the last ones. A guess: more are no glance."""

MOST_CHARS = 1_000
"""Characters of a title, a line, and each piece of a quote.

Source: the longest title that is read (services/messages/limits.py). With the bounds above, a feed
of 50 entries stays below the 250 kB that JSON Feed calls fine, unless all entries are extreme.
"""

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of what has none: the format wants one."""

_NAMES = uuid.UUID("cb2694e6-2ff8-5e52-aa87-af84d9ae52aa")
"""The namespace of our ids. It never changes, nor do they."""

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WEB = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted sentence in three pieces, `marked` in the middle; "" for what is not known."""

    before: str
    marked: str
    after: str
    speaker: str
    outlet: str
    url: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One alert or claim as it stands.

    - `about`: "alert" or "claim", and `key`: its id there.
    - `updated`: rises with every change. `published`: when it began.
    - `gone`: it holds no longer, for the reason `title`.
    - `lines`: plain sentences before the quotes. `history`: what was told before, oldest first.
    - `tags`: the type of event, the status.
    """

    about: str
    key: str
    title: str
    updated: datetime
    published: datetime
    gone: bool = False
    lines: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    history: tuple[tuple[datetime | None, str], ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """An id that holds wherever the feed is served."""
        return urn(self.about, self.key)

    @property
    def path(self) -> str:
        """Where the API has the document."""
        return f"/v1/{self.about}s/{quoted(self.key, safe='')}"

    @property
    def article_url(self) -> str:
        """The address of the first article quoted; "" for none."""
        return next((quote.url for quote in self.quotes if quote.url), "")

    @property
    def outlets(self) -> tuple[str, ...]:
        """The outlets quoted."""
        return tuple(dict.fromkeys(quote.outlet for quote in self.quotes if quote.outlet))


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a feed, the newest entry first.

    - `id`: the same for all its pages. `base`: the address of the API, without a slash at its end.
    - `here`, `next`: path and query of this page and of the one behind it; "" for the last.
    """

    id: str
    title: str
    base: str
    here: str
    next: str
    first: str
    entries: tuple[Entry, ...]

    @property
    def updated(self) -> datetime:
        """When an entry last changed."""
        return max((entry.updated for entry in self.entries), default=LONG_AGO)


def urn(*parts: str) -> str:
    """Return the id of what `parts` name."""
    return uuid.uuid5(_NAMES, "\x1f".join(parts)).urn


def words(text: str | None) -> str:
    """Return text that any format may hold, of at most `MOST_CHARS` characters."""
    legal = _NO_XML.sub("", clean(text or ""))
    return legal if len(legal) <= MOST_CHARS else legal[: MOST_CHARS - 1] + "…"


def one_line(text: str | None) -> str:
    """Return the first line of a text."""
    return words(text).strip().partition("\n")[0]


def web_address(text: str | None) -> str:
    """Return an address that a reader may follow; "" for any other."""
    return text if text and _WEB.fullmatch(text) and len(text) <= MOST_CHARS else ""


def quotes_of(evidence: Iterable[Evidence]) -> tuple[Quote, ...]:
    """Return the first quotes of some evidence, each sentence once."""
    seen = {(each.quote, each.outlet): each for each in reversed(tuple(evidence))}
    return tuple(map(_quote, tuple(reversed(seen.values()))[:MOST_QUOTES]))


def latest(
    lines: Sequence[tuple[datetime | None, str]],
) -> tuple[tuple[datetime | None, str], ...]:
    """Return the last lines of a history."""
    return tuple((at, one_line(text)) for at, text in lines[-MOST_LINES:])


def tags_of(*given: str | None) -> tuple[str, ...]:
    """Return the tags that are given, each once."""
    return tuple(dict.fromkeys(filter(None, given)))


def plain(entry: Entry) -> Iterator[str]:
    """Yield the content of an entry as lines of plain text, "" between paragraphs."""
    yield from entry.lines
    for quote in entry.quotes:
        yield ""
        yield f"“{quote.before}{quote.marked}{quote.after}”"
        yield " ".join(filter(None, (source(quote), quote.url)))
    if entry.history:
        yield ""
        yield "Before:"
        yield from (f"{moment(at)}  {text}" for at, text in entry.history)


def source(quote: Quote) -> str:
    """Return who says it, where, and when."""
    named = " in ".join(filter(None, (quote.speaker, quote.outlet)))
    return ", ".join(filter(None, (named, moment(quote.at) if quote.at else "")))


def moment(at: datetime | None) -> str:
    """Return a time for people."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else "no date"


def rfc3339(at: datetime) -> str:
    """Return a time as both formats write it, to the second: `2031-05-02T06:00:00Z`."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _quote(evidence: Evidence) -> Quote:
    start, end = evidence.mark
    quote = evidence.quote
    return Quote(
        before=words(quote[:start]),
        marked=words(quote[start:end]),
        after=words(quote[end:]),
        speaker=one_line(evidence.speaker),
        outlet=one_line(evidence.outlet),
        url=web_address(evidence.url),
        at=evidence.at,
    )
