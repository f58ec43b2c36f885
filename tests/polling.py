"""For tests of the poller's loop: a world in memory, a web of answers, and the loop in a thread of its own."""

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
from loops import everything, running, send

from services.adapters.memory import MemoryBroker
from services.messages import Article, Feed, FeedState, decode, encode
from services.poller.reading import read_documents
from services.poller.service import run
from services.ports import HttpAnswer, Outgoing
from services.runtime.shutdown import SignalStop
from services.runtime.world import World
from services.settings import Settings

URL = "http://feed.example/"


class Now:
    def now(self):
        return datetime.now(UTC)


class Web:
    """Answers by address: an HttpAnswer, an exception to raise, or a function that makes one; `asked` counts."""

    def __init__(self, **answers):
        self.answers = {URL + name: answer for name, answer in answers.items()}
        self.asked = {}

    async def get(self, url, headers):
        self.asked.setdefault(url, []).append(dict(headers))
        found = self.answers[url]
        found = await found() if callable(found) else found
        if isinstance(found, BaseException):
            raise found
        return found

    def n_asked(self, name):
        return len(self.asked.get(URL + name, ()))


@dataclass
class InThread:
    """Parses where it is asked to, in place of child processes."""

    results: list = field(default_factory=list)

    async def ready(self):
        pass

    async def run(self, documents):
        return read_documents(documents)

    def close(self):
        pass


def rss(*items, head=""):
    """Return an answer with an RSS feed of (guid, title) pairs."""
    rows = "".join(f"<item><guid>{guid}</guid><title>{title}</title></item>" for guid, title in items)
    return answer(f'<rss version="2.0"><channel><title>H</title>{head}{rows}</channel></rss>'.encode())


def answer(body, status=200, url=URL, **headers):
    return HttpAnswer(status, url, {"content-type": "text/xml", **headers}, body)


def feed(name, **kw):
    return Feed(**({"feed_id": name, "url": URL + name, "outlet": name, "interval_seconds": 0.05} | kw))


def world(tmp_path, web, *names, broker=None, **settings):
    """Return a world whose `feeds` topic holds these feeds."""
    broker = broker or MemoryBroker()
    send(broker, *(Outgoing("feeds", name, encode(feed(name))) for name in names))
    given = Settings(run_dir=tmp_path, poll_interval_seconds=0.05)
    return World(
        settings=msgspec.structs.replace(given, **settings),
        clock=Now(),
        broker=broker,
        search=None,
        fetcher=web,
        poster=None,
        stop=SignalStop(),
    )


@contextmanager
def polling(world, parsers=None):
    with running(lambda w: run(w, parsers or InThread()), world) as thread:
        yield thread


def eventually(probe, seconds=30.0):
    """Return the first true answer of `probe`; fail when none comes in time."""
    until = time.monotonic() + seconds
    while not (found := probe()):
        assert time.monotonic() < until, f"nothing after {seconds} s"
        time.sleep(0.01)
    return found


def articles(broker):
    return [decode(Article, record.value) for record in everything(broker, "articles")]


def titles(broker):
    return {article.title for article in articles(broker)}


def states(broker):
    return {record.key: decode(FeedState, record.value) for record in everything(broker, "feed-states")}


def pending(broker):
    """Return the rows that still stand in `feed-pending`, by article id."""
    latest = {record.key: record.value for record in everything(broker, "feed-pending")}
    return {key: decode(Article, value) for key, value in latest.items() if value is not None}
