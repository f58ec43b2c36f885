"""The meaning of an HTTP answer for a feed.

It is nothing new, a document to read, articles, or a failure with its reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from services.messages import Article, Feed, FeedState, Rhythm, Trouble
from services.poller.decide import decide, failed, must_be_whole, unchanged
from services.poller.reading.documents import Document
from services.poller.redirects import followed, unlearned
from services.poller.rhythm import learned
from services.poller.schedule import GONE, is_gone
from services.poller.versions.sight import Sight
from services.poller.waits import TOO_MANY, Waits, waits
from services.poller.walls import wall
from services.ports import HttpAnswer
from services.text.hashes import digest

MAX_VALIDATOR = 1024
"""Characters of an ETag or Last-Modified; a longer one is not kept.

Source: those seen have under 100; servers refuse headers of 4 to 8 KB.
"""

WHOLE_TIME = timedelta(days=1)
"""Time after which a feed is asked for without validators.

Some servers answer "not modified" for ever, although the feed has changed.
"""

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, "
    "application/xml;q=0.9, */*;q=0.5"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one poll.

    - `done`: the feed's state once the articles are acknowledged.
    - `failure`: the reason of a failed poll, else None.
    - `status`: the HTTP status; 0 without an answer.
    - `waits`: what the answer asked of the next polls. `url`: where it came from.
    - `received`: the changed document, whether it could be read or not.
    - `hub`: the hub and the topic that it declares.
    - `is_gap`: the document held no known entry, so some may have been missed.
    """

    kind: Literal["unchanged", "read", "failed"]
    done: FeedState
    articles: tuple[Article, ...] = ()
    problems: tuple[str, ...] = ()
    failure: str | None = None
    status: int = 0
    waits: Waits = Waits()  # noqa: RUF009 - it is frozen
    url: str = ""
    received: HttpAnswer | None = None
    hub: tuple[str, str] | None = None
    is_gap: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """An answer whose body must be parsed.

    - `seen`: the feed's state with the answer's validators.
    - `is_push`: it came without being asked for, and may hold the newest entries alone.
    """

    seen: FeedState
    document: Document
    answer: HttpAnswer
    waits: Waits
    is_push: bool = False


def conditional_headers(state: FeedState, now: datetime) -> dict[str, str]:
    """Return the request headers at `now` (news time).

    They hold validators, unless the feed must be seen whole.
    """
    headers = {"Accept": _ACCEPT}
    is_old = state.whole_at is None or now - state.whole_at >= WHOLE_TIME
    if is_old or must_be_whole(state, now):
        return headers
    # States of earlier versions hold unchecked validators.
    if etag := _sendable(state.etag):
        headers["If-None-Match"] = etag
    if last_modified := _sendable(state.last_modified):
        headers["If-Modified-Since"] = last_modified
    return headers


def is_conditional(headers: Mapping[str, str]) -> bool:
    """Return True if a request with these headers may be answered "not modified"."""
    return "If-None-Match" in headers or "If-Modified-Since" in headers


def first_look(
    feed: Feed, state: FeedState, answer: HttpAnswer, now: datetime, *, conditional: bool = False
) -> Outcome | Unread:
    """Return the meaning of an answer at `now` (news time), as far as its head gives it.

    `conditional`: the request held validators.
    """
    seen = _first_look(feed, state, answer, now, conditional=conditional)
    return seen if isinstance(seen, Unread) else replace(seen, url=answer.url)


def _first_look(
    feed: Feed, state: FeedState, answer: HttpAnswer, now: datetime, *, conditional: bool
) -> Outcome | Unread:
    status, asked = answer.status, waits(answer.status, answer.headers, now)
    guard = wall(status, answer.headers, answer.body)
    if guard is not None:
        reason = f"HTTP {status}: a bot wall ({guard}) answered in place of the feed"
        return failure(state, now, reason, status, asked, trouble="wall")
    if status == 304 and conditional:
        fresh = _kept(unchanged(_freshened(state, answer.headers), now))
        return Outcome(
            "unchanged", followed(feed, fresh, answer, is_same=True), status=304, waits=asked
        )
    if status != 200:
        return failure(
            state, now, _refusal(state, status, now), status, asked, trouble=_trouble(status)
        )
    seen = _validators(state, answer.headers, digest(answer.body))
    seen = msgspec.structs.replace(seen, whole_at=now)
    if seen.body_hash == state.body_hash and not must_be_whole(state, now):
        same = followed(feed, _kept(unchanged(seen, now)), answer, is_same=True)
        return Outcome("unchanged", same, status=200, waits=asked)
    content_type = answer.headers.get("content-type", "")
    document = Document(answer.body, content_type, answer.url, at=now, zone=feed.zone)
    return Unread(seen, document, answer, asked)


def judge(unread: Unread, at: Sight, per_hour: int) -> Outcome:
    """Return the outcome of a parsed document. `per_hour` is the quota of new entries."""
    feed, seen, parsed = at.feed, at.state, at.parsed
    found = decide(at, per_hour)
    done = msgspec.structs.replace(
        found.done,
        rhythm=_rhythm(seen, found.articles, at.now),
        update_seconds=parsed.update_seconds,
    )
    done = followed(feed, _kept(done), unread.answer, is_same=found.n_known > 0)
    is_gap = bool(seen.entries and parsed.entries) and not (found.n_known or unread.is_push)
    problems = [*found.problems]
    if is_gap:
        problems.append("no entry of the last document is in this one: some may have been missed")
    if feed.url.startswith("https:") and unread.answer.url.startswith("http:"):
        problems.append(f"it is read without encryption: it redirects to {unread.answer.url}")
    return Outcome(
        "read",
        done,
        found.articles,
        tuple(problems),
        status=200,
        waits=unread.waits,
        url=unread.answer.url,
        is_gap=is_gap,
    )


def failure(
    state: FeedState,
    now: datetime,
    reason: str,
    status: int = 0,
    asked: Waits = Waits(),  # noqa: B008 - it is frozen
    *,
    trouble: Trouble = "unreachable",
) -> Outcome:
    """Return the outcome of a failed poll. `status` is 0 without an answer."""
    since, n = state.gone_since, state.gone_answers
    if status:
        since, n = (since or now, n + 1) if trouble == "gone" else (None, 0)
    done = msgspec.structs.replace(
        failed(state, now, reason), trouble=trouble, gone_since=since, gone_answers=n
    )
    done = unlearned(done)
    return Outcome("failed", done, failure=done.last_error, status=status, waits=asked)


def _refusal(state: FeedState, status: int, now: datetime) -> str:
    if status == 304:
        return "HTTP 304: nothing was asked that could be unmodified"
    if status == TOO_MANY:
        return "HTTP 429: the host wants fewer requests"
    if status == GONE:
        return f"HTTP 410: the feed is gone{' for good' if is_gone(state, now) else ''}"
    return f"HTTP {status}: no feed came"


def _trouble(status: int) -> Trouble:
    if status == GONE:
        return "gone"
    return "limited" if status == TOO_MANY else "refused"


def _kept(state: FeedState) -> FeedState:
    """Return the state after a poll that went well."""
    return msgspec.structs.replace(state, trouble="", gone_since=None, gone_answers=0)


def _freshened(state: FeedState, headers: Mapping[str, str]) -> FeedState:
    """Take over the validators of a 304 (RFC 9111, 4.3.4)."""
    return msgspec.structs.replace(
        state,
        etag=_sendable(headers.get("etag")) or state.etag,
        last_modified=_sendable(headers.get("last-modified")) or state.last_modified,
    )


def _rhythm(state: FeedState, articles: tuple[Article, ...], now: datetime) -> Rhythm | None:
    """Return the rhythm with the new entries, each at its time of publication if that can be."""
    new = [article for article in articles if article.cause == "new"]
    if state.rhythm is not None and not new:
        return state.rhythm
    since = state.last_success_at
    times = []
    for article in new:
        at = article.published_at
        if at is not None and at <= now and (since is None or at >= since):
            times.append(at)
        elif since is not None:
            times.append(now)
    return learned(state.rhythm, times, now)


def worth_keeping(before: FeedState, after: FeedState) -> bool:
    """Return True if `after` differs from `before` by more than the time of the poll."""
    return after != msgspec.structs.replace(
        before,
        last_poll_at=after.last_poll_at,
        last_success_at=after.last_success_at,
        whole_at=after.whole_at,
    )


def _validators(state: FeedState, headers: Mapping[str, str], body_hash: str) -> FeedState:
    # Also those of an answer that has expired (`Expires: 0`): validators are for such ones (RFC
    # 9111, 4.3). A server whose validators never change is found out after `WHOLE_TIME`.
    etag, last_modified = _sendable(headers.get("etag")), _sendable(headers.get("last-modified"))
    return msgspec.structs.replace(
        state, etag=etag, last_modified=last_modified, body_hash=body_hash
    )


def _sendable(validator: str | None) -> str | None:
    """Return a validator if it can be sent as a header, else None."""
    if (
        not validator
        or len(validator) > MAX_VALIDATOR
        or not (validator.isascii() and validator.isprintable())
    ):
        return None
    return validator
