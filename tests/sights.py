"""Documents of one feed, poll by poll, for tests of versions."""

from datetime import timedelta
from typing import Any

from builders import START

from services.messages import Article, Feed, FeedState
from services.poller.decide import Decision, decide
from services.poller.reading.entry import Entry, ParsedFeed
from services.poller.versions.sight import NO_PAGES, Pages, sight

FEED = Feed(feed_id="f", url="https://herald.example/feed", outlet="The Herald")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def entry(guid: str | None = "g1", **kw: Any) -> Entry:
    given: dict[str, Any] = {
        "title": "Bridge closed",
        "text": "The bridge over the Sund is closed.",
        "url": f"https://herald.example/{guid}",
        "text_source": "description",
    }
    return Entry(guid=guid, **(given | kw))


class Polls:
    """The polls of one feed. `last` is what the last one decided; `at` its time."""

    def __init__(self, feed: Feed = FEED) -> None:
        self.feed, self.at = feed, START
        self.state = FeedState(feed_id=feed.feed_id)

    def poll(
        self, *entries: Entry, after: timedelta = MINUTE, pages: Pages = NO_PAGES, **kw: Any
    ) -> tuple[Article, ...]:
        """Return the articles of a document with these entries, polled `after` the last one."""
        return self.decided(ParsedFeed("", "en", entries, **kw), after, pages).articles

    def decided(
        self, parsed: ParsedFeed, after: timedelta = MINUTE, pages: Pages = NO_PAGES
    ) -> Decision:
        self.at += after
        self.last = decide(sight(self.feed, self.state, parsed, self.at, pages=pages), 600)
        self.state = self.last.done
        return self.last
