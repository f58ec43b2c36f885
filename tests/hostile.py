"""A raw-socket server on loopback whose answers no web server would give:
each path has a script of its own.
"""

import socket
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Self

Script = Callable[[socket.socket, threading.Event], None]


class RawServer:
    """Hands each connection, with its request's bytes, to the script of its path; others are 404.

    Use as a context manager.

    A script is called with the connection and an event that is set when the server stops.
    `asked` counts requests by path, `heads` holds them.
    """

    def __init__(self, scripts: Mapping[str, Script]) -> None:
        self.scripts = scripts
        self.asked = Counter[str]()
        self.heads: list[bytes] = []
        self.stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # The client goes away in the middle: that is what most of these tests are about.
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                part = connection.recv(65_536)
                if not part:
                    return
                head += part
            path = head.split(b" ", 2)[1].decode()
            self.asked[path] += 1
            self.heads.append(head)
            self.scripts.get(path, _NOT_FOUND)(connection, self.stopping)


def send(data: bytes) -> Script:
    """Answer with these bytes and close."""
    return lambda connection, _stopping: connection.sendall(data)


_NOT_FOUND = send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


def stay(data: bytes, counted: list[int]) -> Script:
    """Answer every request of a connection. `counted` gets the number of requests of each."""

    def script(connection: socket.socket, _stopping: threading.Event) -> None:
        place = len(counted)
        counted.append(0)
        while True:
            counted[place] += 1
            connection.sendall(data)
            head = b""
            while b"\r\n\r\n" not in head:
                part = connection.recv(65_536)
                if not part:
                    return
                head += part

    return script


def flood(first: bytes, then: bytes) -> Script:
    """Answer with `first`, then with `then` as fast as it is taken, for ever."""

    def script(connection: socket.socket, stopping: threading.Event) -> None:
        connection.sendall(first)
        while not stopping.is_set():
            connection.sendall(then)

    return script


def drip(first: bytes, then: bytes, seconds: float) -> Script:
    """Answer with `first`, then with `then` every few seconds, for ever."""

    def script(connection: socket.socket, stopping: threading.Event) -> None:
        connection.sendall(first)
        while not stopping.wait(seconds):
            connection.sendall(then)

    return script


def hang(_connection: socket.socket, stopping: threading.Event) -> None:
    """Take the request and say nothing."""
    stopping.wait()


def reset(connection: socket.socket, _stopping: threading.Event) -> None:
    """Abort the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Return the bytes of a whole answer that says how long it is."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
