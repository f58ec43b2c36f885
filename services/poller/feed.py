"""Bytes of a feed (RSS, RDF, Atom, JSON Feed) to its entries; what is no feed is refused with the reason."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import feedparser
import msgspec

from services.errors import InvalidMessage
from services.poller.identity import canonical_url
from services.text.markup import one_line

MAX_ENTRIES = 1000
"""More in one document is a mistake or an attack; the newest stand first in practice."""

_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as the feed gives it: `html` is its longest text, as markup; `published_at` is None when it isn't told."""

    guid: str | None
    url: str | None
    title: str
    html: str
    published_at: datetime | None = None
    source_name: str | None = None
    source_url: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document read; `problems` are sentences about what of it could not be used."""

    title: str
    language: str | None
    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = field(default=())


def parse_feed(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """Return the entries of a feed document, the first thousand, in its order.

    `url` is where it came from: relative links are resolved against it. Raises InvalidMessage: `empty`, `entities`
    (a DOCTYPE that declares some: a known attack), `not-xml`, `not-a-feed`.
    """
    if not body.strip():
        raise InvalidMessage("empty", "the answer has no body")
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json_feed(body, url)
    _refuse_entities(body)
    headers = {"content-type": content_type} if content_type else {}
    try:
        found = feedparser.parse(BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except (ValueError, LookupError, AssertionError, RecursionError) as error:
        # feedparser's fall-back parser raises these on some broken markup instead of reporting it.
        raise InvalidMessage("not-xml", f"{type(error).__name__}: {error}") from error
    if not found.version and not found.entries:
        raise _not_a_feed(body, found.get("bozo_exception"))
    problems = [f"broken markup, read as far as possible: {found.bozo_exception}"] if _is_broken(found) else []
    if len(found.entries) > MAX_ENTRIES:
        problems.append(f"{len(found.entries)} entries, only the first {MAX_ENTRIES} are read")
    head = found.feed
    return ParsedFeed(
        title=one_line(head.get("title", "")),
        language=_language(head.get("language")),
        entries=tuple(_entry(raw, url) for raw in found.entries[:MAX_ENTRIES]),
        problems=tuple(problems),
    )


def _refuse_entities(body: bytes) -> None:
    """Only what stands before the root element: an article may well quote a DOCTYPE. Zero bytes go for UTF-16's sake."""
    plain = body.replace(b"\0", b"")
    root = _ROOT.search(plain)
    prolog = plain[: root.start()] if root else plain
    if b"<!ENTITY" in prolog.upper():
        raise InvalidMessage("entities", "the document type declares entities, which no feed needs")


def _not_a_feed(body: bytes, error: object) -> InvalidMessage:
    if _HTML.search(body[:4096]):
        return InvalidMessage("not-a-feed", "a web page (HTML) came, not a feed")
    if error is not None:
        return InvalidMessage("not-xml", f"no RSS, Atom, or JSON feed: {error}")
    return InvalidMessage("not-a-feed", "XML, but no RSS or Atom")


def _is_broken(found: Any) -> bool:
    """A charset told wrong is mended without loss; only markup errors are worth a word."""
    kind = type(found.get("bozo_exception")).__name__
    return bool(found.bozo) and kind not in ("CharacterEncodingOverride", "NonXMLContentType", "NoneType")


def _entry(raw: Any, base: str) -> Entry:
    source = raw.get("source") or {}
    return Entry(
        guid=(raw.get("id") or "").strip() or None,
        url=_link(raw.get("link"), base),
        title=one_line(raw.get("title", "")),
        html=_longest([*(part.get("value") for part in raw.get("content", ())), raw.get("summary")]),
        # dict.get: feedparser's own makes `updated` up from `published`, with a warning.
        published_at=_date(raw.get("published_parsed") or dict.get(raw, "updated_parsed") or dict.get(raw, "created_parsed")),
        source_name=one_line(source.get("title") or "") or None,
        source_url=_link(source.get("href") or source.get("link"), base),
    )


def _longest(texts: Iterable[object]) -> str:
    return max((text for text in texts if isinstance(text, str)), key=len, default="")


def _link(link: object, base: str) -> str | None:
    """Return a web address or None: feeds also carry `javascript:` and worse."""
    if not isinstance(link, str) or not link.strip():
        return None
    try:
        absolute = urljoin(base, link.strip())
    except ValueError:
        return None
    return absolute if canonical_url(absolute) else None


def _date(parsed: Any) -> datetime | None:
    if parsed is None:
        return None
    try:
        year, month, day, hour, minute, second = parsed[:6]
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (TypeError, ValueError):
        return None


def _language(code: object) -> str | None:
    short = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]|\s*$)", code) if isinstance(code, str) else None
    return short[1].lower() if short else None


def _json_feed(body: bytes, url: str) -> ParsedFeed:
    try:
        found = msgspec.json.decode(body.lstrip(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidMessage("not-a-feed", f"neither XML nor JSON: {error}") from error
    items = found.get("items") if isinstance(found, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in str(found.get("version")):
        raise InvalidMessage("not-a-feed", "JSON, but no JSON Feed")
    good = [item for item in items if isinstance(item, dict)]
    problems = [f"{len(items) - len(good)} items are no objects"] if len(good) < len(items) else []
    return ParsedFeed(
        title=_text(found, "title"),
        language=_language(found.get("language")),
        entries=tuple(_json_entry(item, url) for item in good[:MAX_ENTRIES]),
        problems=tuple(problems),
    )


def _json_entry(item: Mapping[str, Any], base: str) -> Entry:
    guid = item.get("id")
    return Entry(
        guid=str(guid) if isinstance(guid, str | int) and str(guid) else None,
        url=_link(item.get("url") or item.get("external_url"), base),
        title=one_line(_text(item, "title")),
        html=_text(item, "content_html") or _text(item, "content_text") or _text(item, "summary"),
        published_at=_iso(_text(item, "date_published") or _text(item, "date_modified")),
    )


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _iso(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None
