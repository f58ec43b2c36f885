"""How fast an update comes from its topic to 500 listeners of one API process, at 50 a second.

    python bench/live.py [--listeners 500] [--rate 50] [--seconds 30]

A Kafka of its own, an API process, and the listeners in a process of their own, all on this
machine. Half of the updates are claims of 20 kB, half alerts. One more listener reads nothing for
the whole time. Then 20,000 alerts come at once, which is more than the buffers of its connection
hold, and it reads on: it has to be told exactly how many updates it lost. The window is shorter
here than in service (300 events).

Beside it, in the same run and one after the other, the same stream by sse-starlette as it is
commonly used: a queue without a bound for each listener, each event sent on its own.

Exits 1 if a bound is missed.
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.restart import kafka
from services.adapters.embedded.kept_ports import listen_somewhere
from services.adapters.kafka import KafkaBroker
from services.messages import Alert, Claim, Evidence, Revision, Told, encode
from services.messages.claim import ClaimCause
from services.ports import Outgoing
from services.runtime.data_version import bring_up

P99_SECONDS = 1.0
"""The bound from the topic to a listener."""

GROWN_BYTES = 100 * 1024 * 1024
"""The bound of what the listeners may cost: 200 kB each, their connections and buffers."""

WINDOW_EVENTS = 300
"""Events that the slow listener may be behind: six seconds."""

BURST = 20_000
"""Alerts that come at once for the slow listener: ten megabytes of events."""

CLAIM_BYTES = 20_000
PARTITIONS = 12
HOST = "127.0.0.1"
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Result:
    """What one side did.

    - `share`: of the events that should have come to the listeners, those that did in the time.
    - `grown`: bytes of its memory from the first listener to the last event. `cpu`: of one core.
    """

    n: int
    share: float
    p50: float
    p99: float
    grown: int
    cpu: float
    slow: dict[str, Any] | None


class Sender:
    """Sends updates at a rate. Each holds the time when it was sent."""

    def __init__(self, broker: KafkaBroker, rate: float) -> None:
        self._producer, self._rate, self.n = broker.producer(), rate, 0

    def run(self, seconds: float) -> int:
        """Return how many were sent."""
        begin, n = time.monotonic(), 0
        while (now := time.monotonic() - begin) < seconds:
            while n < now * self._rate:
                self._producer.send(self._message())
                n += 1
            self._producer.flush()
            time.sleep(0.005)
        return n

    def burst(self, n: int) -> int:
        """Send alerts as fast as they go. Return their number."""
        for _ in range(n):
            self.n += 1
            self._producer.send(_alert(self.n, "The army denied the report. sent=1000000000000"))
        self._producer.flush()
        return n

    def _message(self) -> Outgoing:
        self.n += 1
        text = f"The army denied the report. sent={time.time_ns() // 1_000_000}"
        return _claim(self.n, text) if self.n % 2 else _alert(self.n, text)


def _claim(n: int, text: str) -> Outgoing:
    quote = Evidence(article_id="a", version=1, quote=text, mark=(0, 3))
    rest = Evidence(article_id="b", version=1, quote="x" * CLAIM_BYTES, mark=(0, 3))
    claim = Claim(
        claim_id=f"c{n % 500}", block="b", event="killed", status="disputed", version=n,
        n_reports=3, n_independent=2, evidence=(rest,),
        cause=(ClaimCause(article_id="a", version=1, evidence=quote),),
    )  # fmt: skip
    return Outgoing("claims", claim.claim_id, encode(claim))


def _alert(n: int, text: str) -> Outgoing:
    told = Told(status="denied")
    revision = Revision(id=f"r{n}", number=n, kind="denied", text=text, told=told)
    alert = Alert(
        alert_id=f"a{n % 500}", watch_id=f"w{n % 40}", watch_version=1, watch_name="Leaders",
        version=n, revisions=(revision,),
    )  # fmt: skip
    return Outgoing("alerts", alert.alert_id, encode(alert), partition_key=alert.watch_id)


@contextmanager
def running(command: list[str], environment: dict[str, str], port: int) -> Iterator[int]:
    """Run a server. Yield its pid once it answers."""
    process = subprocess.Popen(command, env=os.environ | environment, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection((HOST, port), 1).close()
                break
            except OSError:
                assert process.poll() is None, "it ended by itself"
                assert time.monotonic() < until, "it does not start"
                time.sleep(0.1)
        yield process.pid
    finally:
        process.kill()  # a server of streams may wait for its listeners
        process.wait()


class Slow:
    """A listener that reads nothing until it is told to read on."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.connect((HOST, port))
        self._socket.settimeout(10)
        head = f"GET /v1/live HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"
        self._socket.sendall(head.encode())
        self._heard = self._socket.recv(2048)

    def read_on(self) -> tuple[int, list[dict[str, Any]]]:
        """Return how many events it got, and what it was told that it lost."""
        try:
            while piece := self._socket.recv(1 << 20):
                self._heard += piece
        except TimeoutError:
            pass  # nothing more comes
        lost = [json.loads(each) for each in re.findall(rb"event: lost\ndata: (.*)\n", self._heard)]
        return len(re.findall(rb"sent=\d{13}", self._heard)), lost


@dataclass(frozen=True)
class Side:
    """A server to measure. `burst`: alerts for the slow listener, once the others are gone."""

    name: str
    command: list[str]
    port: int
    environment: dict[str, str]
    burst: int = 0


def measured(side: Side, given: argparse.Namespace, broker: KafkaBroker) -> Result:
    """Run one side, and the listeners against it."""
    port = side.port
    with running(side.command, side.environment, port) as pid:
        server = psutil.Process(pid)
        listeners = subprocess.Popen(
            [sys.executable, str(HERE / "live_listeners.py"), HOST, str(port), "/v1/live",
             str(given.listeners - 1), str(given.seconds + 5)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert listeners.stdout is not None
        ready = listeners.stdout.readline().split()
        assert ready == ["ready", str(given.listeners - 1)], ready
        slow = Slow(port)
        before, cpu = server.memory_info().rss, sum(server.cpu_times()[:2])
        most = Peak(server)
        sender = Sender(broker, given.rate)
        n = sender.run(given.seconds)
        spent = (sum(server.cpu_times()[:2]) - cpu) / given.seconds
        found = json.loads(listeners.stdout.readline())
        n_more = sender.burst(side.burst)
        n_slow, lost = slow.read_on()
        grown = most.end() - before
    delays = Counter({int(ms): count for ms, count in found["delays"].items()})
    told = sum(each["count"] for each in lost)
    share = found["n"] / (n * (given.listeners - 1))
    return Result(
        n, share, quantile(delays, 0.5), quantile(delays, 0.99), grown, spent,
        {"got": n_slow, "told": told, "lost": n + n_more - n_slow, "times": len(lost)},
    )  # fmt: skip


class Peak:
    """The most memory of a process while it is looked at."""

    def __init__(self, process: psutil.Process) -> None:
        self._process, self._most, self._is_over = process, 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> int:
        self._is_over.set()
        self._thread.join()
        return self._most

    def _look(self) -> None:
        while not self._is_over.wait(0.25):
            self._most = max(self._most, self._process.memory_info().rss)


def quantile(delays: Counter[int], share: float) -> float:
    """Return the upper end of the column that a share of the delays does not exceed, in seconds."""
    left = share * delays.total()
    for ms in sorted(delays):
        left -= delays[ms]
        if left <= 0:
            return (ms + 10) / 1000
    return float("inf")


def free_port() -> int:
    with listen_somewhere() as held:
        port: int = held.getsockname()[1]
        return port


def show(name: str, result: Result) -> None:
    print(
        f"{name:<24}{result.n:>7,} updates  {result.share:4.0%} came  half within "
        f"{result.p50:5.2f} s  99% within {result.p99:5.2f} s  "
        f"memory +{result.grown / 1e6:5.0f} MB  {result.cpu:4.0%} of a core"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listeners", type=int, default=500)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, kafka(Path(folder)) as bootstrap:
        broker = KafkaBroker(bootstrap)
        broker.apply_topics(PARTITIONS)
        bring_up(broker, is_new=True)
        port, plain = free_port(), free_port()
        environment = {
            "REPORTEDLY_KAFKA_BOOTSTRAP": bootstrap, "REPORTEDLY_ELASTIC_URL": "http://127.0.0.1:9",
            "REPORTEDLY_API_PORT": str(port), "REPORTEDLY_API_LOGIN": "loopback",
            "REPORTEDLY_DATA_DIR": folder, "REPORTEDLY_RUN_DIR": f"{folder}/run",
            "PYTHONPATH": str(HERE.parent), "BENCH_WINDOW": str(WINDOW_EVENTS),
        }  # fmt: skip
        api = [sys.executable, str(HERE / "live_api.py")]
        ours = measured(Side("ours", api, port, environment, BURST), given, broker)
        show(f"ours, {given.listeners} listeners", ours)
        beside = [sys.executable, str(HERE / "live_plain.py"), str(plain), bootstrap]
        other = measured(Side("beside", beside, plain, environment), given, broker)
        show("plain sse-starlette", other)
    print(f"the slow listener of ours: {ours.slow}")
    print(f"the slow listener beside:  {other.slow}")
    return _judged(ours)


def _judged(ours: Result) -> int:
    slow = ours.slow or {}
    missed = [
        *([f"99% within {ours.p99} s, not {P99_SECONDS}"] if ours.p99 >= P99_SECONDS else []),
        *([f"{ours.grown:,} bytes more, not {GROWN_BYTES:,}"] if ours.grown > GROWN_BYTES else []),
        *([f"only {ours.share:.2%} came in the time"] if ours.share < 1 else []),
        *(["the slow listener lost nothing"] if not slow["lost"] else []),
        *(["the slow listener was not told what it lost"] if slow["told"] != slow["lost"] else []),
    ]
    for each in missed:
        print(f"missed: {each}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
