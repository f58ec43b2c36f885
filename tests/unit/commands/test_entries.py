"""Saved feeds to entries, by the command."""

import json

import pytest
from click.testing import CliRunner
from reading import rss

from services.commands.entries import MAX_BYTES, entries
from services.errors import ConfigError

ITEM = (
    "<guid>1</guid><title>Dam holds</title><link>/1</link><pubDate>2031-05-06 15:30</pubDate>"
    "<description>The dam held.</description>"
)


def run(*words, given=None):
    done = CliRunner().invoke(entries, words, input=given)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def feed(tmp_path):
    path = tmp_path / "feed.xml"
    path.write_bytes(rss(ITEM, head="<link>https://herald.example/</link>"))
    return path


def test_each_entry_is_a_line_with_its_feed(feed):
    done, (row,) = run(str(feed))
    assert (done.exit_code, row["file"], row["feed"]["title"]) == (0, str(feed), "The Herald")
    assert (row["title"], row["url"]) == ("Dam holds", "https://herald.example/1")
    assert (row["summary"], row["text_source"]) == ("The dam held.", "description")
    assert row["published_at"] == "2031-05-06T15:30:00Z"


def test_ids_do_not_depend_on_the_name_or_the_order_of_files(feed, tmp_path):
    other = tmp_path / "other.xml"
    other.write_bytes(feed.read_bytes())
    _, (row,) = run(str(feed))
    _, rows = run(str(other), str(feed))
    assert {r["entry_id"] for r in rows} == {row["entry_id"]}


def test_zone_and_time_of_the_poll_are_options(feed):
    _, (row,) = run("--zone", "Europe/Rome", str(feed))
    assert row["published_at"] == "2031-05-06T13:30:00Z"
    _, (row,) = run("--at", "2031-05-01", str(feed))
    assert row["published_at"] is None


def test_a_file_that_is_no_feed_is_one_error_row_and_the_others_are_read(feed, tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><html><body>Moved</body></html>")
    done, rows = run(str(page), str(feed))
    assert done.exit_code == 1
    assert (rows[0]["file"], rows[0]["error"][:10]) == (str(page), "not-a-feed")
    assert rows[1]["title"] == "Dam holds"
    assert "1 file could not be read" in done.stderr


def test_standard_input_is_read_and_damage_is_told(feed):
    done, rows = run("-", given=feed.read_bytes()[:-20])
    assert (done.exit_code, rows[0]["feed"]["is_damaged"]) == (0, True)
    assert "damaged" in done.stderr


def test_a_feed_without_entries_is_one_line(tmp_path):
    path = tmp_path / "index.xml"
    path.write_text(
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap>'
        "<loc>https://herald.example/a.xml</loc></sitemap></sitemapindex>"
    )
    _, (row,) = run(str(path))
    assert row["feed"]["sitemaps"] == ["https://herald.example/a.xml"]
    assert "entry_id" not in row


def test_a_file_larger_than_any_feed_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.xml"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(ConfigError, match="more than 10 MB"):
        run(str(path))
