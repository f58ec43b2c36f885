"""Feeds as their page shows them: who needs somebody stands first, in words, with what to do."""

from datetime import timedelta

import pytest
from builders import START

from services.desk.feeds.states import BROKEN, LEAST_LEAP, WHAT_TO_DO, counts, feed_rows
from services.messages import Feed, FeedTiming, FeedTimings

NOW = START
MINUTE = timedelta(minutes=1)


def rows(documents=None, timings=(), feeds=None, now=NOW):
    feeds = feeds or [Feed(feed_id="f", url="https://a.example/rss", outlet="Herald")]
    told = [FeedTimings(partition="0", at=now, feeds=tuple(timings))]
    return feed_rows(feeds, documents or {}, told, now, 60.0)


def document(**more):
    known = {"feed_id": "f", "last_success_at": iso(NOW - MINUTE), "failures": 0}
    return {"f": known | more}


def iso(at):
    return at.isoformat().replace("+00:00", "Z")


def due(at=NOW + MINUTE, **more):
    return FeedTiming(feed_id="f", polled_at=NOW - MINUTE, next_at=at, **more)


FAILING = {"failures": 3, "last_error": "HTTP 500", "failing_since": iso(NOW - timedelta(hours=2))}


ONCE = FAILING | {"failures": 1}


@pytest.mark.parametrize(
    ("documents", "timing", "health", "says", "does"),
    [
        ({}, due(), "new", "It was not polled yet.", "new"),
        (document(last_new_at=iso(NOW)), due(), "well", "It is read, and brings news.", ""),
        (document(), due(quiet=True), "quiet", "It has been silent for longer", "quiet"),
        (document(), due(NOW - 4 * MINUTE), "late", "It should have been polled", "late"),
        (document(**FAILING, trouble="refused"), due(), "failing", "failed for 2 h, 3", "refused"),
        (document(**ONCE, trouble="wall"), due(), "failing", "Its last poll", "wall"),
        (document(**FAILING, trouble="gone"), due(None), "died", "counts as dead", "gone"),
    ],
)  # fmt: skip
def test_each_state_has_its_sentence_and_what_to_do(documents, timing, health, says, does):
    (row,) = rows(documents, [timing])
    assert row.health == health
    assert says in row.says
    assert row.do == WHAT_TO_DO.get(does, "")
    assert row.is_broken == (health in BROKEN)
    assert bool(row.error) == bool(documents.get("f", {}).get("failures"))


@pytest.mark.parametrize("junk", [{"f": {}}, {"f": {"failures": "x"}}, {"g": {"feed_id": "g"}}])
def test_a_document_that_lacks_fields_is_no_error(junk):
    assert rows(junk, [due()])[0].health == "new"


def test_who_needs_somebody_stands_first_and_states_are_counted():
    names = ("well", "off", "bad", "also-bad")
    feeds = [
        Feed(feed_id=n, url=f"https://{n}.example/", outlet=n, enabled=n != "off") for n in names
    ]
    documents = {
        name: {"feed_id": name, "last_success_at": iso(NOW), "failures": int("bad" in name)}
        for name in names
    }
    timings = [FeedTiming(feed_id=name, next_at=NOW + MINUTE) for name in names]
    found = rows(documents, timings, feeds)
    assert [row.feed.feed_id for row in found] == ["also-bad", "bad", "well", "off"]
    assert counts(found) == {"failing": 2, "well": 1, "off": 1}


def test_the_newest_timing_counts():
    old = FeedTimings(partition="1", at=NOW - MINUTE, feeds=(due(NOW - 9 * MINUTE),))
    new = FeedTimings(partition="0", at=NOW, feeds=(due(),))
    feeds = [Feed(feed_id="f", url="https://a.example/", outlet="A")]
    (row,) = feed_rows(feeds, document(), [new, old], NOW, 60.0)
    assert row.next_at == NOW + MINUTE


@pytest.mark.parametrize(
    ("leap", "age", "health"),
    [
        (timedelta(hours=6), 5.0, "new"),
        (timedelta(hours=6), 400.0, "late"),
        (-timedelta(hours=6), 400.0, "late"),
        (LEAST_LEAP, 0.0, "new"),
        (timedelta(hours=6), None, "late"),
    ],
)
def test_a_feed_is_late_by_the_clock_that_its_poller_waits_by(leap, age, health):
    told = FeedTimings(partition="0", at=NOW, feeds=(due(),))
    feed = Feed(feed_id="f", url="https://a.example/rss", outlet="Herald")
    ages = {} if age is None else {"0": age}
    (row,) = feed_rows([feed], {}, [told], NOW + leap, 60.0, ages=ages)
    assert row.health == health
    if health == "new" and leap > LEAST_LEAP:
        assert row.next_at == NOW + MINUTE + leap - timedelta(seconds=age)
