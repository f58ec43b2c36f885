"""Keeps changed documents as they were received, so that a mended parser can read them again."""

import gzip
from collections.abc import Container

from services.messages import Feed, FeedDocument
from services.poller.answer import Outcome
from services.ports import Clock
from services.text.hashes import digest

LEVEL = 6
"""zlib's usual level: feeds shrink to a fifth, at some ms for the largest."""


class Keeper:
    """Makes the document to keep of an outcome. Blocks, so it is for a thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: dict[str, str] = {}

    def forget(self, used: Container[str]) -> None:
        """Forget the documents of feeds that are not `used` any more."""
        self._last = {key: mark for key, mark in list(self._last.items()) if key in used}

    def document(self, feed: Feed, outcome: Outcome) -> FeedDocument | None:
        """Return the changed document of an outcome.

        None without one, or for the same as the last: a document that can't be read comes again at
        every poll.
        """
        answer = outcome.received
        if answer is None:
            return None
        mark = digest(answer.body)
        if self._last.get(feed.feed_id) == mark:
            return None
        self._last[feed.feed_id] = mark
        return FeedDocument(
            feed_id=feed.feed_id,
            at=self._clock.now(),
            url=answer.url,
            content_type=answer.headers.get("content-type", "")[:200],
            body=gzip.compress(answer.body, LEVEL),
        )
