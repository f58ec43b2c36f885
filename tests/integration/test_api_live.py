"""The live stream of the real process on a real Kafka:
many listeners, few threads, every alert at once.
"""

import asyncio
from pathlib import Path

import msgspec
import pytest
from streams import broker_of, eventually, free_port, send, service

from services.messages import Alert, encode

pytestmark = pytest.mark.engines

LISTENERS = 200
MOST_THREADS = 40
"""Kafka's client has 4 and one a broker, the pool for requests
as many as there are cores and some: none is a listener's."""

MOST_GROWN_BYTES = 200 * 100 * 1024
"""200 listeners at 100 kB each: a connection and its buffers.
A Kafka client each would be 600 kB."""


def alert(id):
    return encode(Alert(alert_id=id, watch_id="w", watch_version=1, watch_name="W", version=1))


def status_of(pid, name):
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith(name + ":")).split()[1])


async def listen(port, last_id=""):
    """Return the reader of a stream that misses nothing from now on or from an id, and a writer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    place = f"Last-Event-ID: {last_id}\r\n" if last_id else ""
    writer.write(f"GET /v1/live HTTP/1.1\r\nHost: localhost:{port}\r\n{place}\r\n".encode())
    begun = b": from your place on" if last_id else b": from now on"
    await asyncio.wait_for(reader.readuntil(begun), 40)
    return reader, writer


def test_two_hundred_listeners_cost_no_thread_and_each_hears_every_alert(settings):
    broker = broker_of(settings)
    send(broker, *(("alerts", f"old{n}", alert(f"old{n}")) for n in range(50)))
    settings = msgspec.structs.replace(settings, api_port=free_port(), api_login="loopback")

    async def scenario(pid):
        first = await listen(settings.api_port)
        threads, kilobytes = status_of(pid, "Threads"), status_of(pid, "VmRSS")
        others = [await listen(settings.api_port) for _ in range(LISTENERS - 1)]
        assert status_of(pid, "Threads") <= threads <= MOST_THREADS
        assert (status_of(pid, "VmRSS") - kilobytes) * 1024 < MOST_GROWN_BYTES
        await asyncio.to_thread(send, broker, ("alerts", "new", alert("new")))
        heard = await asyncio.gather(
            *(asyncio.wait_for(r.readuntil(b'"id":"new"'), 20) for r, _ in (first, *others))
        )
        assert len(heard) == LISTENERS
        assert not any(b"old" in text for text in heard)
        last_id = heard[0].rpartition(b"id: ")[2].partition(b"\n")[0].decode()
        await asyncio.to_thread(send, broker, ("alerts", "later", alert("later")))
        back = await listen(settings.api_port, last_id)
        text = await asyncio.wait_for(back[0].readuntil(b'"id":"later"'), 20)
        assert b'"new"' not in text
        for _, writer in (first, *others, back):
            writer.close()

    with service(settings, "api") as process:
        eventually(lambda: _answers(settings.api_port))
        asyncio.run(asyncio.wait_for(scenario(process.pid), 120))


def _answers(port):
    async def ask():
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()

    try:
        asyncio.run(ask())
    except OSError:
        return False
    return True
