"""Ids of feeds: given once, kept when an address changes or is imported again."""

import pytest

from services.commands.feed_store import named, reconciled
from services.errors import ConfigError
from services.messages import Feed
from services.text.hashes import digest


def feed(url, feed_id=None, outlet="A", **more):
    return Feed(feed_id=feed_id or digest(url), url=url, outlet=outlet, **more)


HERE, THERE = "https://a.example/rss", "https://b.example/rss"


def test_a_feed_that_is_saved_already_keeps_its_id_and_takes_the_new_definition():
    (saved,), told = reconciled([feed(HERE, interval_seconds=30)], [feed(HERE, "herald")])
    assert (saved.feed_id, saved.interval_seconds, told) == ("herald", 30, [])


def test_another_spelling_of_a_saved_address_is_left_out_and_told():
    taken, (line,) = reconciled([feed("http://A.example:80/rss/?utm_source=x")], [feed(HERE)])
    assert taken == []
    assert line.endswith(f"is left out: it is the feed {HERE}")


def test_a_feed_with_the_id_of_a_saved_one_changes_its_address():
    (saved,), (line,) = reconciled([feed(THERE, "herald")], [feed(HERE, "herald")])
    assert (saved.feed_id, saved.url) == ("herald", THERE)
    assert line == f"herald moves from {HERE} to {THERE}"


def test_a_new_feed_at_an_address_that_another_one_left_gets_an_id_of_its_own():
    moved = feed(THERE, digest(HERE))
    (saved,), told = reconciled([feed(HERE)], [moved])
    assert saved.feed_id != moved.feed_id
    assert told == []
    assert reconciled([feed(HERE)], [moved])[0] == [saved]


def test_two_spellings_in_two_files_of_one_import_are_one_feed():
    taken, told = reconciled([feed(HERE), feed(HERE), feed("http://a.example/rss")], [])
    assert [one.url for one in taken] == [HERE]
    assert len(told) == 1


@pytest.mark.parametrize("name", ["herald", "http://a.example/rss/", "The Herald"])
def test_a_feed_is_named_by_its_id_any_spelling_of_its_address_or_its_outlet(name):
    known = [feed(HERE, "herald", "The Herald"), feed(THERE)]
    assert named([name], known) == known[:1]


def test_a_name_of_no_feed_is_told():
    with pytest.raises(ConfigError, match="no feed has the id heralt: did you mean herald"):
        named(["heralt"], [feed(HERE, "herald")])
