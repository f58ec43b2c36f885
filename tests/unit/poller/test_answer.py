"""What an HTTP answer means for a feed."""

import msgspec
from builders import START

from services.messages import Feed, FeedState
from services.poller.answer import conditional_headers, judge, no_answer, worth_keeping
from services.ports import HttpAnswer

FEED = Feed(feed_id="f", url="https://herald.example/feed", outlet="The Herald")
RSS = b'<rss version="2.0"><channel><title>H</title><item><guid>g</guid><title>T</title></item></channel></rss>'


def answer(status=200, body=RSS, **headers):
    return HttpAnswer(status, FEED.url, {"content-type": "text/xml", **headers}, body)


def new_state():
    return FeedState(feed_id="f")


def test_a_feed_read_leaves_its_validators_for_the_next_poll():
    outcome = judge(FEED, new_state(), answer(etag='"e"'), START)
    assert (outcome.kind, len(outcome.articles)) == ("read", 1)
    assert conditional_headers(outcome.done)["If-None-Match"] == '"e"'


def test_while_an_article_is_pending_the_feed_is_asked_and_read_whole():
    first = judge(FEED, new_state(), answer(etag='"e"'), START)
    assert "If-None-Match" not in conditional_headers(first.pending)
    assert judge(FEED, first.pending, answer(etag='"e"'), START).articles


def test_the_same_bytes_are_not_read_again():
    first = judge(FEED, new_state(), answer(), START)
    assert judge(FEED, first.done, answer(), START).kind == "unchanged"


def test_a_304_ends_a_row_of_failures():
    failing = no_answer(new_state(), START, "timeout").done
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
