"""When a page is wanted, and which text is the article's."""

from datetime import UTC, datetime

import pytest
from pages import PARAGRAPHS, TITLE

from services.messages.feed import PageRules
from services.poller.pages.choose import ARTICLE_WORDS, LEAST_WORDS, chosen, wants_page
from services.poller.pages.page import Page
from services.poller.reading.entry import Entry

URL = "https://herald.example/news/ferry"
TEXT = "\n\n".join(PARAGRAPHS)
WHOLE = "word " * ARTICLE_WORDS


def entry(text="The ferry ran aground.", **kw):
    given = {"guid": "1", "url": URL, "title": TITLE, "text_source": "description"}
    return Entry(text=text, **(given | kw))


def test_the_page_is_wanted_where_the_feed_holds_a_teaser():
    auto = PageRules()
    assert wants_page(auto, entry())
    assert not wants_page(auto, entry(WHOLE))
    assert wants_page(auto, entry("word " * (ARTICLE_WORDS - 1)))
    assert wants_page(auto, entry(WHOLE + "…"))
    assert wants_page(auto, entry(WHOLE, text_source="media"))
    assert not wants_page(auto, entry(url=None))


@pytest.mark.parametrize(
    ("rules", "is_wanted"),
    [
        (PageRules(fetch="never"), False),
        (PageRules(include=("/news/",)), True),
        (PageRules(include=("/sport/",)), False),
        (PageRules(exclude=("/news/",)), False),
        (PageRules(include=("/news/",), exclude=("ferry",)), False),
    ],
)
def test_the_rules_of_a_feed_decide_which_pages_are_asked_for(rules, is_wanted):
    assert wants_page(rules, entry()) is is_wanted


def test_always_means_articles_too():
    assert wants_page(PageRules(fetch="always"), entry(WHOLE))


def test_a_page_about_the_headline_gives_the_text():
    choice = chosen(entry(), Page(TITLE, TEXT))
    assert (choice.text, choice.doubt) == (TEXT, None)


def test_the_feed_s_times_go_before_the_page_s():
    at, later = datetime(2031, 5, 6, tzinfo=UTC), datetime(2031, 5, 7, tzinfo=UTC)
    page = Page(TITLE, TEXT, published_at=later, updated_at=later)
    assert chosen(entry(published_at=at), page).published_at == at
    assert chosen(entry(), page).updated_at == later


@pytest.mark.parametrize(
    ("page", "doubt"),
    [
        (Page(TITLE, ""), "no text"),
        (Page(TITLE, "word " * (LEAST_WORDS - 1)), "no text"),
        (Page("Cookies", "We and our partners store cookies on your device. " * 9), "headline"),
        (Page(TITLE, TEXT + " …", is_free=False), "subscribers"),
    ],
)
def test_a_doubtful_page_leaves_the_feed_s_text_and_says_why(page, doubt):
    choice = chosen(entry(), page)
    assert choice.text == "The ferry ran aground."
    assert doubt in (choice.doubt or "")


def test_a_page_with_less_than_the_feed_is_doubtful():
    assert "less text" in (chosen(entry(TEXT + TEXT), Page(TITLE, TEXT)).doubt or "")


def test_the_least_words_are_enough_for_a_page_that_a_selector_names():
    page = Page("", "word " * LEAST_WORDS)
    assert chosen(entry(), page).doubt
    assert chosen(entry(), page, has_selector=True).doubt is None
