"""What an HTTP answer means for a feed."""

from datetime import timedelta

import msgspec
import pytest
from builders import START

from services.errors import InvalidMessage
from services.messages import Feed, FeedState
from services.poller import answer as answers
from services.poller.answer import (
    MAX_VALIDATOR,
    Unread,
    conditional_headers,
    failure,
    first_look,
    worth_keeping,
)
from services.poller.reading.documents import read_documents
from services.ports import HttpAnswer

FEED = Feed(feed_id="f", url="https://herald.example/feed", outlet="The Herald")
RSS = (
    b'<rss version="2.0"><channel><title>H</title>'
    b"<item><guid>g</guid><title>T</title></item></channel></rss>"
)


def answer(status=200, body=RSS, **headers):
    return HttpAnswer(status, FEED.url, {"content-type": "text/xml", **headers}, body)


def judge(feed, state, came, now, per_hour=600):
    """Return the outcome of an answer, its body read as the poller does."""
    seen = first_look(state, came, now)
    if not isinstance(seen, Unread):
        return seen
    (parsed,) = read_documents([seen.document])
    if isinstance(parsed, InvalidMessage):
        return failure(state, now, str(parsed), came.status)
    return answers.judge(feed, seen.seen, parsed, now, per_hour)


def new_state():
    return FeedState(feed_id="f")


def test_a_feed_read_leaves_its_validators_for_the_next_poll():
    outcome = judge(FEED, new_state(), answer(etag='"e"'), START)
    assert (outcome.kind, len(outcome.articles)) == ("read", 1)
    assert conditional_headers(outcome.done, START)["If-None-Match"] == '"e"'


def test_while_an_article_of_an_earlier_version_is_pending_the_feed_is_asked_and_read_whole():
    first = judge(FEED, new_state(), answer(etag='"e"'), START).done
    (entry,) = first.entries.values()
    pending = msgspec.structs.replace(
        first, entries={entry.article_id: msgspec.structs.replace(entry, pending=True)}
    )
    assert "If-None-Match" not in conditional_headers(pending, START)
    assert judge(FEED, pending, answer(etag='"e"'), START).articles


def test_what_waits_for_the_next_hour_is_asked_for_whole_only_then():
    state = msgspec.structs.replace(
        new_state(), etag='"e"', waiting=("x",), quota_since=START, quota_new=600
    )
    assert "If-None-Match" in conditional_headers(state, START + timedelta(minutes=59))
    assert "If-None-Match" not in conditional_headers(state, START + timedelta(minutes=60))


@pytest.mark.parametrize("name", ["etag", "last-modified"])
@pytest.mark.parametrize(
    "value", ["é", "März", "\x1b[31m", "a\r\nHost: b", "", "x" * (MAX_VALIDATOR + 1)]
)
def test_a_validator_that_cannot_be_sent_is_neither_kept_nor_sent(name, value):
    done = judge(FEED, new_state(), answer(**{name: value}), START).done
    assert (done.etag, done.last_modified) == (None, None)
    former = msgspec.structs.replace(new_state(), **{name.replace("-", "_"): value})
    assert set(conditional_headers(former, START)) == {"Accept"}


def test_the_longest_validator_is_kept():
    done = judge(FEED, new_state(), answer(etag="x" * MAX_VALIDATOR), START).done
    assert conditional_headers(done, START)["If-None-Match"] == "x" * MAX_VALIDATOR


def test_the_same_bytes_are_not_read_again():
    first = judge(FEED, new_state(), answer(), START)
    assert judge(FEED, first.done, answer(), START).kind == "unchanged"


def test_a_304_ends_a_row_of_failures():
    failing = failure(new_state(), START, "timeout").done
    outcome = judge(FEED, failing, answer(304), START)
    assert (outcome.kind, outcome.done.failures, outcome.done.last_error) == ("unchanged", 0, None)


def test_a_web_page_is_a_failure_with_its_reason_and_keeps_what_is_known():
    first = judge(FEED, new_state(), answer(), START)
    outcome = judge(FEED, first.done, answer(body=b"<html><body>Sorry</body></html>"), START)
    assert outcome.kind == "failed"
    assert "HTML" in outcome.failure
    assert (outcome.done.failures, outcome.done.entries) == (1, first.done.entries)
    assert outcome.done.body_hash == first.done.body_hash


def test_a_busy_host_is_asked_when_it_said():
    outcome = judge(FEED, new_state(), answer(429, b"", **{"retry-after": "90"}), START)
    assert (outcome.status, outcome.retry_after, outcome.done.failures) == (429, 90, 1)


def test_a_poll_time_alone_is_not_worth_a_write():
    state = new_state()
    assert not worth_keeping(state, judge(FEED, state, answer(304), START).done)
    assert worth_keeping(state, msgspec.structs.replace(state, etag='"e"'))


def test_a_reason_holds_nothing_that_moves_a_terminal_or_cannot_be_written():
    outcome = failure(new_state(), START, "bad \x1b[31m name \ud800" + "x" * 400)
    assert outcome.done.last_error.startswith("bad [31m name xxx")
    assert len(outcome.done.last_error or "") == 300
