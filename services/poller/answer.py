"""What an HTTP answer means for a feed: nothing new, articles, or a failure with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from services.errors import InvalidMessage
from services.messages import Article, Feed, FeedState
from services.poller.decide import decide, failed, has_pending, unchanged
from services.poller.feed import parse_feed
from services.poller.schedule import GONE, retry_after_seconds
from services.ports import HttpAnswer
from services.text.hashes import digest


@dataclass(frozen=True, slots=True)
class Outcome:
    """One poll, judged. `failure` is None when the feed answered as feeds do; `status` 0 means no answer at all."""

    kind: Literal["unchanged", "read", "failed"]
    done: FeedState
    pending: FeedState | None = None
    articles: tuple[Article, ...] = ()
    problems: tuple[str, ...] = ()
    failure: str | None = None
    status: int = 0
    retry_after: float | None = None


def conditional_headers(state: FeedState) -> dict[str, str]:
    """Return the validators to send; none while an article is pending, for the feed must then be seen whole."""
    headers = {"Accept": "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"}
    if has_pending(state):
        return headers
    if state.etag:
        headers["If-None-Match"] = state.etag
    if state.last_modified:
        headers["If-Modified-Since"] = state.last_modified
    return headers


def judge(feed: Feed, state: FeedState, answer: HttpAnswer, now: datetime) -> Outcome:
    """Return what an answer that came at `now` (news time) means."""
    if answer.status == 304:
        return Outcome("unchanged", unchanged(state, now), status=304)
    if answer.status != 200:
        why = "the feed is gone for good" if answer.status == GONE else "no feed came"
        wait = retry_after_seconds(answer.headers.get("retry-after"), now)
        return _failure(state, now, f"HTTP {answer.status}: {why}", answer.status, wait)
    seen = _validators(state, answer.headers, digest(answer.body))
    if seen.body_hash == state.body_hash and not has_pending(state):
        return Outcome("unchanged", unchanged(seen, now), status=200)
    try:
        parsed = parse_feed(answer.body, answer.headers.get("content-type", ""), answer.url)
    except InvalidMessage as error:
        return _failure(state, now, str(error), answer.status)
    found = decide(feed, seen, parsed, now)
    return Outcome("read", found.done, found.pending, found.articles, found.problems, status=200)


def no_answer(state: FeedState, now: datetime, reason: str) -> Outcome:
    """Return the outcome of a poll that got no answer, or was refused one."""
    return _failure(state, now, reason, 0)


def worth_keeping(before: FeedState, after: FeedState) -> bool:
    """Return True if the state says more than when the feed was last asked."""
    return after != msgspec.structs.replace(before, last_poll_at=after.last_poll_at, last_success_at=after.last_success_at)


def _failure(state: FeedState, now: datetime, reason: str, status: int, retry_after: float | None = None) -> Outcome:
    return Outcome("failed", failed(state, now, reason), failure=reason, status=status, retry_after=retry_after)


def _validators(state: FeedState, headers: Mapping[str, str], body_hash: str) -> FeedState:
    return msgspec.structs.replace(
        state, etag=headers.get("etag"), last_modified=headers.get("last-modified"), body_hash=body_hash
    )
