"""Reading feeds: the formats, the broken ones, the hostile ones."""

from datetime import UTC, datetime

import pytest

from services.errors import InvalidMessage
from services.poller.feed import parse_feed

URL = "https://herald.example/feed"


def rss(items, head=""):
    return f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>H</title>{items}</channel></rss>'.encode()


def read(body):
    return parse_feed(body, "application/rss+xml", URL)


def test_rss_gives_title_link_text_date_and_source():
    feed = read(
        rss(
            '<item><title>A &amp; B</title><link>/1?x=1</link><guid>g</guid><source url="https://wire.example/">Wire</source>'
            "<description>&lt;p&gt;Text&lt;/p&gt;</description><pubDate>Sat, 03 May 2031 06:00:00 +0200</pubDate></item>"
        )
    )
    (entry,) = feed.entries
    assert (entry.guid, entry.title, entry.url) == ("g", "A & B", "https://herald.example/1?x=1")
    assert (entry.html, entry.source_name) == ("<p>Text</p>", "Wire")
    assert entry.published_at == datetime(2031, 5, 3, 4, tzinfo=UTC)


def test_atom_gives_its_full_content():
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><title>H</title><entry><id>urn:1</id><title>T</title>'
        b'<link href="https://herald.example/1"/><summary>Short</summary><content type="html">&lt;p&gt;The long one&lt;/p&gt;'
        b"</content><updated>2031-05-03T06:00:00Z</updated></entry></feed>"
    )
    (entry,) = read(body).entries
    assert (entry.guid, entry.html) == ("urn:1", "<p>The long one</p>")


def test_json_feed_is_read():
    body = (
        b'{"version": "https://jsonfeed.org/version/1.1", "title": "H", "language": "en-US", "items": [{"id": "1", "title": "T",'
        b' "url": "https://herald.example/1", "content_html": "<p>x</p>", "date_published": "2031-05-03T06:00:00+02:00"}]}'
    )
    feed = parse_feed(body, "application/feed+json", URL)
    assert (feed.language, feed.entries[0].html) == ("en", "<p>x</p>")
    assert feed.entries[0].published_at == datetime(2031, 5, 3, 4, tzinfo=UTC)


def test_no_date_stays_unknown():
    assert read(rss("<item><title>T</title></item>")).entries[0].published_at is None
    assert read(rss("<item><title>T</title><pubDate>soon</pubDate></item>")).entries[0].published_at is None


def test_a_script_address_is_no_link():
    assert read(rss("<item><title>T</title><link>javascript:alert(1)</link></item>")).entries[0].url is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"<!doctype html><html><body>Moved</body></html>", "not-a-feed"),
        (b"this is plain text", "not-xml"),
        (b'{"items": []}', "not-a-feed"),
        (b"{broken", "not-a-feed"),
        pytest.param(b'{"items": ' + b"[" * 100_000, "not-a-feed", id="nested too deep"),
        (rss("", head='<!DOCTYPE rss [<!ENTITY a "aaaa">]>'), "entities"),
        (rss("", head='<!DOCTYPE rss [<!ENTITY a "aaaa">]>').decode().encode("utf-16"), "entities"),
    ],
)
def test_what_is_no_feed_is_refused_with_the_reason(body, reason):
    with pytest.raises(InvalidMessage) as caught:
        read(body)
    assert caught.value.reason == reason


def test_an_article_may_write_about_entities():
    feed = read(rss("<item><title>T</title><description><![CDATA[<!DOCTYPE x [<!ENTITY a 'b'>]>]]></description></item>"))
    assert len(feed.entries) == 1


def test_a_feed_cut_off_gives_what_came_and_says_so():
    feed = read(rss("<item><title>First</title></item><item><title>Second</title></item>")[:-40])
    assert feed.entries[0].title == "First"
    assert "broken markup" in feed.problems[0]
