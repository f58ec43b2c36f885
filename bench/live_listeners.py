"""Listeners of a live stream in a process of their own: when each event came, and what was lost.

    python bench/live_listeners.py HOST PORT PATH N SECONDS

It writes one JSON object: `delays`, a histogram of milliseconds from `sent_ms` in the events to
their arrival; `n`, the events; `lost`, what listeners were told. A line "ready" says that all
listen.
"""

import asyncio
import json
import re
import sys
import time
from collections import Counter

SENT = re.compile(rb"sent=(\d{13})")
LOST = re.compile(rb"event: lost\r?\ndata: (\{[^\n]*\})")
STEP_MS = 10
"""Width of a column of the histogram, in milliseconds."""


class Ear(asyncio.Protocol):
    """One connection. Pieces may end in the middle of an event, so the last bytes are kept."""

    def __init__(self, head: bytes, heard: "Heard") -> None:
        self._head, self._heard, self._rest = head, heard, b""
        self._is_on = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        now = time.time_ns() // 1_000_000
        text = self._rest + data
        if not self._is_on and b": from now on" in text:
            self._is_on = True
            self._heard.n_on += 1
        end = text.rfind(b"\n") + 1
        self._rest = text[end:]
        for found in SENT.findall(text, 0, end):
            self._heard.delays[(now - int(found)) // STEP_MS * STEP_MS] += 1
        for found in LOST.findall(text, 0, end):
            self._heard.lost.append(json.loads(found))


class Heard:
    def __init__(self) -> None:
        self.delays: Counter[int] = Counter()
        self.lost: list[object] = []
        self.n_on = 0


async def listen(host: str, port: int, path: str, n: int, seconds: float) -> Heard:
    heard = Heard()
    head = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    for _ in range(n):
        await loop.create_connection(lambda: Ear(head, heard), host, port)
    until = time.monotonic() + 60
    while heard.n_on < n and time.monotonic() < until:
        await asyncio.sleep(0.05)
    sys.stdout.write(f"ready {heard.n_on}\n")
    sys.stdout.flush()
    await asyncio.sleep(seconds)
    return heard


if __name__ == "__main__":
    host, port, path, n, seconds = sys.argv[1:]
    heard = asyncio.run(listen(host, int(port), path, int(n), float(seconds)))
    found = {"delays": heard.delays, "n": heard.delays.total(), "lost": heard.lost}
    sys.stdout.write(json.dumps(found) + "\n")
