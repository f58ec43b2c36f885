"""Parses feeds: RSS, RDF, Atom, JSON Feed. Other documents are refused with the reason."""

import codecs
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import urljoin

import feedparser
import msgspec
from feedparser.encodings import convert_to_utf8

from services.errors import InvalidMessage
from services.poller.identity import web_address
from services.poller.reading.entry import Entry, ParsedFeed
from services.poller.reading.prolog import without_doctype
from services.poller.reading.scan import refuse_hostile
from services.text.markup import one_line, plain_text

MAX_ENTRIES = 1000
"""Entries read of one document.

More are a mistake or an attack; the newest come first in practice.
"""

DATED_YEARS = range(1970, 2200)
"""Years in which a date of publication may lie.

Source: dates outside mean "no date" in some system (year 1, year 9999), and no later stage could
compute hours from them.
"""

LONG_TAG = 2000
"""Characters of a tag in an entry's HTML above which its attributes are dropped.

The HTML parser's time grows with the square of their number, and they hold no text. Source: 2,000
characters hold 400 attributes, which take it 1 ms.
"""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32le"),
    (codecs.BOM_UTF32_BE, "utf-32be"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
_XML = {"content-type": "application/xml; charset=utf-8"}
_LONG_TAG = re.compile(rf"<([A-Za-z][\w:-]*)[^<>]{{{LONG_TAG},}}")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def parse_feed(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """Return the first thousand entries of a feed document, in its order.

    `url` is the address of the document; relative links are resolved against it.

    Raises InvalidMessage: `empty`, `entities` (a DOCTYPE that declares more than single characters,
    a known attack), `too-complex`, `not-xml`, `not-a-feed`. Also raises anything that feedparser
    raises on markup that it does not expect.
    """
    if not body.strip():
        raise InvalidMessage("empty", "the answer has no body")
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json_feed(body, url)
    # In this order, so that the bytes checked are the bytes parsed: no other charset can hide a
    # declaration or a tag.
    xml = without_doctype(_utf8(body, content_type))
    refuse_hostile(xml)
    try:
        found = feedparser.parse(
            BytesIO(xml), response_headers=_XML, sanitize_html=False, resolve_relative_uris=False
        )
    except (ValueError, LookupError, AssertionError, RecursionError) as error:
        # feedparser's fallback parser raises these on some broken markup instead of reporting it.
        raise InvalidMessage("not-xml", f"{type(error).__name__}: {error}") from error
    if not found.version and not found.entries:
        raise _not_a_feed(xml, found.get("bozo_exception"))
    problems = (
        [f"broken markup, read as far as possible: {found.bozo_exception}"] if found.bozo else []
    )
    if len(found.entries) > MAX_ENTRIES:
        problems.append(f"{len(found.entries)} entries, only the first {MAX_ENTRIES} are read")
    head = found.feed
    entries = _each(found.entries[:MAX_ENTRIES], _entry, url, problems)
    return ParsedFeed(
        one_line(head.get("title", "")), _language(head.get("language")), entries, tuple(problems)
    )


def _utf8(body: bytes, content_type: str) -> bytes:
    """Return the document in UTF-8.

    Its charset is that of the byte order mark, else feedparser's choice from header, declaration,
    and bytes.
    """
    content_type = next(
        (f"application/xml; charset={c}" for bom, c in _MARKS if body.startswith(bom)), content_type
    )
    xml: bytes = convert_to_utf8({"content-type": content_type} if content_type else {}, body, {})
    return xml


Raw = TypeVar("Raw")


def _each(
    items: Iterable[Raw], entry: Callable[[Raw, str], Entry], url: str, problems: list[str]
) -> tuple[Entry, ...]:
    """Return the entries. One that can't be read is a problem, and does not affect the others."""
    entries = []
    for number, item in enumerate(items, 1):
        try:
            entries.append(entry(item, url))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - one entry must not cost the others
            problems.append(f"entry {number} can't be read: {type(error).__name__}: {error}")
    return tuple(entries)


def _not_a_feed(body: bytes, error: object) -> InvalidMessage:
    if _HTML.search(body[:4096]):
        return InvalidMessage("not-a-feed", "a web page (HTML) came, not a feed")
    if error is not None:
        return InvalidMessage("not-xml", f"no RSS, Atom, or JSON feed: {error}")
    return InvalidMessage("not-a-feed", "XML, but no RSS or Atom")


def _entry(raw: Any, base: str) -> Entry:
    source = raw.get("source") or {}
    return Entry(
        guid=_id(raw.get("id") or ""),
        url=_link(raw.get("link"), base),
        title=_title(raw.get("title", "")),
        text=_plain(
            _longest([*(part.get("value") for part in raw.get("content", ())), raw.get("summary")])
        ),
        # dict.get: feedparser's own `get` derives `updated` from `published`, with a warning.
        published_at=_date(
            raw.get("published_parsed")
            or dict.get(raw, "updated_parsed")
            or dict.get(raw, "created_parsed")
        ),
        source_name=one_line(source.get("title") or "") or None,
        source_url=_link(source.get("href") or source.get("link"), base),
    )


def _id(guid: str) -> str | None:
    """Return an id that can be encoded. Lone surrogates (half an emoji) are replaced."""
    return guid.encode("utf-8", "replace").decode().strip() or None


def _plain(html: str) -> str:
    return plain_text(_LONG_TAG.sub(r"<\1", html))


def _title(html: str) -> str:
    return one_line(_LONG_TAG.sub(r"<\1", html))


def _longest(texts: Iterable[object]) -> str:
    return max((text for text in texts if isinstance(text, str)), key=len, default="")


def _link(link: object, base: str) -> str | None:
    """Return a web address or None. Feeds also carry `javascript:` links and worse."""
    if not isinstance(link, str) or not link.strip():
        return None
    try:
        return web_address(urljoin(base, link.strip()))
    except ValueError:
        return None


def _date(parsed: Any) -> datetime | None:
    if parsed is None:
        return None
    try:
        year, month, day, hour, minute, second = parsed[:6]
        return _plausible(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
    except (TypeError, ValueError, OverflowError):
        return None


def _plausible(at: datetime) -> datetime | None:
    return at if at.year in DATED_YEARS else None


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
    entries = _each(good[:MAX_ENTRIES], _json_entry, url, problems)
    return ParsedFeed(
        _text(found, "title"), _language(found.get("language")), entries, tuple(problems)
    )


def _json_entry(item: Mapping[str, object], base: str) -> Entry:
    guid = item.get("id")
    return Entry(
        guid=_id(str(guid)) if isinstance(guid, str | int) else None,
        url=_link(item.get("url") or item.get("external_url"), base),
        title=_title(_text(item, "title")),
        text=_plain(
            _text(item, "content_html") or _text(item, "content_text") or _text(item, "summary")
        ),
        published_at=_iso(_text(item, "date_published") or _text(item, "date_modified")),
    )


def _text(item: Mapping[str, object], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _iso(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return _plausible(at.astimezone(UTC)) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
