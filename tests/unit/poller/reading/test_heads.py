"""What a feed tells about itself."""

from datetime import UTC, datetime, timedelta

import pytest
from reading import atom, read, rss

ITEM = "<guid>1</guid><title>T</title><pubDate>2031-05-06T13:30:00Z</pubDate>"


def test_the_links_of_a_feed_are_read_in_rss_and_atom():
    links = (
        '<{0}link rel="self" href="/feed"/><{0}link rel="hub" href="https://hub.example/"/>'
        '<{0}link rel="hub" href="https://hub2.example/"/>'
        '<{0}link rel="prev-archive" href="/feed/2031-04"/>'
    )
    for body in (
        rss(ITEM, head="<link>https://herald.example/</link>" + links.format("atom:")),
        atom("<id>1</id>", head=links.format("") + '<link href="https://herald.example/"/>'),
    ):
        found = read(body)
        assert found.site_url == "https://herald.example/"
        assert found.self_url == "https://herald.example/feed"
        assert found.hub_urls == ("https://hub.example/", "https://hub2.example/")
        assert found.next_archive == "https://herald.example/feed/2031-04"


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        ("<ttl>15</ttl>", 900),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", 3600),
        (
            "<sy:updatePeriod> hourly </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            900,
        ),
        ("<sy:updatePeriod>daily</sy:updatePeriod><ttl>5</ttl>", 86400),
        ("<ttl>soon</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>9e999</ttl>", None),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            None,
        ),
        ("", None),
    ],
)
def test_the_rhythm_that_a_feed_declares_is_in_seconds(head, seconds):
    assert read(rss(ITEM, head=head)).update_seconds == seconds


def test_entries_that_a_feed_declares_deleted_are_told():
    found = read(
        atom(
            "<id>1</id>",
            head='<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" '
            'ref="urn:2" when="2031-05-06T13:30:00Z"/>',
        )
    )
    (stone,) = found.deleted
    assert (stone.ref, stone.when) == ("urn:2", datetime(2031, 5, 6, 13, 30, tzinfo=UTC))


def test_the_language_of_a_feed_reads_its_dates():
    found = read(
        rss(
            "<guid>1</guid><pubDate>6 listopada 2031 13:30</pubDate>",
            head="<language>hr</language>",
        )
    )
    assert (found.language, found.entries[0].published_at.month) == ("hr", 10)


@pytest.mark.parametrize(("minutes", "is_told"), [(31, True), (30, False)])
def test_dates_that_run_ahead_of_the_poll_are_told_as_an_error_of_the_zone(minutes, is_told):
    poll = datetime(2031, 5, 6, 13, 30, tzinfo=UTC) - timedelta(minutes=minutes)
    found = read(rss(ITEM), at=poll)
    assert found.entries[0].published_at is not None
    assert any("local time" in problem for problem in found.problems) == is_told


def test_the_zone_of_the_feed_is_that_of_times_that_give_none():
    body = rss("<guid>1</guid><pubDate>2031-05-06 15:30</pubDate>")
    at = read(body, zone="Europe/Rome").entries[0].published_at
    assert at == datetime(2031, 5, 6, 13, 30, tzinfo=UTC)
    assert "unknown" in read(body, zone="Europe/Nowhere").problems[0]


def test_rdf_is_read_by_its_own_rules():
    body = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        b'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        b"<channel><title>The Herald</title><link>https://herald.example/</link></channel>"
        b'<item rdf:about="urn:1"><title>T</title><link>/1</link>'
        b"<dc:date>2031-05-06T13:30:00Z</dc:date></item></rdf:RDF>"
    )
    found = read(body)
    (entry,) = found.entries
    assert (found.title, entry.guid, entry.url) == (
        "The Herald",
        "urn:1",
        "https://herald.example/1",
    )
    assert entry.published_at is not None
