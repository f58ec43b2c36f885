"""The article of a page: its text, its times, and what is left out."""

import json

import pytest
from pages import AT, PARAGRAPHS, TITLE, fetched, html

from services.errors import InvalidMessage
from services.poller.pages.extract import extract_page

TEXT = "\n\n".join(PARAGRAPHS)


def ld(**kw):
    row = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE} | kw
    return f'<script type="application/ld+json">{json.dumps(row)}</script>'


def test_the_text_is_the_article_without_headline_menu_and_sidebar():
    page = extract_page(fetched(html()))
    assert (page.title, page.text) == (f"{TITLE} - The Herald", TEXT)


def test_references_buttons_and_rights_are_no_part_of_the_article():
    extra = ("Read more: Harbour to be dredged", "Story continues below", "© The Herald 2031")
    assert extract_page(fetched(html(PARAGRAPHS[0], *extra, *PARAGRAPHS[1:]))).text == TEXT


def test_times_with_a_zone_are_kept_in_it():
    head = ld(datePublished="2031-05-06T23:30:00-05:00", dateModified="2031-05-07T08:00:00Z")
    page = extract_page(fetched(html(head=head)))
    assert page.published_at.isoformat() == "2031-05-06T23:30:00-05:00"
    assert page.updated_at.isoformat() == "2031-05-07T08:00:00+00:00"
    assert page.published_on.isoformat() == "2031-05-06"


def test_a_day_alone_is_no_time():
    head = '<meta property="article:published_time" content="2031-05-06">'
    page = extract_page(fetched(html(head=head)))
    assert (page.published_at, page.published_on.isoformat()) == (None, "2031-05-06")


@pytest.mark.parametrize(
    ("said", "is_kept"),
    [
        ("2031-05-08T12:00:00Z", True),
        ("2031-05-08T12:00:01Z", False),
        ("1995-01-01T00:00:00Z", True),
        ("1994-12-31T23:59:59Z", False),
        ("9999-12-31T23:59:59-14:00", False),
        ("yesterday", False),
    ],
)
def test_an_update_that_can_not_be_true_is_none(said, is_kept):
    page = extract_page(fetched(html(head=ld(dateModified=said))))
    assert (page.updated_at is not None) is is_kept


def test_json_ld_that_holds_the_text_and_more_goes_before_it():
    more = (
        " ".join(PARAGRAPHS) + " A tug from Sund reached the ship at noon and stays beside it." * 2
    )
    page = extract_page(fetched(html(head=ld(articleBody=more))))
    assert page.text == more


def test_json_ld_of_another_text_is_not_believed():
    other = "Subscribe to the Herald for four crowns a week and read whatever you like. " * 20
    assert extract_page(fetched(html(head=ld(articleBody=other)))).text == TEXT


def test_json_ld_with_the_same_words_leaves_the_paragraphs():
    page = extract_page(fetched(html(head=ld(articleBody=" ".join(PARAGRAPHS)))))
    assert page.text == TEXT


def test_broken_json_ld_costs_nothing():
    head = '<script type="application/ld+json">{"@type": "NewsArticle", </script>'
    assert extract_page(fetched(html(head=head))).text == TEXT


def test_a_page_for_subscribers_is_told():
    assert not extract_page(fetched(html(head=ld(isAccessibleForFree="False")))).is_free
    assert extract_page(fetched(html(head=ld()))).is_free


def test_a_selector_names_the_article():
    page = html(around="<div class='box story'><p>" + PARAGRAPHS[1] + "</p></div>")
    assert extract_page(fetched(page, selector="div.story")).text == PARAGRAPHS[1]
    assert extract_page(fetched(page, selector="div.none")).text == ""


def test_a_wrong_selector_is_told():
    with pytest.raises(InvalidMessage, match="no CSS selector"):
        extract_page(fetched(html(), selector="div["))


def test_a_page_without_an_article_has_no_text():
    assert extract_page(fetched("<html></html>")).text == ""


@pytest.mark.parametrize("body", [b"", b"   ", b"<!-- a -->"])
def test_what_is_no_html_is_refused(body):
    with pytest.raises(InvalidMessage) as told:
        extract_page(fetched(body))
    assert told.value.reason == "no-page"


def test_the_day_does_not_come_from_the_wall_clock():
    page = html(PARAGRAPHS[0], "Published 6 May 2031", *PARAGRAPHS[1:])
    assert AT.year == 2031
    assert extract_page(fetched(page)).published_on.isoformat() == "2031-05-06"
