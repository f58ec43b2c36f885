"""For tests of the poller's loop: a world in memory,
a web of answers, and the loop in a thread of its own.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any, Literal, TypeVar

import msgspec
from loops import everything, running, send
from stand_ins import stand_in

from services.adapters.memory import MemoryBroker
from services.messages import Article, Feed, FeedState, decode, encode
from services.poller.service import run
from services.poller.service.parsers import Item, Parsers, Read, read_each
from services.ports import Broker, Fetcher, HttpAnswer, Outgoing, Turn
from services.runtime.shutdown import SignalStop
from services.runtime.world import World
from services.settings import Settings

URL = "http://feed.example/"
Found = TypeVar("Found")


class Now:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Web:
    """Answers by address: an HttpAnswer, an exception to raise,
    or a function that makes one; `asked` counts. Other addresses are 404.
    """

    def __init__(self, **answers: Any) -> None:
        self.answers = {URL + name: answer for name, answer in answers.items()}
        self.asked: dict[str, list[dict[str, str]]] = {}

    async def get(
        self, url: str, headers: Mapping[str, str], turn: Turn = nullcontext
    ) -> HttpAnswer:
        async with turn(url):
            self.asked.setdefault(url, []).append(dict(headers))
            found = self.answers.get(url, HttpAnswer(404, url, {}))
            found = await found() if callable(found) else found
        if isinstance(found, BaseException):
            raise found
        assert isinstance(found, HttpAnswer)
        return found

    def n_asked(self, name: str) -> int:
        return len(self.asked.get(URL + name, ()))


class InThread:
    """Parses where it is asked to, in place of child processes."""

    async def ready(self) -> None:
        pass

    async def run(self, items: Sequence[Item]) -> list[Read]:
        return read_each(items)

    def close(self) -> None:
        pass


def rss(*items: tuple[str, str], head: str = "") -> HttpAnswer:
    """Return an answer with an RSS feed of (guid, title) pairs."""
    rows = "".join(
        f"<item><guid>{guid}</guid><title>{title}</title></item>" for guid, title in items
    )
    return answer(
        f'<rss version="2.0"><channel><title>H</title>{head}{rows}</channel></rss>'.encode()
    )


def answer(
    body: bytes,
    status: int = 200,
    url: str = URL,
    headers: Mapping[str, str] | None = None,
    **more: str,
) -> HttpAnswer:
    known = {"content-type": "text/xml", **(headers or {}), **more}
    return HttpAnswer(status, url, known, body)


def feed(name: str, **kw: Any) -> Feed:
    defaults: dict[str, Any] = {"feed_id": name, "url": URL + name, "outlet": name}
    return Feed(**(defaults | {"interval_seconds": 0.05} | kw))


def world(
    tmp_path: Path, web: Fetcher, *names: str, broker: Broker | None = None, **settings: Any
) -> World:
    """Return a world whose `feeds` topic holds these feeds."""
    broker = broker or MemoryBroker()
    send(broker, *(Outgoing("feeds", name, encode(feed(name))) for name in names))
    given = Settings(run_dir=tmp_path, poll_interval_seconds=0.05)
    return World(
        settings=msgspec.structs.replace(given, **settings),
        clock=Now(),
        broker=broker,
        search=stand_in(),
        fetcher=web,
        poster=stand_in(),
        stop=SignalStop(),
    )


@contextmanager
def polling(world: World, parsers: Parsers | None = None) -> Iterator[Thread]:
    with running(lambda w: run(w, parsers or InThread()), world) as thread:
        yield thread


def eventually(probe: Callable[[], Found | Literal[False] | None], seconds: float = 30.0) -> Found:
    """Return the first true answer of `probe`; fail when none comes in time."""
    until = time.monotonic() + seconds
    while not (found := probe()):
        assert time.monotonic() < until, f"nothing after {seconds} s"
        time.sleep(0.01)
    return found


def articles(broker: Broker) -> list[Article]:
    return [decode(Article, record.value) for record in everything(broker, "articles")]


def titles(broker: Broker) -> set[str]:
    return {article.title for article in articles(broker)}


def states(broker: Broker) -> dict[str | None, FeedState]:
    return {
        record.key: decode(FeedState, record.value) for record in everything(broker, "feed-states")
    }


def pending(broker: Broker) -> dict[str | None, Article]:
    """Return the rows that still stand in `feed-pending`, by article id."""
    latest = {record.key: record.value for record in everything(broker, "feed-pending")}
    return {key: decode(Article, value) for key, value in latest.items() if value is not None}


GOOD = rss(("1", "A bridge is closed"))


def heartbeat(tmp_path: Path) -> dict[str, Any] | None:
    """Return the heartbeat of the loop that follows the feeds; None before the first."""
    for path in tmp_path.glob("poller-*.json"):
        row: dict[str, Any] = json.loads(path.read_text())
        if row["part"] == "":
            return row
    return None


def last_error(broker: Broker, feed_id: str) -> str:
    return states(broker)[feed_id].last_error or ""
