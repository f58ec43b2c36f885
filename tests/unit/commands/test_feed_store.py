"""Ids of feeds: given once, kept when an address changes or is imported again."""

import click
import pytest
from loops import send

from services.adapters.memory import MemoryBroker
from services.commands.feed_store import named, save
from services.commands.world import Instead
from services.desk.feeds.saving import reconciled
from services.errors import ConfigError
from services.messages import Feed, FeedState, MovedTo, encode
from services.ports import Outgoing
from services.settings import Settings
from services.text.hashes import digest


def feed(url, feed_id=None, outlet="A", **more):
    return Feed(feed_id=feed_id or digest(url), url=url, outlet=outlet, **more)


HERE, THERE = "https://a.example/rss", "https://b.example/rss"


def test_a_feed_that_is_saved_already_keeps_its_id_and_takes_the_new_definition():
    (saved,), told = reconciled([feed(HERE, interval_seconds=30)], [feed(HERE, "herald")], {})
    assert (saved.feed_id, saved.interval_seconds, told) == ("herald", 30, [])


def test_another_spelling_of_a_saved_address_is_left_out_and_told():
    taken, (line,) = reconciled([feed("http://A.example:80/rss/?utm_source=x")], [feed(HERE)], {})
    assert taken == []
    assert line.endswith(f"is left out: it is the feed {HERE}")


def test_a_feed_with_the_id_of_a_saved_one_changes_its_address():
    (saved,), (line,) = reconciled([feed(THERE, "herald")], [feed(HERE, "herald")], {})
    assert (saved.feed_id, saved.url) == ("herald", THERE)
    assert line == f"herald moves from {HERE} to {THERE}"


def test_a_new_feed_at_an_address_that_another_one_left_gets_an_id_of_its_own():
    moved = feed(THERE, digest(HERE))
    (saved,), told = reconciled([feed(HERE)], [moved], {})
    assert saved.feed_id != moved.feed_id
    assert told == []
    assert reconciled([feed(HERE)], [moved], {})[0] == [saved]


def test_two_spellings_in_two_files_of_one_import_are_one_feed():
    taken, told = reconciled([feed(HERE), feed(HERE), feed("http://a.example/rss")], [], {})
    assert [one.url for one in taken] == [HERE]
    assert len(told) == 1


def state(feed_id, to, asked=HERE):
    return Outgoing(
        "feed-states",
        feed_id,
        encode(FeedState(feed_id=feed_id, moved=MovedTo(asked=asked, to=to) if to else None)),
    )


@pytest.mark.parametrize(
    ("rows", "is_known"),
    [
        ([state("a", THERE)], True),
        ([state("a", f"{THERE}/?utm_source=x")], True),
        ([state("a", THERE, asked="https://former.example/")], False),
        ([state("a", THERE), state("a", None)], False),
        ([Outgoing("feed-states", "a", b"{")], False),
    ],
    ids=["moved", "another spelling", "another address since", "moved back", "unreadable"],
)
def test_the_address_that_a_saved_feed_has_moved_to_is_left_out_and_told(rows, is_known, capsys):
    broker = MemoryBroker()
    send(broker, Outgoing("feeds", "a", encode(feed(HERE, "a"))), *rows)
    with click.Context(click.Command("x"), obj=Instead(broker=broker)):
        assert save(Settings(), [feed(THERE)]) == (not is_known)
        # With its id, the feed itself goes there.
        assert save(Settings(), [feed(THERE, "a")]) == 1
    left_out = f"{THERE} is left out: it is the feed {HERE}, which moved there"
    assert (left_out in capsys.readouterr().err) == is_known


@pytest.mark.parametrize("name", ["herald", "http://a.example/rss/", "The Herald"])
def test_a_feed_is_named_by_its_id_any_spelling_of_its_address_or_its_outlet(name):
    known = [feed(HERE, "herald", "The Herald"), feed(THERE)]
    assert named([name], known) == known[:1]


def test_a_name_of_no_feed_is_told():
    with pytest.raises(ConfigError, match="no feed has the id heralt: did you mean herald"):
        named(["heralt"], [feed(HERE, "herald")])
