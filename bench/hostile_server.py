"""Hosts that attack whoever asks them, each on a loopback address
of its own, and hosts that behave among them.

An answer is written to the socket byte by byte,
so that it may break every rule of HTTP. See `hostile_attacks.py`.
"""

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

STOP = threading.Event()
"""Set at the end: whatever drips or hangs ends."""

_MAX_REQUEST = 1024 * 1024


@dataclass
class Asked:
    """One request: its number at this host (from 1), path,
    headers in lower case, body, and the open connection.
    """

    number: int
    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: socket.socket

    def send(self, data: bytes) -> None:
        """Write bytes as they are. Raises OSError when the other side has gone."""
        self.connection.sendall(data)

    def reply(
        self,
        body: bytes,
        *headers: bytes,
        status: bytes = b"200 OK",
        kind: bytes = b"application/rss+xml",
    ) -> None:
        """Write a whole answer."""
        fields = (
            b"Content-Type: " + kind,
            b"Content-Length: %d" % len(body),
            b"Connection: close",
            *headers,
        )
        self.send(b"HTTP/1.1 " + status + b"\r\n" + b"\r\n".join(fields) + b"\r\n\r\n" + body)

    def drip(self, pieces: Iterator[bytes], pause: float) -> None:
        """Write a piece every `pause` seconds until the other side goes, or the end."""
        for piece in pieces:
            self.send(piece)
            if STOP.wait(pause):
                return


Answer = Callable[[Asked], None]


@dataclass
class Host:
    """A host that answers in one way. `asked_at` are the times (monotonic) of its requests."""

    name: str
    answer: Answer
    address: str
    asked_at: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        host = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):  # the other side gives up, which is what it should do
                    host._take(self.request)

        self._server = _Server((self.address, 0), Handler)
        serve = partial(self._server.serve_forever, poll_interval=0.2)
        threading.Thread(target=serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _take(self, connection: socket.socket) -> None:
        connection.settimeout(600)
        path, headers, body = _request(connection)
        with self._lock:
            self.asked_at.append(time.monotonic())
            number = len(self.asked_at)
        self.answer(Asked(number, path, headers, body, connection))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


def _request(connection: socket.socket) -> tuple[str, dict[str, str], bytes]:
    """Return path, headers, and body of a request. Raises OSError for one that is cut off."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece or len(data) > _MAX_REQUEST:
            raise OSError("the request is cut off")
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *rows = head.decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (row.partition(":") for row in rows)
    }
    missing = int(headers.get("content-length", "0")) - len(body)
    while missing > 0 and (piece := connection.recv(65536)):
        body += piece
        missing -= len(piece)
    return first.split(" ")[1], headers, body
