"""`reportedly backfill`: the feeds and pages of WARC files, as articles of the past."""

import gzip
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal
from urllib.parse import urlsplit

import click
import msgspec

from services.commands import world
from services.commands.feed_reread import send
from services.commands.feed_store import saved
from services.commands.jsonl import InputFile, write_line
from services.commands.warc_file import Kept, kept_answers
from services.desk.feeds.checking import same_feed
from services.errors import InvalidMessage
from services.messages import Feed, FeedDocument
from services.poller.pages.choose import is_article
from services.poller.pages.extract import extract_page
from services.poller.pages.page import Fetched, Page
from services.poller.reading.entry import Entry
from services.text.counts import counted
from services.text.web_addresses import canonical_url

AT_ONCE = 200
"""Documents that are sent together."""

Fate = Literal["feed", "page", "of no saved feed", "no article"]


@click.command()
@click.argument("files", nargs=-1, required=True, type=InputFile())
@click.option("--dry-run", is_flag=True, help="Write a row for each document and send nothing.")
def backfill(files: Sequence[str], dry_run: bool) -> None:
    """Read the saved feeds in WARC files (.warc, .warc.gz), and the pages of their sites.

    A document at the address of a saved feed is read as if it had been polled when it was fetched.
    A page on the host of a saved feed's site is an article of that feed, if its text is one. All
    have the cause `backfill`: they take part in claims, and nobody is alerted.

    \b
    Examples:
      reportedly backfill crawl.warc.gz --dry-run
      reportedly backfill crawl-*.warc.gz
    """
    settings = world.settings()
    sites = Sites(saved(settings))
    fates, waiting = Counter[Fate](), list[FeedDocument]()
    try:
        for path in files:
            for kept in kept_answers(path):
                fate, document = sites.read(kept)
                fates[fate] += 1
                if dry_run:
                    write_line(msgspec.json.encode({"file": path, "url": kept.url, "is": fate}))
                elif document is not None:
                    waiting.append(document)
                if len(waiting) >= AT_ONCE:
                    send(settings, waiting)
                    waiting.clear()
    finally:
        # Also before a broken record, and before Ctrl-C.
        send(settings, waiting)
        told = ", ".join(_told(fates))
        click.echo(told or "no answers in these files", err=dry_run)


class Sites:
    """The saved feeds, by address and by the host of their site."""

    def __init__(self, feeds: Iterable[Feed]) -> None:
        self._by_address: Mapping[str, Feed] = {same_feed(feed.url): feed for feed in feeds}
        self._by_host: dict[str, Feed] = {}
        for feed in self._by_address.values():
            for address in (feed.site_url, feed.url):
                self._by_host.setdefault(_host(address or ""), feed)

    def read(self, kept: Kept) -> tuple[Fate, FeedDocument | None]:
        """Return what an answer is, and the document to send, if any."""
        feed = self._by_address.get(same_feed(kept.url))
        if feed is not None:
            return "feed", _document(feed, kept, kept.content_type, kept.body)
        feed = self._by_host.get(_host(kept.url))
        if feed is None:
            return "of no saved feed", None
        page = _page(feed, kept)
        if page is None:
            return "no article", None
        return "page", _document(feed, kept, "application/feed+json", _as_feed(kept, page))


def _page(feed: Feed, kept: Kept) -> Page | None:
    """Return the article of a page; None if it has none."""
    if "html" not in kept.content_type.lower():
        return None
    try:
        page = extract_page(
            Fetched(kept.body, kept.content_type, kept.url, kept.at, feed.pages.selector)
        )
    except InvalidMessage:
        return None
    entry = Entry(None, kept.url, page.title, page.text, text_source="content")
    return page if page.title and is_article(entry) else None


def _as_feed(kept: Kept, page: Page) -> bytes:
    """Return a page as a feed of one entry, named by its address as most feeds do."""
    url = canonical_url(kept.url) or kept.url
    item = {"id": url, "url": url, "title": page.title, "content_text": page.text}
    if page.published_at:
        item["date_published"] = page.published_at.isoformat()
    version = "https://jsonfeed.org/version/1.1"
    return msgspec.json.encode({"version": version, "title": "", "items": [item]})


def _document(feed: Feed, kept: Kept, content_type: str, body: bytes) -> FeedDocument:
    return FeedDocument(
        feed_id=feed.feed_id,
        at=kept.at,
        url=kept.url,
        content_type=content_type[:200],
        body=gzip.compress(body),
    )


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _told(fates: Mapping[Fate, int]) -> Iterator[str]:
    if n := fates.get("feed", 0) + fates.get("page", 0):
        yield f"{counted(n, 'document')} read"
    for fate in ("of no saved feed", "no article"):
        if fates.get(fate):
            yield f"{fates[fate]} {fate}"
