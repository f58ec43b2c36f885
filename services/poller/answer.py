"""The meaning of an HTTP answer for a feed.

It is nothing new, a document to read, articles, or a failure with its reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from services.messages import Article, Feed, FeedState
from services.poller.decide import decide, failed, must_be_whole, unchanged
from services.poller.reading.documents import Document
from services.poller.reading.entry import ParsedFeed
from services.poller.schedule import GONE, retry_after_seconds
from services.ports import HttpAnswer
from services.text.hashes import digest

MAX_VALIDATOR = 1024
"""Characters of an ETag or Last-Modified; a longer one is not kept.

Source: those seen have under 100; servers refuse headers of 4 to 8 KB.
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
    - `retry_after`: seconds that the host asked for.
    - `received`: the changed document, whether it could be read or not.
    - `hub`: the hub and the topic that it declares.
    """

    kind: Literal["unchanged", "read", "failed"]
    done: FeedState
    articles: tuple[Article, ...] = ()
    problems: tuple[str, ...] = ()
    failure: str | None = None
    status: int = 0
    retry_after: float | None = None
    received: HttpAnswer | None = None
    hub: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """An answer whose body must be parsed.

    `seen` is the feed's state with the answer's validators.
    """

    seen: FeedState
    document: Document


def conditional_headers(state: FeedState, now: datetime) -> dict[str, str]:
    """Return the request headers at `now` (news time).

    They hold validators, unless the feed must be seen whole.
    """
    headers = {"Accept": _ACCEPT}
    if must_be_whole(state, now):
        return headers
    # States of earlier versions hold unchecked validators.
    if etag := _sendable(state.etag):
        headers["If-None-Match"] = etag
    if last_modified := _sendable(state.last_modified):
        headers["If-Modified-Since"] = last_modified
    return headers


def first_look(
    state: FeedState, answer: HttpAnswer, now: datetime, zone: str | None = None
) -> Outcome | Unread:
    """Return the meaning of an answer at `now` (news time), as far as its head gives it.

    `zone`: of the feed's dates that name none.
    """
    if answer.status == 304:
        return Outcome("unchanged", unchanged(state, now), status=304)
    if answer.status != 200:
        why = "the feed is gone for good" if answer.status == GONE else "no feed came"
        wait = retry_after_seconds(answer.headers.get("retry-after"), now)
        return failure(state, now, f"HTTP {answer.status}: {why}", answer.status, wait)
    seen = _validators(state, answer.headers, digest(answer.body))
    if seen.body_hash == state.body_hash and not must_be_whole(state, now):
        return Outcome("unchanged", unchanged(seen, now), status=200)
    content_type = answer.headers.get("content-type", "")
    return Unread(seen, Document(answer.body, content_type, answer.url, at=now, zone=zone))


def judge(feed: Feed, seen: FeedState, parsed: ParsedFeed, now: datetime, per_hour: int) -> Outcome:
    """Return the outcome of a parsed document. `per_hour` is the quota of new entries."""
    found = decide(feed, seen, parsed, now, per_hour)
    return Outcome("read", found.done, found.articles, found.problems, status=200)


def failure(
    state: FeedState, now: datetime, reason: str, status: int = 0, retry_after: float | None = None
) -> Outcome:
    """Return the outcome of a failed poll. `status` is 0 without an answer."""
    done = failed(state, now, reason)
    return Outcome("failed", done, failure=done.last_error, status=status, retry_after=retry_after)


def worth_keeping(before: FeedState, after: FeedState) -> bool:
    """Return True if `after` differs from `before` by more than the time of the poll."""
    return after != msgspec.structs.replace(
        before, last_poll_at=after.last_poll_at, last_success_at=after.last_success_at
    )


def _validators(state: FeedState, headers: Mapping[str, str], body_hash: str) -> FeedState:
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
