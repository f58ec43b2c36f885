"""A proxy before the real Elasticsearch that changes answers:
what a test can't make the engine say by itself.
"""

import json
import socket
import struct
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Cut:
    """The connection is reset after so many bytes of the answer's body; None: before its status."""

    after: int | None = None


Fault = Callable[[str, str, int, bytes], Answer | Cut | None]
"""(method, path, status, body) → the answer to give instead, None to pass the engine's on."""

Guard = Callable[[str, str], Answer | Cut | None]
"""(method, path) → the answer to give before the engine is asked, None to ask it."""

PASSED_ON = ("content-type", "x-elastic-product")


class Server(ThreadingHTTPServer):
    """Says nothing of clients that are gone: faults end them."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def faulty(
    elastic_url: str, fault: Fault = lambda *_: None, guard: Guard = lambda *_: None
) -> Iterator[str]:
    """Run the proxy inside the context and give its address.

    `guard` may answer in the engine's place, `fault` may change what it answered.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in ("host", "connection")
            }
            given = guard(self.command, self.path)
            real = None if given else asked(engine, self.command, self.path, content, headers)
            if real is None:
                self._give(200, {}, b"", given or Cut())
                return
            kept = {name: real.headers[name] for name in PASSED_ON if name in real.headers}
            given = fault(self.command, self.path, real.status_code, real.content)
            self._give(real.status_code, kept, real.content, given)

        def _give(
            self, status: int, kept: dict[str, str], body: bytes, given: Answer | Cut | None
        ) -> None:
            if isinstance(given, tuple):
                status, changed, body = given
                kept = kept | changed
            if isinstance(given, Cut) and given.after is None:
                self._reset()
                return
            self.send_response(status)
            for name, value in (kept | {"content-length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else body[: cut_at(given)])
            if isinstance(given, Cut):
                self._reset()

        def _reset(self) -> None:
            """Close the connection so that the client sees a reset, not an end."""
            self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _pass_on  # noqa: N815 - the names are the library's

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with httpx.Client(base_url=elastic_url, timeout=30) as engine:
        server = Server(("127.0.0.1", 0), Handler)
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            serving.join(10)


def asked(
    engine: httpx.Client, method: str, path: str, content: bytes, headers: Mapping[str, str]
) -> httpx.Response | None:
    """Return the engine's answer; None if it gives none."""
    try:
        return engine.request(method, path, content=content, headers=headers)
    except httpx.TransportError:
        return None


def cut_at(given: Answer | Cut | None) -> int | None:
    return given.after if isinstance(given, Cut) else None


def refusing(ids: Collection[str], status: int, error: dict[str, str]) -> Fault:
    """Return a fault that refuses documents with these ids, after the engine stored them."""

    def fault(_method: str, path: str, real_status: int, body: bytes) -> Answer | None:
        if "_bulk" not in path:
            return None
        answer = json.loads(body)
        for item in answer["items"]:
            if item["index"]["_id"] in ids:
                item["index"] = {
                    "_id": item["index"]["_id"],
                    "status": status,
                    "error": error,
                }
        return real_status, {}, json.dumps(answer | {"errors": True}).encode()

    return fault


def answering(status: int, body: bytes, **headers: str) -> Fault:
    """Return a fault that answers every bulk request and search so, whatever the engine said."""

    def fault(_method: str, path: str, _status: int, _body: bytes) -> Answer | None:
        return (status, headers, body) if "_bulk" in path or "_search" in path else None

    return fault
