"""One HTTP server on loopback for many stand-ins, each under a path of its own."""

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, Self
from urllib.parse import parse_qs, unquote, urlsplit

DRIP_SECONDS = 2.0
"""Seconds between two bytes of a dripping answer."""


@dataclass(frozen=True)
class Request:
    """A request. `path` is what follows the stand-in's own path, decoded; `json` is {} for none."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"{}")


@dataclass(frozen=True)
class Reply:
    """An answer: `body` is sent as JSON, bytes as they are."""

    status: int
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Trouble = Reply | Literal["hang", "drip", "drop"]
"""What comes instead of an answer: another one, none, one that never ends, a closed connection."""


class Service(Protocol):
    """A stand-in."""

    def answer(self, request: Request) -> Reply: ...


@dataclass
class Shown:
    """A message that people see.

    - `text`: as a client draws it. `rings`: it made a sound when it came.
    - `thread`: the message under which it stands, "" for none. `pings`: who is called by it.
    - `links`: the addresses it leads to. `n_edits`: how often it was replaced.
    """

    id: str
    text: str
    rings: bool = True
    thread: str = ""
    pings: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    n_edits: int = 0


class Shore:
    """The server. Use as a context manager.

    `trouble` is asked before a stand-in, with its name and the request. `heard` is told of each
    answer of a stand-in.
    """

    def __init__(self, trouble: Callable[[str, Request], Trouble | None] | None = None) -> None:
        self.services: dict[str, Service] = {}
        self.trouble = trouble or (lambda _name, _request: None)
        self.heard: Callable[[str, Request, Reply], object] = lambda _name, _request, _reply: None
        self.requests: list[tuple[str, Request]] = []
        self.keeps_requests = True
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512), self._loop
        ).result()
        self._server = server
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def add(self, name: str, service: Service) -> str:
        """Put a stand-in ashore. Return its address."""
        self.services[name] = service
        return f"{self.url}/{name}"

    async def _close(self) -> None:
        self._stopping.set()
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            name, request = await _read(reader)
            if self.keeps_requests:
                self.requests.append((name, request))
            reply = self.trouble(name, request)
            if reply is None:
                reply = self.services[name].answer(request)
                self.heard(name, request, reply)
            if reply == "hang":
                await self._stopping.wait()
            elif reply == "drip":
                await self._drip(writer)
            elif isinstance(reply, Reply):
                writer.write(_written(reply))
                await writer.drain()
        writer.close()

    async def _drip(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while not self._stopping.is_set():
            writer.write(b"X: y\r\n")
            await writer.drain()
            await asyncio.sleep(DRIP_SECONDS)


async def _read(reader: asyncio.StreamReader) -> tuple[str, Request]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *rest = head.split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (row.partition(":") for row in rest if row)
    headers = {key.lower(): value.strip() for key, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    name, _, path = parts.path.removeprefix("/").partition("/")
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return name, Request(method, unquote(path), query, headers, body)


def _written(reply: Reply) -> bytes:
    is_bytes = isinstance(reply.body, bytes)
    body = reply.body if is_bytes else json.dumps(reply.body).encode()
    headers = {"Content-Length": str(len(body)), "Connection": "close"} | dict(reply.headers)
    lines = [f"HTTP/1.1 {reply.status} X", *(f"{key}: {value}" for key, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
