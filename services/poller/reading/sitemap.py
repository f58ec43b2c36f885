"""Sitemaps of news, and indexes of sitemaps (sitemaps.org 0.9, Google News sitemaps)."""

from datetime import UTC, datetime

from lxml import etree

from services.poller.reading.entry import Entry, ParsedFeed
from services.poller.reading.items import Frame, language
from services.poller.reading.links import web_link
from services.poller.reading.tree import first_text, local, texts
from services.poller.reading.words import html_words, one_line

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
ROOTS = frozenset({"urlset", "sitemapindex"})


def read_sitemap(root: etree._Element, frame: Frame) -> ParsedFeed:
    """Return the pages of a sitemap as entries, or the sitemaps of an index."""
    if local(root) == "sitemapindex":
        return ParsedFeed("", None, (), kind="sitemap-index", sitemaps=_sitemaps(root, frame))
    pages = [e for e in root.iter("{*}url") if e.getparent() is root]
    entries = tuple(e for page in pages if (e := _entry(page, frame)))
    return ParsedFeed("", None, entries, kind="sitemap", n_items=len(pages))


def _sitemaps(root: etree._Element, frame: Frame) -> tuple[str, ...]:
    """Return the addresses of an index, those that changed last first."""
    found: dict[str, datetime] = {}
    for element in root.iterfind("{*}sitemap"):
        fields = frame.names.fields(element)
        if url := web_link(first_text(fields, "loc"), frame.base):
            found[url] = frame.date(texts(fields, "lastmod")) or _LONG_AGO
    return tuple(sorted(found, key=found.__getitem__, reverse=True))


def _entry(page: etree._Element, frame: Frame) -> Entry | None:
    fields = frame.names.fields(page)
    address = first_text(fields, "loc")
    url = web_link(address, frame.base)
    if url is None:
        return None
    news = next(iter(fields.get("news:news", ())), None)
    told = frame.names.fields(news) if news is not None else {}
    outlet = next(iter(told.get("news:publication", ())), None)
    named = frame.names.fields(outlet) if outlet is not None else {}
    published = first_text(told, "news:publication_date")
    changed = first_text(fields, "lastmod")
    return Entry(
        guid=address,
        url=url,
        title=one_line(html_words(first_text(told, "news:title"))),
        text="",
        published_at=frame.date([published] if published else []),
        guid_is_permalink=True,
        updated_at=frame.date([changed] if changed else []),
        language=language(first_text(named, "news:language")),
    )
