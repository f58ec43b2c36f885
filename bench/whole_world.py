"""The outside world of `bench/whole.py`, in a process of its own: feeds, a hub, and receivers.

    python -m bench.whole_world FOLDER

- `FOLDER/timetable.jsonl` has a line an item: `{"id", "feed", "at", "item"}`. `at` is in seconds
  from the beginning, `item` is RSS without a date. Feed `n` is `/feed/n` on a loopback address of
  its own; of the feeds in `FOLDER/pushed.json` a hub pushes each item as it is published.
- `begin SECONDS` on stdin sets the beginning (seconds since 1970). `state` is answered by
  `{"asked", "subscribed"}`, numbers of feeds. The end of stdin ends it.
- `FOLDER/served.jsonl` gets `[id, seconds]` when an answer first holds an item, and
  `FOLDER/posted.jsonl` `[watch, kind, webhook id, seconds]` for each post to `/hook`.

Its port is the first line on stdout.
"""

import asyncio
import json
import sys
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))

from services.text.websub import signature

SHOWN = 60
"""Items of a document: the newest."""

LEASE_SECONDS = 86_400
VERIFY_TRIES, VERIFY_SECONDS = 300, 2.0
SLACK_SECONDS = 0.01
"""A timer may fire so much early."""

KIND = "application/rss+xml; charset=utf-8"


def host(n: int) -> str:
    """Return the n-th loopback address, from 127.1.0.1 on: each is a host of its own."""
    return f"127.{1 + n // 62_500}.{n // 250 % 250}.{1 + n % 250}"


@dataclass
class Feed:
    """A feed: the times of its items, and the items, in order of time."""

    times: list[float] = field(default_factory=list)
    items: list[tuple[str, str]] = field(default_factory=list)

    def add(self, at: float, id: str, item: str) -> None:
        self.times.append(at)
        self.items.append((id, item))

    def shown(self, begin: float, now: float) -> tuple[int, list[tuple[str, str]]]:
        """Return how many items are out, and those that a document holds, newest first."""
        n = bisect_right(self.times, now - begin)
        dated = [
            (id, f"<item>{item}<pubDate>{formatdate(begin + at)}</pubDate></item>")
            for at, (id, item) in zip(self.times[:n], self.items[:n], strict=True)
        ]
        return n, dated[::-1][:SHOWN]


class World:
    """Answers requests, and notes what was served and posted."""

    def __init__(self, folder: Path) -> None:
        self.feeds: dict[int, Feed] = {}
        self.begin = float("inf")
        self.port = 0
        self._pushed = set(json.loads((folder / "pushed.json").read_text()))
        self._subscribed: dict[int, tuple[str, str]] = {}
        self._served: set[str] = set()
        self._asked: set[int] = set()
        self._served_log = (folder / "served.jsonl").open("w", buffering=1)
        self._posted_log = (folder / "posted.jsonl").open("w", buffering=1)
        self._client = httpx.AsyncClient(timeout=30, trust_env=False)
        self._tasks: set[asyncio.Task[None]] = set()
        for line in (folder / "timetable.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            self.feeds.setdefault(row["feed"], Feed()).add(row["at"], row["id"], row["item"])

    def answer(
        self, method: str, path: str, head: Mapping[str, str], body: bytes
    ) -> tuple[str, dict[str, str], bytes]:
        """Return status, headers, and body."""
        if path == "/hook":
            self._note(head, body)
            return "200 OK", {}, b""
        if path == "/hub" and method == "POST":
            self._soon(self._verify(body))
            return "202 Accepted", {}, b""
        if not path.startswith("/feed/"):
            return "404 Not Found", {}, b""
        return self._feed(int(path.rpartition("/")[2]), head)

    def _feed(self, n: int, head: Mapping[str, str]) -> tuple[str, dict[str, str], bytes]:
        self._asked.add(n)
        count, items = self.feeds.get(n, Feed()).shown(self.begin, time.time())
        etag = f'"{n}-{count}"'
        headers = {"ETag": etag}
        if n in self._pushed:
            own = self.address(n)
            headers["Link"] = f'<{own}>; rel="self", <http://{host(0)}:{self.port}/hub>; rel="hub"'
        if head.get("if-none-match") == etag:
            return "304 Not Modified", headers, b""
        self._now_seen(items)
        return "200 OK", headers | {"Content-Type": KIND}, _document(n, items)

    def address(self, n: int) -> str:
        return f"http://{host(n)}:{self.port}/feed/{n}"

    def _now_seen(self, items: list[tuple[str, str]]) -> None:
        now = time.time()
        for id, _ in items:
            if id not in self._served:
                self._served.add(id)
                self._served_log.write(json.dumps([id, now]) + "\n")

    def _note(self, head: Mapping[str, str], body: bytes) -> None:
        now, told = time.time(), json.loads(body)
        data: dict[str, Any] = told["data"]
        alerts = data.get("items") or ([data] if "alert" in data else [])
        for each in alerts:
            row = [each["alert"]["watch_id"], told["type"], head.get("webhook-id", ""), now]
            self._posted_log.write(json.dumps(row) + "\n")
        if not alerts and "watch_id" in data:  # that of the peer
            row = [data["watch_id"], told["type"], head.get("webhook-id", ""), now]
            self._posted_log.write(json.dumps(row) + "\n")

    async def _verify(self, asked: bytes) -> None:
        """Verify an intent, as a hub does after its 202."""
        form = {name: values[0] for name, values in parse_qs(asked.decode()).items()}
        topic, callback = form["hub.topic"], form["hub.callback"]
        wanted = {
            "hub.mode": "subscribe",
            "hub.topic": topic,
            "hub.challenge": "c-4711",
            "hub.lease_seconds": str(LEASE_SECONDS),
        }
        for _ in range(VERIFY_TRIES):
            try:
                answer = await self._client.get(f"{callback}?{urlencode(wanted)}")
            except httpx.TransportError:  # the API starts when the poller does
                await asyncio.sleep(VERIFY_SECONDS)
                continue
            if answer.text == "c-4711":
                self._subscribed[int(topic.rpartition("/")[2])] = (callback, form["hub.secret"])
            return

    def start(self, begin: float) -> None:
        """Set the beginning, and plan what the hub pushes."""
        self.begin = begin
        loop = asyncio.get_running_loop()
        for n in self._pushed:
            for at in self.feeds.get(n, Feed()).times:
                loop.call_later(begin + at - time.time(), self._soon_push, n)

    def state(self) -> dict[str, int]:
        return {"asked": len(self._asked), "subscribed": len(self._subscribed)}

    def _soon_push(self, n: int) -> None:
        if n in self._subscribed:
            self._soon(self._push(n))

    async def _push(self, n: int) -> None:
        callback, secret = self._subscribed[n]
        _, items = self.feeds[n].shown(self.begin, time.time() + SLACK_SECONDS)
        body = _document(n, items)
        headers = {"X-Hub-Signature": signature(body, secret), "Content-Type": KIND}
        await self._client.post(callback, content=body, headers=headers)
        self._now_seen(items)

    def _soon(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            print(f"the hub: {type(error).__name__}: {error}", file=sys.stderr, flush=True)


class Connection(asyncio.Protocol):
    """One connection: requests in a row, each with a length or without a body."""

    def __init__(self, world: World) -> None:
        self._world, self._came = world, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        while b"\r\n\r\n" in self._came:
            raw, _, rest = self._came.partition(b"\r\n\r\n")
            first, *rows = raw.decode("latin-1").split("\r\n")
            named = (row.partition(":") for row in rows)
            head = {name.lower(): value.strip() for name, _, value in named}
            length = int(head.get("content-length", "0"))
            if len(rest) < length:
                return
            body, self._came = rest[:length], rest[length:]
            method, path, _ = first.split(" ", 2)
            status, headers, answer = self._world.answer(method, path, head, body)
            headers["Content-Length"] = str(len(answer))
            lines = [f"HTTP/1.1 {status}", *(f"{n}: {v}" for n, v in headers.items()), "", ""]
            self._transport.write("\r\n".join(lines).encode() + answer)


def _document(n: int, items: list[tuple[str, str]]) -> bytes:
    head = f"<title>Herald {n}</title><link>http://{host(n)}/</link><description/>"
    body = "".join(item for _, item in items)
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return f'<rss version="2.0" {space}><channel>{head}{body}</channel></rss>'.encode()


async def _follow(world: World, end: Callable[[], None]) -> None:
    """Take orders from stdin until it ends."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(partial(asyncio.StreamReaderProtocol, reader), sys.stdin)
    while line := await reader.readline():
        word, _, value = line.decode().partition(" ")
        if word == "begin":
            world.start(float(value))
        else:
            print(json.dumps(world.state()), flush=True)
    end()


async def serve(folder: Path) -> None:
    """Answer until stdin ends."""
    world, stop = World(folder), asyncio.Event()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(Connection, world), "0.0.0.0", 0, backlog=4096)
    world.port = server.sockets[0].getsockname()[1]
    print(world.port, flush=True)
    following = asyncio.ensure_future(_follow(world, stop.set))
    await stop.wait()
    await following


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
