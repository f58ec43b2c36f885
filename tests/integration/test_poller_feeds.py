"""The poller on a real broker, asking a feed server on this machine."""

import msgspec
import polling as in_memory
import pytest
from builders import START
from polling import Web
from streams import broker_of, eventually, on, send, service

from services.adapters.kafka import KafkaBroker
from services.addresses import LOOPBACK
from services.errors import TransientError
from services.messages import Article, EntryState, Feed, FeedState, decode, encode
from services.poller.identity import article_id, content_hash
from services.ports import Outgoing
from services.scenario.server import FeedServer

pytestmark = pytest.mark.engines


@pytest.fixture
def server():
    with FeedServer() as running:
        yield running


@pytest.fixture
def polling(settings):
    return msgspec.structs.replace(
        settings, poll_interval_seconds=0.5, fetch_allow_networks=LOOPBACK
    )


def rss(*items):
    rows = "".join(
        f"<item><guid>{guid}</guid><title>{title}</title></item>" for guid, title in items
    )
    return (
        "application/rss+xml",
        f'<rss version="2.0"><channel><title>H</title>{rows}</channel></rss>'.encode(),
    )


def subscribe(broker, server, *names):
    for name in names:
        feed = Feed(feed_id=name, url=f"{server.url}/{name}.xml", outlet=name)
        send(broker, ("feeds", name, encode(feed)))


def articles(broker):
    return sorted(
        (decode(Article, r.value) for r in on(broker, "articles")),
        key=lambda a: (a.title, a.version),
    )


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
    server.pages |= {
        "/a.xml": rss(("1", "A")),
        "/b.xml": rss(("1", "B")),
        "/broken.xml": ("text/html", b"<html>Sorry</html>"),
    }
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
        article_id=key,
        version=7,
        content_hash=content_hash("Bridge closed", ""),
        first_seen_at=START,
        pending=True,
    )
    server.pages["/a.xml"] = rss(("1", "Bridge closed"))
    etag = server.answer("GET", "/a.xml", {})[1]["ETag"]
    send(
        broker,
        ("feed-states", "a", encode(FeedState(feed_id="a", etag=etag, entries={key: entry}))),
    )
    subscribe(broker, server, "a")
    with service(polling, "poll"):
        (article,) = eventually(lambda: articles(broker))
        eventually(lambda: not states(broker)["a"].entries[key].pending)
    assert (article.article_id, article.version, article.first_seen_at) == (key, 7, START)


def test_an_entry_that_left_the_feed_while_the_poller_was_down_is_published(
    polling, server, engines
):
    """Decided and written down by a poller that was killed before the article was acknowledged."""
    print("engines:", engines.pids)  # noqa: T201 - says that the engines are real
    broker = broker_of(polling)
    article = Article(
        article_id=article_id("a", "1", None, "Bridge closed"),
        url_key="k",
        feed_id="a",
        outlet="a",
        version=7,
        content_hash="h",
        title="Bridge closed",
        text="",
        first_seen_at=START,
        seen_at=START,
    )
    producer = broker.producer()
    producer.send(Outgoing("feed-pending", article.article_id, encode(article), partition_key="a"))
    producer.close()
    server.pages["/a.xml"] = rss(("2", "Market opens"))
    subscribe(broker, server, "a")
    with service(polling, "poll"):
        eventually(lambda: {a.title for a in articles(broker)} == {"Bridge closed", "Market opens"})
        eventually(
            lambda: not {r.key: r.value for r in on(broker, "feed-pending")}[article.article_id]
        )
    assert [a for a in articles(broker) if a.title == "Bridge closed"] == [article]
    assert states(broker)["a"].entries[article.article_id].version == 7


HTML = b"<p " + b" ".join(b"a%d='1'" % i for i in range(60_000)) + b">"
HOSTILE = {
    "attributes": (b"<rss><channel><item " + HTML[3:-1] + b"/></channel></rss>", "attributes"),
    "nested": (b"<rss>" + b"<a>" * 190_000, "deep"),
    "items": (
        b"<rss><channel>" + b"<item><title>x</title></item>" * 100_000 + b"</channel></rss>",
        "tags",
    ),
    "brackets": (b"<rss>" + b"<" * 1_000_000, "tags"),
    "laughs": (
        b"<!-- <rss --><!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><rss>&b;</rss>",
        "entities",
    ),
    "chapter": (
        b"<rss version='2.0' xmlns:psc='http://podlove.org/simple-chapters'><channel>"
        b"<psc:chapters><psc:chapter title='x'/></psc:chapters></channel></rss>",
        "parser broke off",
    ),
}
"""Documents that can't be read, and a word of why. The last one breaks feedparser."""

CHAPTERS = (
    b"<rss version='2.0' xmlns:psc='http://podlove.org/simple-chapters'><channel><item>"
    b"<title>Evening bulletin</title><psc:chapters><psc:chapter title='x'/></psc:chapters>"
    b"</item></channel></rss>"
)
"""feedparser breaks off here too, but the specification gives one reading: an item with a title."""


def test_hostile_documents_and_headers_leave_every_feed_polled(polling, server, engines):
    """On real sockets: each is answered again and again,
    its reason is kept, and a normal feed goes on as before.
    """
    print("engines:", engines.pids)  # noqa: T201 - says that the engines are real
    broker = broker_of(polling)
    for name, (body, _) in HOSTILE.items():
        server.pages[f"/{name}.xml"] = ("text/xml", body)
    server.pages |= {
        "/chapters.xml": ("text/xml", CHAPTERS),
        "/etag.xml": rss(("1", "Odd headers")),
        "/good.xml": rss(("1", "Bridge closed")),
    }
    server.statuses |= {
        "/etag.xml": (
            200,
            {"ETag": '"\xe9"', "Last-Modified": "M\xe4rz", "Content-Type": "text/xml"},
        ),
        "/port.xml": (302, {"Location": "http://127.0.0.1:99999/"}),
    }
    names = [*HOSTILE, "chapters", "etag", "port", "good"]
    readable = {"Evening bulletin", "Odd headers", "Bridge closed"}
    subscribe(broker, server, *names)
    with service(polling, "poll"):
        eventually(lambda: len([n for n in names if asked(server, n) >= 2]) == len(names))
        eventually(lambda: {a.title for a in articles(broker)} == readable)
        server.pages["/good.xml"] = rss(("1", "Bridge closed"), ("2", "Market opens"))
        eventually(lambda: "Market opens" in {a.title for a in articles(broker)})
    found = states(broker)
    for name, (_, said) in HOSTILE.items():
        assert said in found[name].last_error, name
    assert found["port"].last_error
    assert not found["chapters"].last_error
    assert found["etag"].etag is None


def asked(server, name):
    return len([seen for seen in server.requests if seen.path == f"/{name}.xml"])


class ShyBroker(KafkaBroker):
    """The real broker; the first time that partitions are read whole, it says no."""

    noes = 1

    def reader(self):
        if self.noes:
            self.noes -= 1
            raise TransientError("Kafka: metadata timed out")
        return super().reader()


def test_feeds_are_polled_although_kafka_said_no_when_they_were_assigned(polling, tmp_path):
    broker_of(polling)
    broker = ShyBroker(polling.kafka_bootstrap, prefix=polling.topic_prefix)
    web = Web(a=in_memory.rss(("1", "A bridge is closed")))
    with in_memory.polling(in_memory.world(tmp_path, web, "a", broker=broker)):
        eventually(lambda: web.n_asked("a") >= 2)
    assert broker.noes == 0
    assert [a.title for a in articles(broker)] == ["A bridge is closed"]
