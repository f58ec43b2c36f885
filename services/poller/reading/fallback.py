"""feedparser, for documents that the fast reader is not believed on.

Its dates, links that it makes of ids, and its choice of a charset are not used.
"""

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import feedparser

from services.errors import InvalidMessage
from services.poller.reading.entry import Entry, ParsedFeed, TextSource
from services.poller.reading.items import Frame, language, only_headlines, without_outlet
from services.poller.reading.links import absolute, web_link
from services.poller.reading.words import html_words, one_line, text_words

_XML = {"content-type": "application/xml; charset=utf-8"}
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def by_feedparser(xml: bytes, frame: Frame) -> ParsedFeed:
    """Return the entries that feedparser finds in a document in UTF-8.

    Raises InvalidMessage: `not-xml`, `not-a-feed`, `not-readable` (feedparser raised).
    """
    try:
        found = feedparser.parse(
            BytesIO(xml), response_headers=_XML, sanitize_html=False, resolve_relative_uris=False
        )
    except MemoryError:
        raise
    except Exception as error:  # its fallback parser raises anything on broken markup
        told = f"the parser broke off: {type(error).__name__}: {error}"
        raise InvalidMessage("not-readable", told) from error
    if not found.get("version") and not found.entries:
        raise _not_a_feed(xml, found.get("bozo_exception"))
    problems = (f"broken markup: {found.bozo_exception}",) if found.bozo else ()
    return ParsedFeed(
        title=one_line(html_words(found.feed.get("title", ""))),
        language=language(found.feed.get("language")),
        entries=tuple(_entry(raw, frame) for raw in found.entries),
        problems=problems,
        is_damaged=bool(found.bozo),
        n_items=len(found.entries),
        site_url=web_link(found.feed.get("link"), frame.base),
    )


def _not_a_feed(body: bytes, error: object) -> InvalidMessage:
    if _HTML.search(body[:4096]):
        return InvalidMessage("not-a-feed", "a web page (HTML) came, not a feed")
    if error is not None:
        return InvalidMessage("not-xml", f"no RSS, Atom, or JSON feed: {error}")
    return InvalidMessage("not-a-feed", "XML, but no RSS or Atom")


def _entry(raw: Any, frame: Frame) -> Entry:
    guid = (raw.get("id") or "").encode("utf-8", "replace").decode().strip() or None
    link = raw.get("link")
    is_permalink = bool(raw.get("guidislink")) and absolute(guid) is not None
    source = raw.get("source") or {}
    outlet = one_line(html_words(source.get("title") or "")) or None
    text, text_source = _text(raw, is_of_aggregator=outlet is not None)
    # dict.get: feedparser's own `get` derives `updated` from `published`, with a warning.
    published = frame.date(t for n in ("published", "created") if (t := dict.get(raw, n)))
    updated = frame.date([t] if (t := dict.get(raw, "updated")) else [])
    return Entry(
        guid=guid,
        url=web_link(link, frame.base) if link and (link != guid or is_permalink) else None,
        title=without_outlet(one_line(_words(raw.get("title_detail") or {})), outlet),
        text=text,
        published_at=published or updated,
        source_name=outlet,
        source_url=web_link(source.get("href") or source.get("link"), frame.base),
        guid_is_permalink=is_permalink,
        text_source=text_source,
        updated_at=updated,
        language=language(raw.get("language")),
        enclosure_url=next(
            (web_link(e.get("href"), frame.base) for e in raw.get("enclosures", ())), None
        ),
    )


def _text(raw: Any, *, is_of_aggregator: bool) -> tuple[str, TextSource]:
    best: tuple[str, TextSource] = "", "none"
    for kind, details in (
        ("content", raw.get("content", ())),
        ("description", [raw.get("summary_detail") or {}]),
    ):
        for detail in details:
            words = _words(detail)
            is_list = is_of_aggregator and only_headlines(detail.get("value") or "")
            if len(words) > len(best[0]) and not is_list:
                best = words, "content" if kind == "content" else "description"
    return best


def _words(detail: Mapping[str, Any]) -> str:
    value = detail.get("value")
    if not isinstance(value, str):
        return ""
    return (
        text_words(value)
        if detail.get("type") == "text/plain" and "<" not in value
        else html_words(value)
    )
