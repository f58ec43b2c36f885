"""Kafka and Elasticsearch as child processes: started, health-checked, and stopped with us."""

import hashlib
import http.client
import json
import os
import pwd
import shutil
import socket
import struct
import subprocess
import threading
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType

import structlog

from services.adapters.embedded.artifacts import (
    Pinned,
    Tell,
    alone,
    fetch_all,
    maven_fetch,
    pinned,
    tell_nobody,
    unpack,
)
from services.adapters.embedded.engine import Engine, Launch
from services.adapters.embedded.jdk import find_jdk
from services.adapters.embedded.kept_ports import kept_ports
from services.errors import FatalError
from services.messages.limits import DEAD_LETTER_BYTES

PORTS = ("kafka", "kafka-controller", "elasticsearch", "elasticsearch-transport")

DISK_WATERMARKS = {"low": "2gb", "high": "1gb", "flood_stage": "500mb"}
"""How much must stay free on the disk, in place of the server's 5 to 15 percent, which a laptop with a large disk may never
have. Below the last Elasticsearch refuses to write until there is more than the second again; Kafka, on the same disk, needs
what is left: it ends when it can't write, and holds all state."""

KAFKA_HEAP = "384m"
ELASTICSEARCH_HEAP = "512m"
UNPRIVILEGED = "nobody"
_FOR_ANYBODY = Path("/var/tmp/reportedly")
"""Where an unprivileged Elasticsearch of root has its files."""

_log = structlog.get_logger()

_KAFKA_LOGGING = """\
rootLogger.level = WARN
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = [%d] %p %m (%c)%n
"""


@dataclass(frozen=True)
class Addresses:
    """Where the engines listen, on loopback."""

    kafka_bootstrap: str
    elastic_url: str


class Engines:
    """A context: both engines run inside it, with their data and logs under `data_dir`, and are started again if they die.

    They listen where they did in the last run on this folder, unless somebody has taken their ports.
    `tell` is called with the steps of the start.
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
        """Fetch what is missing, start both, and wait until they are healthy. Raises FatalError."""
        java, wanted = find_jdk(), pinned()
        self._tell("look for the files of Kafka and Elasticsearch", "")
        with alone(self._cache / "fetch.lock"):
            paths = dict(zip(wanted, fetch_all(wanted, partial(maven_fetch, self._cache), self._tell), strict=True))
        self._held.enter_context(alone(self._data / "engines.lock", busy=f"engines run on {self._data} already"))
        try:
            (self._data / "logs").mkdir(parents=True, exist_ok=True)
            ports = kept_ports(self._data / "ports.json", PORTS)
            self._tell(f"start Kafka on {java / 'bin' / 'java'}", "")
            kafka = self._kafka(java, [path for file, path in paths.items() if file.type == "jar"], ports)
            self._add(kafka)
            self._add(self._elasticsearch(java, next((f, p) for f, p in paths.items() if f.type == "zip"), ports))
            for engine in self._engines:
                self._tell(f"wait until {engine.launch.name.capitalize()} is up", "")
                engine.wait_until_up()
        except BaseException:
            self._stop()
            raise
        self._watcher.start()
        return Addresses(f"127.0.0.1:{ports['kafka']}", f"http://127.0.0.1:{ports['elasticsearch']}")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()

    def _add(self, engine: Engine) -> None:
        engine.start()
        self._engines.append(engine)

    def _kafka(self, java: Path, jars: Sequence[Path], ports: Mapping[str, int]) -> Engine:
        home, port = self._data / "kafka", ports["kafka"]
        home.mkdir(parents=True, exist_ok=True)
        (home / "log4j2.properties").write_text(_KAFKA_LOGGING, encoding="ascii")
        config = home / "server.properties"
        rows = _kafka_config(home, port, ports["kafka-controller"])
        config.write_text("".join(f"{k}={v}\n" for k, v in rows.items()), encoding="ascii")
        command = [
            str(java / "bin" / "java"), f"-Xmx{KAFKA_HEAP}", f"-Xms{KAFKA_HEAP}", "-XX:+UseSerialGC",
            f"-Dlog4j2.configurationFile={home / 'log4j2.properties'}",
            *_own_options("KAFKA_OPTS"), "-cp", os.pathsep.join(map(str, jars)),
        ]  # fmt: skip
        if not (home / "data" / "meta.properties").exists():
            cluster = "cmVwb3J0ZWRseS1sb2NhbA"
            formatting = [*command, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(config)]
            done = subprocess.run(formatting, capture_output=True, text=True, check=False)
            if done.returncode:
                raise FatalError(f"Kafka's storage can't be formatted in {home}: {(done.stderr or done.stdout).strip()[-400:]}")
        launch = Launch("kafka", [*command, "kafka.Kafka", str(config)], _inherited(), self._data / "logs" / "kafka.log")
        return Engine(launch, is_up=lambda: _speaks_kafka(port), answers=lambda: _speaks_kafka(port))

    def _elasticsearch(self, java: Path, zipped: tuple[Pinned, Path], ports: Mapping[str, int]) -> Engine:
        file, archive = zipped
        as_root = os.geteuid() == 0
        shared = _FOR_ANYBODY if as_root else self._cache
        server = unpack(archive, shared / f"elasticsearch-{file.version}", self._tell)
        self._tell(f"start Elasticsearch on {java / 'bin' / 'java'}", "")
        home, port = _elastic_home(self._data, as_root), ports["elasticsearch"]
        for folder in ("config", "data", "logs", "tmp"):
            (home / folder).mkdir(parents=True, exist_ok=True)
        shutil.copytree(server / "config", home / "config", dirs_exist_ok=True)
        settings = _elastic_config(home, port, ports["elasticsearch-transport"])
        (home / "config" / "elasticsearch.yml").write_text("".join(f"{k}: {v}\n" for k, v in settings.items()), encoding="utf-8")
        environment = {
            "ES_JAVA_HOME": str(java),
            "ES_PATH_CONF": str(home / "config"),
            "ES_TMPDIR": str(home / "tmp"),
            "ES_JAVA_OPTS": " ".join([f"-Xms{ELASTICSEARCH_HEAP} -Xmx{ELASTICSEARCH_HEAP}", *_own_options("ES_JAVA_OPTS")]),
        }
        if as_root:
            _give(home, UNPRIVILEGED)
            _log.info("Elasticsearch refuses root: it runs as another user", user=UNPRIVILEGED, home=str(home))
        launch = Launch(
            "elasticsearch",
            [str(server / "bin" / "elasticsearch")],
            {**_inherited(), **environment},
            self._data / "logs" / "elasticsearch.log",
            UNPRIVILEGED if as_root else "",
        )
        url = f"http://127.0.0.1:{port}"
        return Engine(launch, is_up=lambda: _has_its_data(url), answers=lambda: _cluster_status(url) is not None)

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
        shutil.rmtree(_elastic_home(data, os.geteuid() == 0), ignore_errors=True)
        shutil.rmtree(data)


def _elastic_home(data: Path, as_root: bool) -> Path:
    """Return the folder of Elasticsearch's data.

    It is not in the data folder where the unprivileged user can't reach that.
    """
    if as_root and not all(parent.stat().st_mode & 0o001 for parent in (data, *data.parents)):
        return _FOR_ANYBODY / f"data-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"
    return data / "elasticsearch"


def _kafka_config(home: Path, port: int, controller: int) -> dict[str, object]:
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": home / "data",
        "num.partitions": 1,
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 5,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 5,
        # What a killed process left open holds up its readers until it is found: look every second, not every ten.
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": 1000,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "group.initial.rebalance.delay.ms": 0,
        "message.max.bytes": DEAD_LETTER_BYTES,
        "replica.fetch.max.bytes": 10 * 1024 * 1024,
    }


def _elastic_config(home: Path, port: int, transport: int) -> dict[str, object]:
    return {
        "cluster.name": "reportedly",
        "node.name": "embedded",
        "discovery.type": "single-node",
        "network.host": "127.0.0.1",
        "http.port": port,
        "transport.port": transport,
        "path.data": home / "data",
        "path.logs": home / "logs",
        "xpack.security.enabled": "false",
        **{f"cluster.routing.allocation.disk.watermark.{name}": free for name, free in DISK_WATERMARKS.items()},
    }


def _speaks_kafka(port: int) -> bool:
    """Ask for the versions the broker speaks (ApiVersions 0): it listens long before it answers."""
    client = b"up"
    request = struct.pack(">hhih", 18, 0, 1, len(client)) + client
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            answer = connection.recv(10)
    except OSError:
        return False
    # Length, the number of our request, error code.
    return len(answer) == 10 and struct.unpack(">iih", answer)[1:] == (1, 0)


def _has_its_data(url: str) -> bool:
    """Tell whether every primary shard is back. An index with replicas never gets further on one node than yellow."""
    return _cluster_status(url) in ("green", "yellow")


def _cluster_status(url: str) -> str | None:
    """Return what Elasticsearch says of its cluster: green, yellow, red; None when it says nothing."""
    try:
        with urllib.request.urlopen(f"{url}/_cluster/health", timeout=2) as answer:
            return str(json.load(answer)["status"])
    except (OSError, ValueError, KeyError, http.client.HTTPException):
        return None


def _give(folder: Path, user: str) -> None:
    entry = pwd.getpwnam(user)
    for path in [folder, *folder.rglob("*")]:
        # Not through a link: whoever can write there could have us give away any file.
        os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)


def _own_options(variable: str) -> list[str]:
    """Return the options for a virtual machine that the engine's own variable gives; they override ours."""
    return os.environ.get(variable, "").split()


def _inherited() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "LANG", "HOME", "TZ") if name in os.environ}
