"""What looks like a feed, and what only holds words of one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.feeds.sniffing import LOOKED_AT, MOST_TITLE_CHARS, sniffed

RSS = b"<?xml version='1.0'?><rss version='2.0'><channel><title>The Herald</title>"


@pytest.mark.parametrize(
    ("body", "title", "n"),
    [
        (RSS + b"<item/><item>x</item></channel></rss>", "The Herald", 1),
        (b"<feed xmlns='a'><title type='text'> A &amp; B\n</title><entry> </entry>", "A & B", 1),
        (b"<rdf:RDF ><title><![CDATA[News]]></title><item >", "News", 1),
        (b'{"version": "https://jsonfeed.org/version/1.1", "title": "J"}', "J", 0),
        (b"<!-- " + b"x" * (LOOKED_AT - 100) + b" --><rss ><channel>", "", 0),
        (b"<urlset ><url ><url >", "", 2),
    ],
)
def test_feeds_are_known_by_their_root(body, title, n):
    found = sniffed(body)
    assert found is not None
    assert (found.title, found.n_entries) == (title, n)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><html><body>&lt;rss&gt; <rss >",
        b"<html><head><title>x</title></head><feed >",
        b'{"version": "1"}',
        b" " * LOOKED_AT + b"<rss >",
        b"<rssx>",
    ],
)
def test_pages_and_other_documents_are_none(body):
    assert sniffed(body) is None


def test_a_title_is_bounded():
    found = sniffed(RSS.replace(b"The Herald", b"x" * 900))
    assert found is not None
    assert len(found.title) == MOST_TITLE_CHARS


@given(st.binary(max_size=300))
def test_nothing_breaks_it(body):
    sniffed(body)
    sniffed(RSS + body)
