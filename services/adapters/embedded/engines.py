"""Kafka and Elasticsearch as child processes: started, health-checked, and stopped with us."""

import hashlib
import json
import os
import pwd
import shutil
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import structlog

from services.adapters.embedded import leash
from services.adapters.embedded.artifacts import Pinned, alone, fetch_all, maven_fetch, pinned, unpack
from services.adapters.embedded.jdk import find_jdk
from services.errors import FatalError
from services.messages.limits import DEAD_LETTER_BYTES

START_SECONDS = 120.0
KAFKA_HEAP = "384m"
ELASTICSEARCH_HEAP = "512m"
UNPRIVILEGED = "nobody"

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
    """A context: both engines run inside it, with their data and logs under `data_dir`."""

    def __init__(self, data_dir: Path, cache_dir: Path) -> None:
        self._data = data_dir.expanduser().resolve()
        self._cache = cache_dir.expanduser().resolve()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._held = ExitStack()

    def __enter__(self) -> Addresses:
        """Fetch what is missing, start both, and wait until they are healthy. Raises FatalError."""
        java, wanted = find_jdk(), pinned()
        with alone(self._cache / "fetch.lock"):
            paths = dict(zip(wanted, fetch_all(wanted, maven_fetch(self._cache)), strict=True))
        self._held.enter_context(alone(self._data / "engines.lock", busy=f"engines run on {self._data} already"))
        try:
            (self._data / "logs").mkdir(parents=True, exist_ok=True)
            kafka = self._start_kafka(java, [path for file, path in paths.items() if file.type == "jar"])
            elastic = self._start_elasticsearch(java, next((f, p) for f, p in paths.items() if f.type == "zip"))
            self._wait_for("kafka", lambda: _speaks_kafka(kafka))
            self._wait_for("elasticsearch", lambda: _has_its_data(f"http://127.0.0.1:{elastic}"))
        except BaseException:
            self._stop()
            raise
        return Addresses(f"127.0.0.1:{kafka}", f"http://127.0.0.1:{elastic}")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()

    def _start_kafka(self, java: Path, jars: Sequence[Path]) -> int:
        home, (port, controller) = self._data / "kafka", _free_ports(2)
        home.mkdir(parents=True, exist_ok=True)
        (home / "log4j2.properties").write_text(_KAFKA_LOGGING, encoding="ascii")
        config = home / "server.properties"
        config.write_text("".join(f"{k}={v}\n" for k, v in _kafka_config(home, port, controller).items()), encoding="ascii")
        command = [
            str(java / "bin" / "java"), f"-Xmx{KAFKA_HEAP}", f"-Xms{KAFKA_HEAP}", "-XX:+UseSerialGC",
            f"-Dlog4j2.configurationFile={home / 'log4j2.properties'}", "-cp", os.pathsep.join(map(str, jars)),
        ]  # fmt: skip
        if not (home / "data" / "meta.properties").exists():
            cluster = "cmVwb3J0ZWRseS1sb2NhbA"
            formatting = [*command, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(config)]
            done = subprocess.run(formatting, capture_output=True, text=True, check=False)
            if done.returncode:
                raise FatalError(f"Kafka's storage can't be formatted in {home}: {(done.stderr or done.stdout).strip()[-400:]}")
        self._run("kafka", [*command, "kafka.Kafka", str(config)], {})
        return port

    def _start_elasticsearch(self, java: Path, zipped: tuple[Pinned, Path]) -> int:
        file, archive = zipped
        as_root = os.geteuid() == 0
        shared = Path("/var/tmp/reportedly") if as_root else self._cache
        server = unpack(archive, shared / f"elasticsearch-{file.version}")
        home, (port, transport) = self._elastic_home(as_root), _free_ports(2)
        for folder in ("config", "data", "logs", "tmp"):
            (home / folder).mkdir(parents=True, exist_ok=True)
        shutil.copytree(server / "config", home / "config", dirs_exist_ok=True)
        settings = _elastic_config(home, port, transport)
        (home / "config" / "elasticsearch.yml").write_text("".join(f"{k}: {v}\n" for k, v in settings.items()), encoding="utf-8")
        environment = {
            "ES_JAVA_HOME": str(java),
            "ES_PATH_CONF": str(home / "config"),
            "ES_TMPDIR": str(home / "tmp"),
            "ES_JAVA_OPTS": f"-Xms{ELASTICSEARCH_HEAP} -Xmx{ELASTICSEARCH_HEAP}",
        }
        if as_root:
            _give(home, UNPRIVILEGED)
            _log.info("Elasticsearch refuses root: it runs as another user", user=UNPRIVILEGED, home=str(home))
        self._run("elasticsearch", [str(server / "bin" / "elasticsearch")], environment, UNPRIVILEGED if as_root else "")
        return port

    def _elastic_home(self, as_root: bool) -> Path:
        """Return the data folder, elsewhere if the unprivileged user can't reach ours."""
        if as_root and not all(parent.stat().st_mode & 0o001 for parent in (self._data, *self._data.parents)):
            return Path("/var/tmp/reportedly") / f"data-{hashlib.sha256(str(self._data).encode()).hexdigest()[:12]}"
        return self._data / "elasticsearch"

    def _run(self, name: str, command: Sequence[str], environment: Mapping[str, str], user: str = "") -> None:
        log = (self._data / "logs" / f"{name}.log").open("ab")
        with log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-I", leash.__file__, user, *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**_inherited(), **environment},
                start_new_session=True,
            )

    def _wait_for(self, name: str, is_up: Callable[[], bool]) -> None:
        process = self._processes[name]
        until = time.monotonic() + START_SECONDS
        while not is_up():
            if process.poll() is not None or time.monotonic() > until:
                log = self._data / "logs" / f"{name}.log"
                raise FatalError(f"{name} did not start; the end of {log}:\n{_tail(log)}")
            time.sleep(0.2)

    def _stop(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            leash.wait(process)
        self._processes.clear()
        self._held.close()


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
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }


def _free_ports(n: int) -> list[int]:
    """Return n different free loopback ports; all are held until all are known."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


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
    try:
        with urllib.request.urlopen(f"{url}/_cluster/health", timeout=2) as answer:
            return json.load(answer)["status"] in ("green", "yellow")
    except (OSError, ValueError):
        return False


def _give(folder: Path, user: str) -> None:
    entry = pwd.getpwnam(user)
    for path in [folder, *folder.rglob("*")]:
        # Not through a link: whoever can write there could have us give away any file.
        os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)


def _inherited() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "LANG", "HOME", "TZ") if name in os.environ}


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
