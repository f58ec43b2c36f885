"""Tables of feeds: what is read, and what is refused."""

import pytest

from services.desk.feeds.checking import check_feeds
from services.desk.feeds.table import to_csv


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_with_names_of_columns_is_read_by_them(delimiter):
    rows = ["Name,Feed,interval,lang", "The Herald,https://a.example/rss,30,en"]
    text = "\r\n".join(row.replace(",", delimiter) for row in rows)
    (feed,) = check_feeds(text.encode("utf-8-sig"), "f.csv").feeds
    assert (feed.url, feed.outlet, feed.interval_seconds, feed.language) == (
        "https://a.example/rss",
        "The Herald",
        30,
        "en",
    )


def test_a_table_without_names_holds_addresses_and_titles():
    found = check_feeds(b"https://a.example/rss,A\n\nhttps://b.example/rss\n", "f.csv")
    assert [(feed.url, feed.title) for feed in found.feeds] == [
        ("https://a.example/rss", "A"),
        ("https://b.example/rss", None),
    ]
    assert found.problems == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("url,colour\nhttps://a.example/,red\n", "f.csv:1: colour is no column of feeds"),
        ("title\nA\n", "f.csv:1: no column is named url"),
        ("url,feed\nhttps://a.example/,x\n", "f.csv:1: the column url is given twice"),
        ("url,interval\nhttps://a.example/,often\n", "f.csv:2: interval_seconds is 'often'"),
        ("url,enabled\nhttps://a.example/,perhaps\n", "f.csv:2: enabled is 'perhaps'"),
        ("url,title\n,A\n", "f.csv:2: url is missing"),
        ("url,ids\nhttps://a.example/,number\n", "f.csv:2: Invalid enum value 'number'"),
        ("", "f.csv:1: no feeds found"),
    ],
)
def test_what_can_not_be_used_is_told_with_its_place(text, says):
    assert says in "\n".join(map(str, check_feeds(text.encode(), "f.csv").problems))


def test_an_exported_table_reads_back_the_same():
    given = check_feeds(
        b"- {url: 'https://a.example/?x=1,2', outlet: 'A \"B\"', zone: Europe/Rome, ids: link,"
        b" interval_seconds: 30, enabled: false, credentials: herald, feed_id: a}",
        "f.yaml",
    ).feeds
    assert given
    assert check_feeds(to_csv(given).encode(), "f.csv").feeds == given
