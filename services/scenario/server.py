"""A small local web server for feeds, with a log of all requests."""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

Page = tuple[str, bytes]
"""Content type and body."""


@dataclass(frozen=True)
class Seen:
    """One request, with header names in lower case, and the status of its answer."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int


class FeedServer:
    """Serves `pages` (path to content type and bytes) on a free loopback port, with ETag and 304.

    - `statuses` (path to status and headers) come first: errors, redirects, Retry-After, encodings.
      A POST without one gets 200.
    - `requests`: the log of requests.

    Use as a context manager.
    """

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.statuses: dict[str, tuple[int, Mapping[str, str]]] = {}
        self.requests: list[Seen] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def url(self) -> str:
        """The address without trailing slash. It answers inside the context."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(timeout=5)

    def answer(
        self, method: str, path: str, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers, and body for a request."""
        if path in self.statuses:
            status, extra = self.statuses[path]
            return status, dict(extra), self.pages.get(path, ("", b""))[1]
        if method == "POST":
            return 200, {}, b""
        if path not in self.pages:
            return 404, {}, b"not found\n"
        kind, body = self.pages[path]
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if headers.get("if-none-match") == etag:
            return 304, {"ETag": etag}, b""
        return 200, {"ETag": etag, "Content-Type": kind}, body


def _handler(server: FeedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def _answer(self, sent: bytes) -> None:
            asked = {name.lower(): value for name, value in self.headers.items()}
            status, headers, body = server.answer(self.command, self.path, asked)
            server.requests.append(Seen(self.command, self.path, asked, sent, status))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing on stderr: the log is `FeedServer.requests`."""

    return Handler
