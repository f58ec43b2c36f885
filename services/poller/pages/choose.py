"""Whether the page of an entry is wanted, and which text is then the article's."""

from dataclasses import dataclass
from datetime import UTC, datetime

from services.messages.feed import PageRules
from services.poller.pages.lines import is_cut_off, without_signature
from services.poller.pages.page import Page
from services.poller.reading.entry import Entry
from services.text.tokens import tokens

ARTICLE_WORDS = 150
"""Words from which a feed's text counts as the article, if nothing says that it was cut.

Source: a teaser has one or two sentences (20 to 60 words), and an agency's short report 150 to 300.
An article that is shorter only costs a request for its page.
"""

LEAST_WORDS = 25
"""Words that a page's text must have: less is a notice ("Enable JavaScript"), no article."""

ABOUT = 0.5
"""The share of the headline's longer words that a page must hold to be about the entry.

Source: a headline is made of its article's words; a front page, a consent form, or a wall of a
robot filter shares few with it.
"""

NAMING_CHARS = 4
"""Characters from which a word of a headline says what it is about."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The text of an article. `doubt` is a sentence on why the page's text was not taken."""

    text: str
    published_at: datetime | None
    updated_at: datetime | None
    doubt: str | None = None


def wants_page(rules: PageRules, entry: Entry) -> bool:
    """Return True if the text of this entry should be read from its page."""
    if entry.url is None or rules.fetch == "never":
        return False
    if rules.include and not any(part in entry.url for part in rules.include):
        return False
    if any(part in entry.url for part in rules.exclude):
        return False
    return rules.fetch == "always" or not is_article(entry)


def is_article(entry: Entry) -> bool:
    """Return True if the feed's text is the article itself, and no teaser of it."""
    text = without_signature(entry.text)
    return (
        entry.text_source in ("content", "description")
        and not is_cut_off(text)
        and len(_words(text)) >= ARTICLE_WORDS
    )


def chosen(entry: Entry, page: Page, has_selector: bool = False) -> Choice:
    """Return the article's text: the page's, or the feed's where the page's is doubtful.

    `has_selector`: a person said where the article stands, so its headline need not be found.
    """
    doubt = _doubt(entry, page, has_selector)
    return Choice(
        entry.text if doubt else page.text,
        entry.published_at or _utc(page.published_at),
        entry.updated_at or _utc(page.updated_at),
        doubt,
    )


def _doubt(entry: Entry, page: Page, has_selector: bool) -> str | None:
    if len(_words(page.text)) < LEAST_WORDS:
        return "the page holds no text of an article"
    if not page.is_free and is_cut_off(page.text):
        return "the page shows only the beginning, the rest is for subscribers"
    if len(page.text) < len(entry.text):
        return "the page holds less text than the feed"
    if not has_selector and not _is_about(entry.title, page):
        return "the page is not about the entry's headline"
    return None


def _is_about(title: str, page: Page) -> bool:
    named = {word for word in _words(title) if len(word) >= NAMING_CHARS}
    held = set(_words(f"{page.title}\n{page.text}"))
    return len(named & held) >= ABOUT * len(named)


def _words(text: str) -> list[str]:
    return tokens(text).words


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
