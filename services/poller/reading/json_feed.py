"""JSON Feed, versions 1 and 1.1."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from services.errors import InvalidMessage
from services.poller.reading.dates import Dating
from services.poller.reading.entry import Entry, ParsedFeed, TextSource
from services.poller.reading.items import Frame, language
from services.poller.reading.links import web_link
from services.poller.reading.scan import MAX_ITEMS
from services.poller.reading.tree import Names
from services.poller.reading.words import html_words, one_line, text_words

Item = Mapping[str, object]


def read_json(text: str, url: str, dating: Dating) -> tuple[ParsedFeed, list[Item], Frame]:
    """Return the head of a feed, its items, and the frame that reads them.

    Raises InvalidMessage `not-a-feed`, or `too-complex` for too many items.
    """
    found, is_cut = _decoded(text)
    items = found.get("items")
    if not isinstance(items, list) or "jsonfeed.org" not in str(found.get("version")):
        raise InvalidMessage("not-a-feed", "JSON, but no JSON Feed")
    if len(items) > MAX_ITEMS:
        told = f"{len(items):,} items: at most {MAX_ITEMS:,} are read"
        raise InvalidMessage("too-complex", told)
    good: list[Item] = [item for item in items if isinstance(item, dict)]
    problems = [f"{len(items) - len(good)} items are no objects"] if len(good) < len(items) else []
    if is_cut:
        problems.append(f"broken JSON, read up to item {len(good)}")
    code = _text(found, "language") or None
    base = web_link(_text(found, "home_page_url"), url) or url
    hubs = found.get("hubs")
    parsed = ParsedFeed(
        title=one_line(text_words(_text(found, "title"))),
        language=language(code),
        entries=(),
        problems=tuple(problems),
        is_damaged=is_cut,
        n_items=len(items),
        site_url=web_link(_text(found, "home_page_url"), url),
        self_url=web_link(_text(found, "feed_url"), url),
        hub_urls=tuple(_urls(hubs if isinstance(hubs, list) else [], url)),
        next_archive=web_link(_text(found, "next_url"), url),
    )
    return parsed, good, Frame(Names(), base, replace(dating, language=code))


def json_entry(item: Item, frame: Frame) -> Entry:
    """Return what an item holds."""
    guid = item.get("id")
    published, updated = (_text(item, f"date_{n}") for n in ("published", "modified"))
    updated_at = frame.date([updated] if updated else [])
    text, text_source = _words(item)
    attachments = item.get("attachments")
    return Entry(
        guid=_id(guid),
        url=web_link(_text(item, "url") or _text(item, "external_url"), frame.base),
        title=one_line(text_words(_text(item, "title"))),
        text=text,
        published_at=frame.date([published] if published else []) or updated_at,
        text_source=text_source,
        updated_at=updated_at,
        language=language(_text(item, "language")),
        enclosure_url=next(
            _urls(attachments if isinstance(attachments, list) else [], frame.base), None
        ),
    )


def _id(guid: object) -> str | None:
    if not isinstance(guid, str | int | float) or isinstance(guid, bool):
        return None
    # A lone surrogate is half an emoji, and can't be encoded.
    return str(guid).encode("utf-8", "replace").decode().strip() or None


def _words(item: Item) -> tuple[str, TextSource]:
    content = max(
        html_words(_text(item, "content_html")), text_words(_text(item, "content_text")), key=len
    )
    summary = text_words(_text(item, "summary"))
    if len(summary) > len(content):
        return summary, "description"
    return content, "content" if content else "none"


def _urls(rows: list[Any], base: str) -> Iterator[str]:
    for row in rows:
        if isinstance(row, dict) and (url := web_link(_text(row, "url"), base)):
            yield url


def _text(item: Item, name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _decoded(text: str) -> tuple[dict[str, Any], bool]:
    """Return an object, and whether it was broken: then only with the whole items before that."""
    try:
        found = msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError) as error:
        found = _whole_items(text)
        if not found.get("items"):
            raise InvalidMessage("not-a-feed", f"neither XML nor JSON: {error}") from error
        return found, True
    if not isinstance(found, dict):
        raise InvalidMessage("not-a-feed", "JSON, but no JSON Feed")
    return found, False


def _whole_items(text: str) -> dict[str, Any]:
    """Return the values of an object and the items that come before it breaks."""
    read, at, found = json.JSONDecoder(), text.find("{") + 1, dict[str, Any]()
    try:
        while True:
            name, at = read.raw_decode(text, _after(text, at, " \t\r\n,"))
            at = _after(text, at, " \t\r\n:")
            if name == "items" and text[at : at + 1] == "[":
                found["items"] = items = list[Any]()
                at += 1
                while (
                    len(items) <= MAX_ITEMS
                    and text[(at := _after(text, at, " \t\r\n,")) : at + 1] != "]"
                ):
                    item, at = read.raw_decode(text, at)
                    items.append(item)
                at += 1
            else:
                found[str(name)], at = read.raw_decode(text, at)
    except (ValueError, RecursionError):
        return found


def _after(text: str, at: int, skipped: str) -> int:
    while at < len(text) and text[at] in skipped:
        at += 1
    return at
