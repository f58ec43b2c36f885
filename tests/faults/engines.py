"""One Kafka and one Elasticsearch for all schedules, which can be paused and killed.

Kafka tells its clients where to connect, so a proxy before it needs a listener of its own: there is
one for each schedule that may run at the same time.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
from faults.proxy import Proxies, Proxy

from services.adapters.embedded.artifacts import fetch_all, maven_fetch, pinned
from services.adapters.embedded.elasticsearch import elasticsearch_engine, unpacked
from services.adapters.embedded.engine import Engine
from services.adapters.embedded.engines import PORTS
from services.adapters.embedded.jdk import find_jdk
from services.adapters.embedded.kafka import kafka_engine
from services.adapters.embedded.kept_ports import kept_ports
from services.settings import Settings


@dataclass(frozen=True)
class Place:
    """Where one schedule finds the engines: past proxies, which are its own, and directly.

    `kafka`: None if it has no proxy of its own.
    """

    kafka_bootstrap: str
    elastic_url: str
    kafka: Proxy | None
    elastic: Proxy
    direct_kafka: str
    direct_elastic: str


class Ours:
    """The engines of a run. `places`: one for each schedule that may run at a time."""

    def __init__(self, places: Sequence[Place], ports: dict[str, int]) -> None:
        self.places = places
        self._ports = ports

    @contextmanager
    def paused(self, name: str) -> Iterator[None]:
        """Stop an engine with SIGSTOP during the context."""
        pid = self._pid(name)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def kill(self, name: str) -> None:
        """Kill an engine with -9. It is started again half a second later."""
        os.kill(self._pid(name), signal.SIGKILL)

    def _pid(self, name: str) -> int:
        port, until = self._ports[name], time.monotonic() + 120
        while time.monotonic() < until:
            for one in psutil.net_connections("tcp"):
                if one.laddr.port == port and one.status == psutil.CONN_LISTEN and one.pid:
                    return int(one.pid)
            time.sleep(0.2)
        raise RuntimeError(f"{name} does not listen on {port}")


@contextmanager
def own_engines(folder: Path, n_places: int) -> Iterator[Ours]:
    """Run both engines during the context, with data and logs in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    (folder / "logs").mkdir(exist_ok=True)
    names = [f"place-{n}{end}" for n in range(n_places) for end in ("", "-proxy")]
    ports = kept_ports(folder / "ports.json", (*PORTS, *names))
    engines = _engines(folder, ports, n_places)
    stopping = threading.Event()
    watcher = threading.Thread(target=_watch, args=(engines, stopping), daemon=True)
    with Proxies() as proxies:
        try:
            for engine in engines:
                engine.start()
            for engine in engines:
                engine.wait_until_up()
            watcher.start()
            yield Ours([_place(proxies, ports, n) for n in range(n_places)], ports)
        finally:
            stopping.set()
            if watcher.is_alive():
                watcher.join()
            for engine in engines:
                engine.tell_to_end()
            for engine in engines:
                engine.wait_until_ended()


@contextmanager
def shared_place(kafka_bootstrap: str, elastic_url: str) -> Iterator[Place]:
    """Yield a place on engines of others, which have no listener for a proxy."""
    with Proxies() as proxies:
        elastic = proxies.add(int(elastic_url.rpartition(":")[2]))
        url = f"http://127.0.0.1:{elastic.port}"
        yield Place(kafka_bootstrap, url, None, elastic, kafka_bootstrap, elastic_url)


def _place(proxies: Proxies, ports: dict[str, int], n: int) -> Place:
    kafka = proxies.add(ports[f"place-{n}"], ports[f"place-{n}-proxy"])
    elastic = proxies.add(ports["elasticsearch"])
    return Place(
        f"127.0.0.1:{kafka.port}",
        f"http://127.0.0.1:{elastic.port}",
        kafka,
        elastic,
        f"127.0.0.1:{ports['kafka']}",
        f"http://127.0.0.1:{ports['elasticsearch']}",
    )


def _engines(folder: Path, ports: dict[str, int], n_places: int) -> list[Engine]:
    java, cache = find_jdk(), Settings().cache_dir.expanduser()
    wanted = pinned()
    paths = dict(zip(wanted, fetch_all(wanted, partial(maven_fetch, cache)), strict=True))
    jars = [path for file, path in paths.items() if file.type == "jar"]
    archive, zipped = next((file, path) for file, path in paths.items() if file.type == "zip")
    kafka = kafka_engine(java, jars, folder, ports)
    _add_listeners(folder / "kafka" / "server.properties", ports, n_places)
    server = unpacked(zipped, archive.version, cache, lambda *_: None)
    return [kafka, elasticsearch_engine(java, server, folder, ports)]


def _add_listeners(config: Path, ports: dict[str, int], n_places: int) -> None:
    """Give Kafka a listener for each place, which it calls by the address of the place's proxy."""
    rows = dict(row.split("=", 1) for row in config.read_text(encoding="ascii").splitlines())
    kinds = ["PLAINTEXT:PLAINTEXT", "CONTROLLER:PLAINTEXT"]
    for n in range(n_places):
        rows["listeners"] += f",PLACE{n}://127.0.0.1:{ports[f'place-{n}']}"
        rows["advertised.listeners"] += f",PLACE{n}://127.0.0.1:{ports[f'place-{n}-proxy']}"
        kinds.append(f"PLACE{n}:PLAINTEXT")
    rows["listener.security.protocol.map"] = ",".join(kinds)
    rows["inter.broker.listener.name"] = "PLAINTEXT"
    config.write_text("".join(f"{k}={v}\n" for k, v in rows.items()), encoding="ascii")


def _watch(engines: Sequence[Engine], stopping: threading.Event) -> None:
    while not stopping.wait(0.2):
        for engine in engines:
            engine.look_after()
