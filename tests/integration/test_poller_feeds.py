"""The poller on a real broker, asking a feed server on this machine."""

import msgspec
import pytest
from builders import START
from streams import broker_of, eventually, on, send, service

from services.addresses import LOOPBACK
from services.messages import Article, EntryState, Feed, FeedState, decode, encode
from services.poller.identity import article_id, content_hash
from services.scenario.server import FeedServer

pytestmark = pytest.mark.engines


@pytest.fixture
def server():
    with FeedServer() as running:
        yield running


@pytest.fixture
def polling(settings):
    return msgspec.structs.replace(settings, poll_interval_seconds=0.5, fetch_allow_networks=LOOPBACK)


def rss(*items):
    rows = "".join(f"<item><guid>{guid}</guid><title>{title}</title></item>" for guid, title in items)
    return "application/rss+xml", f'<rss version="2.0"><channel><title>H</title>{rows}</channel></rss>'.encode()


def subscribe(broker, server, *names):
    for name in names:
        feed = Feed(feed_id=name, url=f"{server.url}/{name}.xml", outlet=name)
        send(broker, ("feeds", name, encode(feed)))


def articles(broker):
    return sorted((decode(Article, r.value) for r in on(broker, "articles")), key=lambda a: (a.title, a.version))


def states(broker):
    return {r.key: decode(FeedState, r.value) for r in on(broker, "feed-states")}


def test_a_feed_brings_articles_then_only_what_changes(polling, server):
    broker = broker_of(polling)
    server.pages["/a.xml"] = rss(("1", "Bridge closed"))
    subscribe(broker, server, "a")
    with service(polling, "poll"):
        eventually(lambda: articles(broker))
        eventually(lambda: [r for r in server.requests if r.status == 304])
        server.pages["/a.xml"] = rss(("1", "Bridge open"), ("2", "Market opens"))
        eventually(lambda: len(articles(broker)) == 3)
        eventually(lambda: not any(e.pending for e in states(broker)["a"].entries.values()))
    assert [(a.title, a.cause) for a in articles(broker)] == [
        ("Bridge closed", "new"),
        ("Bridge open", "edit"),
        ("Market opens", "new"),
    ]


def test_a_web_page_in_place_of_a_feed_is_counted_and_leaves_the_others_alone(polling, server):
    broker = broker_of(polling)
    server.pages |= {"/a.xml": rss(("1", "A")), "/b.xml": rss(("1", "B")), "/broken.xml": ("text/html", b"<html>Sorry</html>")}
    subscribe(broker, server, "a", "broken", "b")
    with service(polling, "poll"):
        eventually(lambda: len(articles(broker)) == 2 and "broken" in states(broker))
    state = states(broker)["broken"]
    assert state.failures >= 1
    assert "HTML" in state.last_error


def test_what_a_crash_left_pending_is_sent_as_it_was_decided(polling, server):
    broker = broker_of(polling)
    key = article_id("a", "1", None, "Bridge closed")
    entry = EntryState(
        article_id=key, version=7, content_hash=content_hash("Bridge closed", ""), first_seen_at=START, pending=True
    )
    server.pages["/a.xml"] = rss(("1", "Bridge closed"))
    etag = server.answer("GET", "/a.xml", {})[1]["ETag"]
    send(broker, ("feed-states", "a", encode(FeedState(feed_id="a", etag=etag, entries={key: entry}))))
    subscribe(broker, server, "a")
    with service(polling, "poll"):
        (article,) = eventually(lambda: articles(broker))
        eventually(lambda: not states(broker)["a"].entries[key].pending)
    assert (article.article_id, article.version, article.first_seen_at) == (key, 7, START)
