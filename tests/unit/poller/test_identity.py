"""Identity of articles and addresses."""

import pytest

from services.poller.identity import article_id, content_hash, url_key
from services.text.web_addresses import canonical_url


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Herald.Example:443/a#top", "https://herald.example/a"),
        (
            "https://herald.example/a?id=1&utm_source=x&UTM_medium=y",
            "https://herald.example/a?id=1",
        ),
        (
            "https://herald.example/a?id=1&at_medium=rss&xtor=RSS-3&cmpid=x&CMP=feed&mod=rss&ref=rss"
            "&source=rss",
            "https://herald.example/a?id=1",
        ),
        ("https://herald.example/a?ref=4711", "https://herald.example/a?ref=4711"),
        ("https://herald.example/a?source=wire", "https://herald.example/a?source=wire"),
        ("https://herald.example/a;jsessionid=A1?x=1", "https://herald.example/a?x=1"),
        ("https://herald.example/a?b=%20&c", "https://herald.example/a?b=%20&c"),
        ("http://herald.example", "http://herald.example/"),
        ("http://[2001:db8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("javascript:alert(1)", None),
        ("http://[broken/", None),
        ("/relative", None),
    ],
)
def test_addresses_lose_what_does_not_name_the_page(url, canonical):
    assert canonical_url(url) == canonical


def test_the_guid_names_the_article_whatever_its_address():
    assert article_id("f", "g", "https://a.example/1", "T") == article_id(
        "f", "g", "https://a.example/2", "U"
    )


def test_without_a_guid_the_canonical_address_does():
    assert article_id("f", None, "https://a.example/1?utm_source=x", "T") == article_id(
        "f", None, "https://a.example/1", "U"
    )


def test_feeds_do_not_share_ids_but_share_address_keys():
    assert article_id("f", "g", None, "T") != article_id("h", "g", None, "T")
    assert url_key("x", "https://a.example/1#c") == url_key("y", "https://a.example/1")


def test_content_is_title_and_text_apart_from_blanks():
    assert content_hash("T", "a b") == content_hash("T ", "a\n b")
    assert content_hash("T", "a b") != content_hash("T", "a c")
