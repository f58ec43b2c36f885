"""Where a web site may have its feeds."""

from hypothesis import given
from hypothesis import strategies as st

from services.desk.feeds.discovery import MOST, linked_feeds, usual_feeds

PAGE = b"""<html><head><base href="https://cdn.example/x/">
<link rel="stylesheet" type="text/css" href="a.css">
<LINK REL='Alternate' TYPE='application/rss+xml; charset=utf-8' HREF='news.rss'>
<link rel="alternate" hreflang="it" href="/it/">
<link rel="alternate" type="application/atom+xml" href="https://herald.example/atom">
</head><body><a href="/rss.xml?all=1">RSS</a><a href="/feedback">Write</a>
<a href="javascript:rss">x</a><a href="http://[broken/feed">y</a></body></html>"""


def test_declared_feeds_come_before_linked_ones_relative_to_the_base():
    assert linked_feeds(PAGE, "https://herald.example/") == [
        "https://cdn.example/x/news.rss",
        "https://herald.example/atom",
        "https://cdn.example/rss.xml?all=1",
    ]


def test_common_places_are_below_the_address_and_at_the_root():
    found = usual_feeds("https://herald.example/world")
    assert found[:2] == ["https://herald.example/world/feed", "https://herald.example/feed"]
    assert usual_feeds("https://herald.example/")[0] == "https://herald.example/feed"


@given(st.binary(max_size=200))
def test_no_page_ends_the_search(body):
    assert len(linked_feeds(b"<link rel=alternate type=text/xml href='" + body, "https://a.b/")) < (
        MOST + 1
    )
