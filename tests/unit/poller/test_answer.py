"""What an HTTP answer means for a feed."""

import dataclasses
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
from services.poller.reading.entry import ParsedFeed
from services.poller.versions.sight import sight
from services.ports import Hop, HttpAnswer

FEED = Feed(feed_id="f", url="https://herald.example/feed", outlet="The Herald")
RSS = (
    b'<rss version="2.0"><channel><title>H</title>'
    b"<item><guid>g</guid><title>T</title></item></channel></rss>"
)


def answer(status=200, body=RSS, **headers):
    return HttpAnswer(status, FEED.url, {"content-type": "text/xml", **headers}, body)


def judge(feed, state, came, now, per_hour=600):
    """Return the outcome of an answer, its body read as the poller does."""
    conditional = answers.is_conditional(conditional_headers(state, now))
    seen = first_look(feed, state, came, now, conditional=conditional)
    if not isinstance(seen, Unread):
        return seen
    (parsed,) = read_documents([seen.document])
    if isinstance(parsed, InvalidMessage):
        return failure(state, now, str(parsed), came.status)
    return answers.judge(seen, sight(feed, seen.seen, parsed, now), per_hour)


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
        new_state(),
        etag='"e"',
        whole_at=START,
        waiting=("x",),
        quota_since=START,
        quota_new=600,
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
    former = msgspec.structs.replace(new_state(), whole_at=START, **{name.replace("-", "_"): value})
    assert set(conditional_headers(former, START)) == {"Accept"}


def test_the_longest_validator_is_kept():
    done = judge(FEED, new_state(), answer(etag="x" * MAX_VALIDATOR), START).done
    assert conditional_headers(done, START)["If-None-Match"] == "x" * MAX_VALIDATOR


def test_the_same_bytes_are_not_read_again():
    first = judge(FEED, new_state(), answer(), START)
    assert judge(FEED, first.done, answer(), START).kind == "unchanged"


def test_a_304_ends_a_row_of_failures():
    known = judge(FEED, new_state(), answer(etag='"e"'), START).done
    failing = failure(known, START, "timeout").done
    outcome = judge(FEED, failing, answer(304), START)
    assert (outcome.kind, outcome.done.failures, outcome.done.last_error) == ("unchanged", 0, None)
    assert outcome.done.trouble == ""


def test_a_304_that_nobody_asked_for_is_a_failure():
    outcome = judge(FEED, new_state(), answer(304), START)
    assert (outcome.kind, outcome.done.last_success_at) == ("failed", None)
    assert "unmodified" in outcome.failure


@pytest.mark.parametrize(("hours", "sent"), [(23.9, True), (24.0, False)])
def test_once_a_day_the_feed_is_asked_for_whole_whatever_it_says(hours, sent):
    state = judge(FEED, new_state(), answer(etag='"e"'), START).done
    for hour in range(24):
        state = judge(FEED, state, answer(304), START + timedelta(hours=hour)).done
    headers = conditional_headers(state, START + timedelta(hours=hours))
    assert ("If-None-Match" in headers) == sent


def test_the_validators_of_a_304_replace_those_before():
    first = judge(FEED, new_state(), answer(etag='"e"', **{"last-modified": "then"}), START).done
    second = judge(FEED, first, answer(304, etag='"f"'), START).done
    assert (second.etag, second.last_modified) == ('"f"', "then")


def test_validators_of_an_answer_that_has_expired_are_kept():
    done = judge(FEED, new_state(), answer(etag='"e"', expires="0"), START).done
    assert done.etag == '"e"'


def test_a_bot_wall_is_named_and_its_page_is_no_document():
    page = answer(200, b"<html><title>Just a moment...</title></html>")
    page = HttpAnswer(page.status, page.url, {"content-type": "text/html"}, page.body)
    outcome = judge(FEED, new_state(), page, START)
    assert (outcome.kind, outcome.done.trouble) == ("failed", "wall")
    assert "bot wall (Cloudflare)" in outcome.failure


def test_the_first_answer_gone_is_remembered_until_another_one_comes():
    first = judge(FEED, new_state(), answer(410), START).done
    later = judge(FEED, first, answer(410), START + timedelta(days=1)).done
    assert (later.gone_since, later.trouble) == (START, "gone")
    unreachable = failure(later, START, "no route").done
    assert unreachable.gone_since == START
    assert judge(FEED, unreachable, answer(404), START).done.gone_since is None


def test_a_permanent_redirect_is_learned_when_it_leads_to_the_known_entries():
    moved = HttpAnswer(200, "https://new.example/feed", {}, RSS, (Hop(301, FEED.url),))
    first = judge(FEED, new_state(), moved, START).done
    assert first.moved is None
    second = judge(FEED, first, moved, START).done
    assert (second.moved.to, set(second.entries)) == (
        "https://new.example/feed",
        set(first.entries),
    )
    other = HttpAnswer(200, "https://new.example/feed", {}, RSS.replace(b"g<", b"h<"), moved.hops)
    assert judge(FEED, first, other, START).done.moved is None


def test_a_document_without_a_known_entry_is_told_as_a_gap():
    first = judge(FEED, new_state(), answer(), START)
    assert not first.is_gap
    after = judge(FEED, first.done, answer(body=RSS.replace(b"g<", b"h<")), START)
    assert after.is_gap
    assert any("missed" in problem for problem in after.problems)


def test_reading_without_encryption_is_told():
    secure = msgspec.structs.replace(FEED, url="https://herald.example/feed")
    plain = HttpAnswer(200, "http://herald.example/feed", {}, RSS, (Hop(302, secure.url),))
    assert any("without encryption" in p for p in judge(secure, new_state(), plain, START).problems)


def test_a_damaged_document_leaves_no_validators():
    unread = first_look(FEED, new_state(), answer(etag='"e"'), START)
    assert isinstance(unread, Unread)
    (parsed,) = read_documents([unread.document])
    assert isinstance(parsed, ParsedFeed)
    damaged = dataclasses.replace(parsed, is_damaged=True)
    done = answers.judge(unread, sight(FEED, unread.seen, damaged, START), 600).done
    assert (done.etag, done.last_modified, done.body_hash) == (None, None, None)
    assert answers.judge(unread, sight(FEED, unread.seen, parsed, START), 600).done.etag == '"e"'


def test_new_entries_make_the_rhythm():
    first = judge(FEED, new_state(), answer(), START).done
    assert sum(first.rhythm.hours) == 0
    later = START + timedelta(hours=1)
    second = judge(FEED, first, answer(body=RSS.replace(b"g<", b"h<")), later).done
    assert sum(second.rhythm.hours) == pytest.approx(1.0)
    assert second.rhythm.hours[later.hour] == pytest.approx(1.0)


def test_a_web_page_is_a_failure_with_its_reason_and_keeps_what_is_known():
    first = judge(FEED, new_state(), answer(), START)
    outcome = judge(FEED, first.done, answer(body=b"<html><body>Sorry</body></html>"), START)
    assert outcome.kind == "failed"
    assert "HTML" in outcome.failure
    assert (outcome.done.failures, outcome.done.entries) == (1, first.done.entries)
    assert outcome.done.body_hash == first.done.body_hash


def test_a_busy_host_is_asked_when_it_said():
    outcome = judge(FEED, new_state(), answer(429, b"", **{"retry-after": "90"}), START)
    assert (outcome.status, outcome.waits.host, outcome.done.failures) == (429, 90, 1)
    assert outcome.done.trouble == "limited"


def test_a_poll_time_alone_is_not_worth_a_write():
    state = judge(FEED, new_state(), answer(etag='"d"'), START).done
    assert not worth_keeping(state, judge(FEED, state, answer(304), START).done)
    assert worth_keeping(state, msgspec.structs.replace(state, etag='"e"'))


def test_a_reason_holds_nothing_that_moves_a_terminal_or_cannot_be_written():
    outcome = failure(new_state(), START, "bad \x1b[31m name \ud800" + "x" * 400)
    assert outcome.done.last_error.startswith("bad [31m name xxx")
    assert len(outcome.done.last_error or "") == 300
