"""The process around the routes: its heartbeat, its end, and a port that is taken."""

import socket
import threading
import time
from contextlib import closing

import httpx
import pytest
from stand_ins import stand_in
from structlog.testing import capture_logs

from services.adapters.clock import SystemClock
from services.adapters.memory import MemoryBroker
from services.api.service import run
from services.api.stream.live import Live
from services.api.stream.seats import Seats
from services.api.stream.window import Window
from services.errors import FatalError
from services.messages import Alert, Revision, encode
from services.ports import Outgoing
from services.runtime.health import pulses
from services.runtime.shutdown import SignalStop
from services.runtime.world import World
from services.settings import Settings


class Search:
    def is_up(self):
        return True


def world(tmp_path, port, **kw):
    settings = Settings(api_port=port, run_dir=tmp_path, api_login="loopback", **kw)
    return World(
        settings,
        SystemClock(),
        MemoryBroker(),
        stand_in(Search()),
        stand_in(),
        stand_in(),
        SignalStop(),
    )


@pytest.fixture
def port():
    with closing(socket.create_server(("127.0.0.1", 0))) as held:
        return held.getsockname()[1]


def answer(port):
    until = time.monotonic() + 20
    while True:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/health").json()
        except httpx.TransportError:
            assert time.monotonic() < until
            time.sleep(0.05)


def test_it_serves_beats_and_ends_at_once_with_live_readers_on_the_line(tmp_path, port):
    its = world(tmp_path, port)
    serving = threading.Thread(target=run, args=(its,))
    serving.start()
    assert answer(port)["kafka"] == "up"
    assert [(p.service, p.is_well) for p in pulses(tmp_path)] == [("api", True)]
    with httpx.stream("GET", f"http://127.0.0.1:{port}/v1/live", timeout=20) as stream:
        lines = stream.iter_lines()
        assert next(lines).startswith(":")
        its.stop.set()
        list(lines)
    serving.join(10)
    assert not serving.is_alive()
    assert pulses(tmp_path) == []


def test_a_listener_that_leaves_gives_its_seat_back(tmp_path, port, monkeypatch):
    monkeypatch.setattr(
        "services.api.service.Live", lambda broker, stop: Live(broker, stop, seats=Seats(most=1))
    )
    its = world(tmp_path, port)
    serving = threading.Thread(target=run, args=(its,))
    serving.start()
    answer(port)
    live = f"http://127.0.0.1:{port}/v1/live"
    with httpx.stream("GET", live, timeout=20) as stream:
        lines = stream.iter_lines()
        assert next(lines).startswith(":")
        assert httpx.get(live).status_code == 503
    until = time.monotonic() + 20
    while True:
        with httpx.stream("GET", live, timeout=20) as stream:
            if stream.status_code == 200:
                break
        assert time.monotonic() < until
        time.sleep(0.05)
    its.stop.set()
    serving.join(10)
    assert not serving.is_alive()


def test_a_listener_that_does_not_read_holds_up_nobody_and_is_told_what_it_lost(
    tmp_path, port, monkeypatch
):
    """Its connection takes what fits in the buffers of both ends;
    what comes then goes through a window of a few.
    """
    monkeypatch.setattr(
        "services.api.service.Live",
        lambda broker, stop: Live(broker, stop, window=Window(most_events=2 * BATCH)),
    )
    its = world(tmp_path, port)
    serving = threading.Thread(target=run, args=(its,))
    serving.start()
    answer(port)
    with closing(socket.socket()) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.settimeout(20)
        slow.connect(("127.0.0.1", port))
        slow.sendall(f"GET /v1/live HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
        read_until(slow, b"from now on")
        with httpx.stream("GET", f"http://127.0.0.1:{port}/v1/live", timeout=20) as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith(":")
            for n in range(N_BATCHES):
                send(its.broker, *(large_alert(f"{n}-{each}") for each in range(BATCH)))
                last = f'"id":"{n}-{BATCH - 1}"'
                assert any(last in line for line in iter(lambda: next(lines), None))
        told = read_until(slow, f'"id":"{N_BATCHES - 1}-{BATCH - 1}"'.encode())
    assert b"event: lost" in told
    assert b'data: {"count": ' in told
    its.stop.set()
    serving.join(10)
    assert not serving.is_alive()


BATCH, N_BATCHES = 400, 16
"""Together more than the buffers of a connection hold, which is about six megabytes."""


def large_alert(alert_id):
    """An alert whose event is as large as they get: 2.5 kB."""
    text = "\U0001f4e1" * 400
    revision = Revision(id=alert_id, number=1, kind="first", text=text)
    alert = Alert(
        alert_id=alert_id, watch_id="w", watch_version=1, watch_name=text, version=1,
        revisions=(revision,),
    )  # fmt: skip
    return Outgoing("alerts", alert_id, encode(alert))


def send(broker, *messages):
    producer = broker.producer()
    for message in messages:
        producer.send(message)
    producer.close()


def read_until(connection, end):
    """Return what comes up to `end`."""
    found = bytearray()
    while end not in found[-1_100_000:]:
        piece = connection.recv(1 << 20)
        assert piece, "the connection ended"
        found += piece
    return bytes(found)


@pytest.mark.parametrize(("host", "warns"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_an_api_that_strangers_may_reach_warns_that_it_has_no_tls(tmp_path, port, host, warns):
    its = world(tmp_path, port, api_host=host)
    with capture_logs() as logs:
        serving = threading.Thread(target=run, args=(its,))
        serving.start()
        answer(port)
        its.stop.set()
        serving.join(10)
    assert any("without TLS" in row["event"] for row in logs) == warns


def test_a_taken_port_is_told_in_one_line(tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as held:
        taken = held.getsockname()[1]
        its = world(tmp_path, taken)
        with pytest.raises(FatalError, match=f"127.0.0.1:{taken}.*REPORTEDLY_API_PORT"):
            run(its)
        # The process would end here, and its threads with it.
        its.stop.set()
