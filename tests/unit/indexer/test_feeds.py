"""Feeds and their health as documents."""

import json
from datetime import timedelta

from builders import START

from services.indexer.documents import BUILDERS, documents
from services.messages import EntryState, Feed, FeedState, decode, encode
from services.ports import Record


def health(**kw):
    kind, build = BUILDERS["feed-states"]
    [made] = build(decode(kind, encode(FeedState(feed_id="f", **kw))))
    return made, json.loads(made.document)


def test_a_feed_is_a_document_without_what_only_the_poller_needs():
    [made] = BUILDERS["feeds"][1](
        Feed(feed_id="f", url="https://post.example/rss", outlet="Post", credentials="secret-name")
    )
    assert (made.index, made.id) == ("feeds", "f")
    assert json.loads(made.document)["outlet"] == "Post"
    assert b"secret-name" not in made.document


def test_the_version_of_a_feed_is_the_time_of_its_row():
    def made(outlet, at):
        value = encode(Feed(feed_id="f", url="https://post.example/rss", outlet=outlet))
        [action] = documents(Record("feeds", 0, 0, "f", value, timestamp_ms=at))
        return action

    assert made("New Post", 2_000).version > made("Post", 1_999).version
    assert made("Post", 0).version == 1


def test_the_health_of_a_feed_is_that_of_its_last_poll():
    made, found = health(
        last_poll_at=START,
        last_success_at=START - timedelta(days=4),
        failures=9,
        last_error="HTTP 410",
        trouble="gone",
    )
    assert (made.index, made.id) == ("feed-health", "f")
    assert (found["trouble"], found["failures"], found["is_alive"]) == ("gone", 9, False)
    later, well = health(last_poll_at=START + timedelta(milliseconds=1))
    assert later.version == made.version + 1
    assert (well["trouble"], well["is_alive"]) == (None, True)


def test_the_entries_of_a_feed_stay_with_the_poller():
    entry = EntryState(article_id="a1", version=1, content_hash="hash", first_seen_at=START)
    made, _ = health(entries={"a1": entry}, etag="etag")
    assert b"hash" not in made.document
    assert b"etag" not in made.document
