"""Kafka and Elasticsearch as child processes: started, checked, and stopped with this process."""

import os
import shutil
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType

from services.adapters.embedded.artifacts import (
    Pinned,
    Tell,
    alone,
    fetch_all,
    maven_fetch,
    pinned,
    tell_nobody,
)
from services.adapters.embedded.elasticsearch import elastic_home, elasticsearch_engine, unpacked
from services.adapters.embedded.engine import Engine
from services.adapters.embedded.jdk import find_jdk
from services.adapters.embedded.kafka import kafka_engine
from services.adapters.embedded.kept_ports import kept_ports

PORTS = ("kafka", "kafka-controller", "elasticsearch", "elasticsearch-transport")


@dataclass(frozen=True)
class Addresses:
    """The addresses of the engines, on loopback."""

    kafka_bootstrap: str
    elastic_url: str


class Engines:
    """A context in which both engines run, with data and logs under `data_dir`.

    Engines that die are restarted. They use the ports of the last run on this folder, unless others
    have taken them. `tell` is called with the steps of the start.
    """

    def __init__(self, data_dir: Path, cache_dir: Path, tell: Tell = tell_nobody) -> None:
        self._data = data_dir.expanduser().resolve()
        self._cache = cache_dir.expanduser().resolve()
        self._tell = tell
        self._engines: list[Engine] = []
        self._held = ExitStack()
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="engines", daemon=True)

    def __enter__(self) -> Addresses:
        """Fetch missing files, start both engines, and wait until they are healthy.

        Raises FatalError.
        """
        java, files = find_jdk(), self._files()
        busy = f"engines run on {self._data} already"
        self._held.enter_context(alone(self._data / "engines.lock", busy=busy))
        try:
            (self._data / "logs").mkdir(parents=True, exist_ok=True)
            ports = kept_ports(self._data / "ports.json", PORTS)
            self._start(java, files, ports)
        except BaseException:
            self._stop()
            raise
        self._watcher.start()
        return Addresses(
            f"127.0.0.1:{ports['kafka']}", f"http://127.0.0.1:{ports['elasticsearch']}"
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _files(self) -> dict[Pinned, Path]:
        """Return the engines' files, fetched if they are missing."""
        wanted = pinned()
        self._tell("look for the files of Kafka and Elasticsearch", "")
        with alone(self._cache / "fetch.lock"):
            paths = fetch_all(wanted, partial(maven_fetch, self._cache), self._tell)
        return dict(zip(wanted, paths, strict=True))

    def _start(self, java: Path, files: Mapping[Pinned, Path], ports: Mapping[str, int]) -> None:
        """Start both engines, one beside the other, and wait until both are ready."""
        binary = java / "bin" / "java"
        jars = [path for file, path in files.items() if file.type == "jar"]
        archive, zipped = next((file, path) for file, path in files.items() if file.type == "zip")
        self._tell(f"start Kafka on {binary}", "")
        self._add(kafka_engine(java, jars, self._data, ports))
        server = unpacked(zipped, archive.version, self._cache, self._tell)
        self._tell(f"start Elasticsearch on {binary}", "")
        self._add(elasticsearch_engine(java, server, self._data, ports))
        for engine in self._engines:
            self._tell(f"wait until {engine.launch.name.capitalize()} is up", "")
            engine.wait_until_up()

    def _add(self, engine: Engine) -> None:
        # Before it starts: Ctrl-C may come in between, and must end it.
        self._engines.append(engine)
        engine.start()

    def _watch(self) -> None:
        while not self._stopping.wait(0.2):
            for engine in self._engines:
                engine.look_after()

    def _stop(self) -> None:
        self._stopping.set()
        if self._watcher.is_alive():
            self._watcher.join()
        for engine in self._engines:
            engine.tell_to_end()
        for engine in self._engines:
            engine.wait_until_ended()
        self._engines.clear()
        self._held.close()


def remove_data(data_dir: Path) -> None:
    """Remove a data folder, and what the engines keep for it elsewhere.

    Raises FatalError while they run on it.
    """
    data = data_dir.expanduser().resolve()
    with alone(data / "engines.lock", busy=f"engines run on {data}"):
        shutil.rmtree(elastic_home(data, os.geteuid() == 0), ignore_errors=True)
        shutil.rmtree(data)
