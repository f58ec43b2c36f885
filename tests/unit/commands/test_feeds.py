"""Feed lists: what is read of OPML and YAML, and what is refused."""

import json

import pytest
from click.testing import CliRunner

from services.commands.feeds import feeds, opml, read_feeds
from services.errors import ConfigError

OPML = """<opml version="1.0"><body><outline text="News">
<outline type="rss" text="Herald & Co" title="Herald &amp; Co" xmlUrl="https://herald.example/feed?a=1&b=2"/>
<outline text="Again" xmlUrl="https://herald.example/feed?a=1&b=2"/><outline xmlurl="feed://courier.example/rss"/></outline>"""


@pytest.fixture
def write(tmp_path):
    def to(name, text):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return to


def test_broken_opml_gives_each_address_once(write):
    found = read_feeds(write("f.opml", OPML))
    assert [f.url for f in found] == ["https://herald.example/feed?a=1&b=2", "http://courier.example/rss"]


def test_an_outlet_without_a_name_is_called_after_its_host(write):
    (feed,) = read_feeds(write("f.yaml", "- url: https://www.courier.example/rss"))
    assert feed.outlet == "courier.example"


def test_yaml_sets_everything_but_the_id(write):
    (feed,) = read_feeds(write("f.yaml", "- {url: 'https://a.example/', outlet: A, outlet_family: G, interval_seconds: 30}"))
    assert (feed.outlet, feed.outlet_family, feed.interval_seconds) == ("A", "G", 30)
    assert len(feed.feed_id) == 20


def test_an_exported_list_reads_back_the_same(write):
    found = read_feeds(write("f.yaml", "- {url: 'https://a.example/?x=1&y=2', title: 'A & B'}"))
    again = read_feeds(write("g.opml", opml(found).decode()))
    assert [(f.url, f.title) for f in again] == [("https://a.example/?x=1&y=2", "A & B")]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("f.yaml", "- {url: 'ftp://a.example'}", "no http"),
        ("f.yaml", "- {outlet: A}", "feed 1 has no url"),
        ("f.yaml", "- {url: 'https://a.example/', interval_seconds: often}", "interval_seconds"),
        ("f.yaml", "a: b", "a list of feeds"),
        ("f.yaml", "[", "neither OPML nor YAML"),
        ("f.opml", "", "not OPML"),
        ("f.opml", "<opml><body/></opml>", "no feeds found"),
    ],
)
def test_what_can_not_be_used_is_told_with_its_place(write, name, text, says):
    with pytest.raises(ConfigError, match=says):
        read_feeds(write(name, text))


def test_a_missing_file_is_told():
    with pytest.raises(ConfigError, match="No such file"):
        read_feeds("/nowhere/f.opml")


def test_a_dry_run_writes_a_row_a_feed_and_needs_no_broker(write):
    path = write("f.yaml", "- {url: 'https://a.example/', title: A}")
    result = CliRunner().invoke(feeds, ["import", "--dry-run", path], catch_exceptions=False)
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"file": path, "url": "https://a.example/", "title": "A"}
    ]
