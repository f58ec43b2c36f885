"""`feeds list` and `feeds check`: what a person sees of each feed."""

import json
from datetime import timedelta

import pytest
from builders import START
from click.testing import CliRunner
from loops import send

from services.adapters.memory import MemoryBroker
from services.commands.feeds import feeds
from services.commands.world import Instead
from services.messages import Feed, FeedState, FeedTiming, FeedTimings, encode
from services.ports import Outgoing
from services.settings import Settings

SOON = START + timedelta(minutes=5)


@pytest.fixture
def run():
    broker = MemoryBroker()
    for name in ("good", "bad"):
        feed = Feed(feed_id=name, url=f"https://{name}.example/rss", outlet=name.title())
        send(broker, Outgoing("feeds", name, encode(feed)))
    good = FeedState(feed_id="good", last_success_at=START, last_new_at=START)
    bad = FeedState(feed_id="bad", failures=2, last_error="HTTP 404", failing_since=START)
    told = FeedTimings(
        partition="0",
        at=START,
        feeds=tuple(FeedTiming(feed_id=name, next_at=SOON) for name in ("good", "bad")),
    )
    send(
        broker,
        Outgoing("feed-states", "good", encode(good)),
        Outgoing("feed-states", "bad", encode(bad)),
        Outgoing("feed-states", "odd", b"{"),
        Outgoing("feed-timings", "0", encode(told)),
    )

    def invoke(*words):
        there = Instead(settings=Settings(clock=f"{START.isoformat()},0"), broker=broker)
        return CliRunner().invoke(feeds, words, obj=there)

    return invoke


def test_the_list_has_health_last_item_last_error_and_next_poll_of_each_feed(run):
    rows = {row["feed_id"]: row for row in map(json.loads, run("list").output.splitlines())}
    assert rows["good"]["health"] == "well"
    assert rows["good"]["last_new_at"] == START.isoformat().replace("+00:00", "Z")
    assert rows["bad"]["last_error"] == "HTTP 404"
    assert rows["bad"]["next_poll_at"] == SOON.isoformat().replace("+00:00", "Z")


def test_a_check_names_what_is_not_well_and_fails(run):
    done = run("check")
    assert done.exit_code == 1
    assert done.output == (
        "Bad  https://bad.example/rss\n"
        "    fails for 0 s, 2 times in a row: HTTP 404; next poll in 5 min\n"
        "1 feed well, 1 not\n"
    )


def test_a_check_of_a_named_feed_says_how_it_is(run):
    done = run("check", "Good")
    assert done.exit_code == 0
    assert "well: the last new item came 0 s ago; next poll in 5 min" in done.output
