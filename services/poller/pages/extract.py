"""From the bytes of a page to its article.

bytes ─► characters ─► elements ─► declared (JSON-LD, times) ─► the article's element
     ─► trafilatura ─► lines of the article ─► JSON-LD where it has more of the same
"""

import logging
from datetime import date, datetime, timedelta
from itertools import pairwise

from cssselect import GenericTranslator, SelectorError
from htmldate import find_date
from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Extractor

from services.errors import InvalidMessage
from services.poller.pages.declared import Declared, declared
from services.poller.pages.decoding import decoded
from services.poller.pages.lines import article_lines
from services.poller.pages.narrow import narrowed, page_of, tree_of
from services.poller.pages.page import Fetched, Page
from services.text.clean import clean

CONTAINED = 0.9
"""The share of the extracted word pairs that JSON-LD must hold to be believed.

Source: the same words, but for captions and subheadings that the page puts between.
"""

MORE = 1.1
"""How many times as many words JSON-LD must have to go before the page's own paragraphs.

Below it the page is the better: JSON-LD often has no paragraphs.
"""

_OPTIONS = Extractor(fast=True, comments=False, output_format="python")

# Both log what they can't read as errors, page by page. Ours says it in the feed's health.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


def extract_page(page: Fetched) -> Page:
    """Return the article of a page; its text is empty if there is none.

    Raises InvalidMessage: `no-page` (no HTML), `selector` (no CSS selector).
    """
    tree = tree_of(decoded(page.body, page.content_type))
    if tree is None:
        raise InvalidMessage("no-page", "the page has no HTML")
    said = declared(tree, page.at)
    titles = [said.title, *("".join(head.itertext()) for head in tree.iter("title", "h1"))]
    day = _day(tree, page.at)
    holder = _selected(tree, page.selector) if page.selector else narrowed(tree)
    found = bare_extraction(holder, options=_OPTIONS)
    text = article_lines(clean(found.text or "") if found else "", titles)
    published = said.published_at
    if published and day and published.date() != day:
        # Two statements that contradict each other: the day is kept, the time is not.
        published = None
    return Page(
        title=next((line for title in titles if (line := " ".join(clean(title).split()))), ""),
        text=_better(text, said),
        published_at=published,
        updated_at=said.updated_at,
        published_on=day,
        is_free=said.is_free,
    )


def _day(tree: HtmlElement, at: datetime) -> date | None:
    """Return the day of publication, by the page's declarations, else by its visible words."""
    try:
        found = find_date(tree, original_date=True, max_date=at + timedelta(days=1))
    except (ValueError, etree.LxmlError):
        # htmldate raises these on pages that lxml can't write again.
        return None
    return date.fromisoformat(found) if found else None


def _selected(tree: HtmlElement, selector: str) -> HtmlElement:
    """Return the elements that a CSS selector names, as a page."""
    try:
        path = GenericTranslator().css_to_xpath(selector)
    except SelectorError as error:
        raise InvalidMessage("selector", f"{selector!r} is no CSS selector: {error}") from error
    found = tree.xpath(path)
    outer = [one for one in found if not any(above in found for above in one.iterancestors())]
    return narrowed(page_of(*outer))


def _better(text: str, said: Declared) -> str:
    """Return the text of JSON-LD if it holds what was extracted and clearly more, else `text`."""
    ours, theirs = text.split(), said.body.split()
    if len(theirs) < MORE * len(ours):
        return text
    pairs, held = set(pairwise(ours)), set(pairwise(theirs))
    return said.body if len(pairs & held) >= CONTAINED * len(pairs) else text
