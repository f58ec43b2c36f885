"""JSON Feed, whole and broken."""

import json

import pytest
from reading import read

from services.errors import InvalidMessage
from services.poller.reading.scan import MAX_ITEMS


def feed(*items, **head):
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": "The Herald", **head, "items": items}).encode()


def test_an_item_is_read_with_its_head():
    found = read(
        feed(
            {
                "id": 7,
                "external_url": "/1",
                "title": "A <b> & c",
                "content_text": "One <i>\n\ntwo",
                "summary": "One",
                "date_published": "2031-05-06T13:30:00Z",
                "date_modified": "2031-05-06T15:30:00Z",
                "language": "pt-BR",
                "attachments": [{"url": "https://herald.example/a.mp3"}],
            },
            home_page_url="https://herald.example/",
            feed_url="https://herald.example/feed.json",
            next_url="https://herald.example/feed.json?page=2",
            hubs=[{"type": "WebSub", "url": "https://hub.example/"}],
            language="pt",
        )
    )
    (entry,) = found.entries
    assert (entry.guid, entry.url) == ("7", "https://herald.example/1")
    assert (entry.title, entry.text, entry.text_source) == (
        "A <b> & c",
        "One <i>\n\ntwo",
        "content",
    )
    assert (entry.published_at.hour, entry.updated_at.hour) == (13, 15)
    assert (entry.language, entry.enclosure_url) == ("pt", "https://herald.example/a.mp3")
    assert (found.site_url, found.language) == ("https://herald.example/", "pt")
    assert found.self_url == "https://herald.example/feed.json"
    assert found.next_archive == "https://herald.example/feed.json?page=2"
    assert found.hub_urls == ("https://hub.example/",)


@pytest.mark.parametrize("n_items", [MAX_ITEMS, MAX_ITEMS + 1])
@pytest.mark.parametrize("end", ["", "cut"])
def test_items_beyond_the_bound_refuse_the_document(n_items, end):
    body = feed(*({"id": str(n)} for n in range(n_items)))
    body = body[:-2] if end else body
    if n_items <= MAX_ITEMS:
        assert read(body).n_items == n_items
        return
    with pytest.raises(InvalidMessage) as caught:
        read(body)
    assert caught.value.reason == "too-complex"


def test_items_of_other_types_are_told_and_left_out():
    found = read(feed({"id": "1"}, "x", None))
    assert (len(found.entries), found.problems[0]) == (1, "2 items are no objects")


@pytest.mark.parametrize("guid", [None, "", [], {}, True])
def test_an_id_of_another_type_is_none(guid):
    assert read(feed({"id": guid, "title": "T"})).entries[0].guid is None
