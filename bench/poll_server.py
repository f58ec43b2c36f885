"""The server of `bench/poll.py`: every address of 127.0.0.0/8 is a host with a temper of its own.

    python -m bench.poll_server PORT LOG

It answers until SIGTERM, and then writes one JSON line for each request to LOG:
`[seconds, address, path, status, retry_after]`.
"""

import asyncio
import json
import signal
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path

ITEMS = 20
"""Items of a feed, about 10 KB: the median of feeds seen."""

SLOW_SECONDS = 3.0
RETRY_AFTER = 90
LIMITED_EVERY = 3
"""Of the requests to a host with a limit, each third is refused."""

Row = tuple[float, str, str, int, int]


class Site:
    """What the hosts have been asked, and what they answer."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.asked = Counter[str]()

    def answer(self, host: str, path: str, head: bytes) -> tuple[bytes | None, float]:
        """Return the bytes of an answer, and after how many seconds; None hangs.

        The first part of a path names the temper: `/slow/17`.
        """
        temper = path.split("/")[1]
        self.asked[host] += 1
        n, now, status, wait = self.asked[host], time.time(), 200, 0
        if temper == "hung":
            self.rows.append((now, host, path, 0, 0))
            return None, 0.0
        if temper == "limited" and n % LIMITED_EVERY == 0:
            status, wait = 429, RETRY_AFTER
            data = _head("429 Too Many Requests", f"Retry-After: {wait}", "Content-Length: 0")
        elif temper == "moved":
            status = 301
            data = _head(
                "301 Moved", f"Location: {path.replace('moved', 'same')}", "Content-Length: 0"
            )
        elif temper == "cut":
            data = _feed(host, 0)[:-500]
        elif temper == "changing":
            data = _feed(host, n)
        elif b'if-none-match: "same"' in head.lower():
            status = 304
            data = _head("304 Not Modified", 'ETag: "same"')
        else:
            data = _feed(host, 0)
        self.rows.append((now, host, path, status, wait))
        return data, SLOW_SECONDS if temper == "slow" else 0.0


class Connection(asyncio.Protocol):
    """One connection: requests in a row."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._came = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._host = str(transport.get_extra_info("sockname")[0])

    def data_received(self, data: bytes) -> None:
        self._came += data
        while b"\r\n\r\n" in self._came:
            head, _, self._came = self._came.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            answer, seconds = self._site.answer(self._host, path, head)
            if answer is not None:
                asyncio.get_running_loop().call_later(
                    seconds, partial(self._send, answer, b"connection: close" in head.lower())
                )

    def _send(self, answer: bytes, is_last: bool) -> None:
        self._transport.write(answer)
        if is_last or not answer.endswith((b"\r\n\r\n", b"</rss>")):
            self._transport.close()


def _head(status: str, *lines: str) -> bytes:
    common = (
        "Server: nginx",
        "Content-Type: application/rss+xml; charset=utf-8",
        "Cache-Control: max-age=0",
        "Set-Cookie: session=7f3a9c52d1; Path=/; HttpOnly",
    )
    return "\r\n".join([f"HTTP/1.1 {status}", *common, *lines, "", ""]).encode()


def _feed(host: str, edition: int) -> bytes:
    """Return a whole answer: a feed whose newest item is of this edition."""
    text = "The council of Ostrel met on the new bridge and put the vote off until spring. " * 5
    items = "".join(
        f"<item><guid>{host}-{n}</guid><link>http://{host}/{n}</link><title>Item {n}</title>"
        f"<description>{text}</description></item>"
        for n in range(edition + ITEMS, edition, -1)
    )
    body = f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'.encode()
    etag = "same" if edition == 0 else str(edition)
    return _head("200 OK", f'ETag: "{etag}"', f"Content-Length: {len(body)}") + body


async def serve(port: int, log: Path) -> None:
    """Answer until SIGTERM."""
    site, loop, stop = Site(), asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await loop.create_server(lambda: Connection(site), "0.0.0.0", port, backlog=4096)
    print("ready", flush=True)
    await stop.wait()
    log.write_text("".join(json.dumps(row) + "\n" for row in site.rows))


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
