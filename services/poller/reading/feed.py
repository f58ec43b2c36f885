"""Reads feeds: RSS, RDF, Atom, JSON Feed, sitemaps. Other documents are refused with the reason.

    bytes ─► characters ─► libxml2 ─► mended, again ─► item by item ─► feedparser
                          (well-formed)  (one reading)    (damaged)    (not believed)

The specifications are the reference. feedparser is asked where our own reading is not believed, and
then only adds entries.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lxml import etree

from services.errors import InvalidMessage
from services.poller.reading import heads
from services.poller.reading.dates import Dating
from services.poller.reading.decoding import decoded, unpacked
from services.poller.reading.entry import Entry, ParsedFeed
from services.poller.reading.fallback import by_feedparser
from services.poller.reading.identities import with_own_ids
from services.poller.reading.items import Frame, language, link_of, read_item
from services.poller.reading.json_feed import json_entry, read_json
from services.poller.reading.pieces import pieces
from services.poller.reading.prolog import without_doctype
from services.poller.reading.repair import mended, without_declaration
from services.poller.reading.scan import count_items, refuse_hostile, refuse_many
from services.poller.reading.sitemap import ROOTS, read_sitemap
from services.poller.reading.tree import Fields, items_of, local, names_of, parsed

MAX_ENTRIES = 1000
"""Entries read of one document: the newest. More are a mistake or an attack."""

AHEAD_TOLD = timedelta(minutes=30)
"""A date that lies further after the poll than this is told: its zone may be wrong.

Source: clocks of servers differ by seconds; the smallest error of a zone is half an hour.
"""


def parse_feed(
    body: bytes,
    content_type: str,
    url: str,
    *,
    at: datetime | None = None,
    zone: str | None = None,
    is_cut: bool = False,
) -> ParsedFeed:
    """Return the entries of a document, the newest thousand, in its order.

    `url` is the address of the document, `at` the time of the poll. Dates without a zone are in
    `zone` (UTC by default). `is_cut`: the body is known to have ended early.

    Raises InvalidMessage: `empty`, `entities` (a DOCTYPE that declares more than single characters,
    a known attack), `too-complex`, `too-large`, `not-xml`, `not-a-feed`, `not-readable`.
    """
    body, is_short = unpacked(body)
    if not body.strip():
        raise InvalidMessage("empty", "the answer has no body")
    found = decoded(body, content_type)
    known, problems = _zone(zone)
    problems += found.problems
    if is_cut or is_short:
        problems += ("the body ended early",)
    dating = Dating(at, known)
    text = found.text.lstrip("\ufeff \t\r\n")
    parsed = _json(text, url, dating) if text.startswith("{") else _xml(text, url, dating)
    entries, shared = with_own_ids(parsed.entries)
    return replace(
        parsed,
        entries=_newest(entries),
        problems=(*problems, *parsed.problems, *shared, *_many(parsed), *_ahead(entries, at)),
        is_damaged=parsed.is_damaged or found.is_damaged or is_cut or is_short,
    )


def _zone(name: str | None) -> tuple[tzinfo, tuple[str, ...]]:
    try:
        return (ZoneInfo(name) if name else UTC), ()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC, (f"the zone {name!r} is unknown, so that UTC is taken",)


def _newest(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return the newest entries under the cap, by date.

    Without dates it is unknown at which end a feed grows: half of each end.
    """
    if len(entries) <= MAX_ENTRIES:
        return entries
    dates = [e.published_at for e in entries if e.published_at]
    if len(dates) < len(entries):
        half = MAX_ENTRIES // 2
        return entries[:half] + entries[-half:]
    newest = sorted(range(len(dates)), key=dates.__getitem__, reverse=True)[:MAX_ENTRIES]
    return tuple(entries[i] for i in sorted(newest))


def _many(parsed: ParsedFeed) -> Iterable[str]:
    if len(parsed.entries) > MAX_ENTRIES:
        yield f"{len(parsed.entries)} entries, only the newest {MAX_ENTRIES} are read"


def _ahead(entries: Sequence[Entry], at: datetime | None) -> Iterable[str]:
    ahead = [e.published_at - at for e in entries if at and e.published_at]
    late = [by for by in ahead if by > AHEAD_TOLD]
    if late:
        hours = max(late) / timedelta(hours=1)
        yield (
            f"{len(late)} entries are dated up to {hours:.1f} hours after the poll: "
            "the feed may give its local time as UTC"
        )


Raw = TypeVar("Raw")


def _each(
    items: Iterable[Raw], entry: Callable[[Raw, Frame], Entry], frame: Frame
) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Return the entries. One that can't be read is a problem, and does not affect the others."""
    entries, problems = [], []
    for number, item in enumerate(items, 1):
        try:
            entries.append(entry(item, frame))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - one entry must not cost the others
            problems.append(f"entry {number} can't be read: {type(error).__name__}: {error}")
    return tuple(entries), (*problems, *frame.problems())


def _json(text: str, url: str, dating: Dating) -> ParsedFeed:
    parsed, items, frame = read_json(text, url, dating)
    entries, problems = _each(items, json_entry, frame)
    return replace(parsed, entries=entries, problems=(*parsed.problems, *problems))


def _xml(text: str, url: str, dating: Dating) -> ParsedFeed:
    xml = without_doctype(without_declaration(text).encode())
    n_items = refuse_many(xml)
    told: tuple[str, ...] = ()
    try:
        root = parsed(xml)
    except etree.XMLSyntaxError:
        plain, told = mended(without_declaration(xml.decode()))
        xml = without_doctype(plain.encode())
        n_items = count_items(xml)
        try:
            root = parsed(xml)
        except etree.XMLSyntaxError as error:
            return _damaged(xml, str(error), told, url, dating)
    if root is None:
        raise InvalidMessage("not-xml", "no element")
    if local(root) in ROOTS:
        frame = Frame(names_of(root), url, dating)
        found = read_sitemap(root, frame)
        return replace(found, problems=(*told, *frame.problems()))
    head = _head(root, url, dating)
    items = items_of(root)
    entries, problems = _each(items, read_item, head.frame)
    found = head.feed(entries, (*told, *problems), n_items=n_items)
    if xml.count(b"<![CDATA[") > xml.count(b"]]>"):
        # A section whose end is broken swallows items up to the next end, and all is well-formed.
        swallowed = "a CDATA section holds the start of another"
        found = replace(found, is_damaged=True, problems=(*found.problems, swallowed))
    return found if _is_believed(found, len(items)) else _asked(found, xml, head.frame)


@dataclass(frozen=True, slots=True)
class _Head:
    """The head of a document, and the frame of its items."""

    element: etree._Element
    fields: Fields
    frame: Frame
    language: str | None = None

    def feed(
        self, entries: tuple[Entry, ...], problems: tuple[str, ...], *, n_items: int
    ) -> ParsedFeed:
        fields, base = self.fields, self.frame.base
        older = link_of(fields, "prev-archive", base) or link_of(fields, "next", base)
        return ParsedFeed(
            title=heads.title_of(fields),
            language=language(self.language),
            entries=entries,
            problems=problems,
            n_items=n_items,
            site_url=heads.site_of(fields, base),
            self_url=link_of(fields, "self", base),
            hub_urls=heads.hubs_of(fields, base),
            next_archive=older,
            update_seconds=heads.update_seconds(fields),
            deleted=heads.tombstones(fields, self.frame),
        )


def _head(root: etree._Element, url: str, dating: Dating) -> _Head:
    names = names_of(root)
    element = heads.head_of(root)
    fields = names.fields(element)
    code = heads.language_code(element, fields)
    frame = Frame(names, heads.base_for_links(element, fields, url), replace(dating, language=code))
    return _Head(element, fields, frame, code)


def _damaged(xml: bytes, error: str, told: tuple[str, ...], url: str, dating: Dating) -> ParsedFeed:
    """Return the items of a document that is not well-formed, each read alone."""
    refuse_hostile(xml)
    found = pieces(without_declaration(xml.decode()))
    root = found.head if found.head is not None else etree.Element("rss")
    head = _head(root, url, dating)
    told = (f"broken markup, each item is read alone: {error}", *told)
    whole, last = found.items, found.last
    if last is not None and not whole:
        whole, last = (last,), None
    entries, problems = _each(whole, read_item, head.frame)
    feed = head.feed(entries, (*told, *problems), n_items=count_items(xml))
    feed = replace(feed, is_damaged=True)
    cut: tuple[Entry, ...] = ()
    if last is not None:
        cut, _ = _each([last], read_item, head.frame)
        feed = replace(feed, problems=(*feed.problems, "the last item is cut off, and left out"))
    if _is_believed(feed, len(whole) + len(cut)):
        return feed
    return _asked(feed, xml, head.frame, cut)


def _is_believed(parsed: ParsedFeed, n_found: int) -> bool:
    """Return True if our own reading needs no second one."""
    return (
        bool(parsed.entries)
        and n_found == parsed.n_items
        and all(e.guid or e.published_at for e in parsed.entries)
    )


def _asked(
    own: ParsedFeed, xml: bytes, frame: Frame, left_out: tuple[Entry, ...] = ()
) -> ParsedFeed:
    """Return our own reading with the entries that only feedparser finds."""
    refuse_hostile(xml)
    try:
        other = by_feedparser(xml, frame)
    except InvalidMessage:
        if own.entries:
            return replace(own, is_fallback=True)
        raise
    known = {_key(e) for e in (*own.entries, *left_out)}
    more = tuple(e for e in other.entries if _key(e) not in known)
    if len(other.entries) <= len(own.entries) + len(left_out) or not more:
        return replace(own, is_fallback=True)
    return replace(
        own,
        title=own.title or other.title,
        language=own.language or other.language,
        entries=(*own.entries, *more),
        problems=(*own.problems, *other.problems, f"{len(more)} entries found by feedparser only"),
        is_damaged=own.is_damaged or other.is_damaged,
        n_items=max(own.n_items, other.n_items),
        site_url=own.site_url or other.site_url,
        is_fallback=True,
    )


def _key(entry: Entry) -> str:
    return entry.guid or entry.url or entry.title or entry.text
