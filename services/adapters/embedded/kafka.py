"""The embedded Kafka: its files, its command, and its readiness."""

import os
import socket
import struct
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.adapters.embedded.engine import Engine, Launch, inherited, own_options
from services.errors import FatalError
from services.messages.limits import DEAD_LETTER_BYTES

KAFKA_HEAP = "384m"

_CLUSTER = "cmVwb3J0ZWRseS1sb2NhbA"

_KAFKA_LOGGING = """\
rootLogger.level = WARN
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = [%d] %p %m (%c)%n
"""


def kafka_engine(java: Path, jars: Sequence[Path], data: Path, ports: Mapping[str, int]) -> Engine:
    """Write Kafka's files under `data`, and return the engine. Raises FatalError."""
    home, port = data / "kafka", ports["kafka"]
    home.mkdir(parents=True, exist_ok=True)
    (home / "log4j2.properties").write_text(_KAFKA_LOGGING, encoding="ascii")
    config = home / "server.properties"
    rows = _config(home, port, ports["kafka-controller"])
    config.write_text("".join(f"{k}={v}\n" for k, v in rows.items()), encoding="ascii")
    command = [
        str(java / "bin" / "java"), f"-Xmx{KAFKA_HEAP}", f"-Xms{KAFKA_HEAP}", "-XX:+UseSerialGC",
        f"-Dlog4j2.configurationFile={home / 'log4j2.properties'}",
        *own_options("KAFKA_OPTS"), "-cp", os.pathsep.join(map(str, jars)),
    ]  # fmt: skip
    if not (home / "data" / "meta.properties").exists():
        _format_storage(command, config, home)
    log = data / "logs" / "kafka.log"
    launch = Launch("kafka", [*command, "kafka.Kafka", str(config)], inherited(), log)
    return Engine(launch, is_up=lambda: _answers(port), answers=lambda: _answers(port))


def _format_storage(command: Sequence[str], config: Path, home: Path) -> None:
    tool = ("kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(config))
    done = subprocess.run([*command, *tool], capture_output=True, text=True, check=False)
    if done.returncode:
        why = (done.stderr or done.stdout).strip()[-400:]
        raise FatalError(f"Kafka's storage can't be formatted in {home}: {why}")


def _config(home: Path, port: int, controller: int) -> dict[str, object]:
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": home / "data",
        # Removed topics leave the disk at once, so that what is forgotten is gone.
        "log.segment.delete.delay.ms": 1000,
        "num.partitions": 1,
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 5,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 5,
        # Transactions of a killed process stop their readers until they are found: look each
        # second.
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": 1000,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "group.initial.rebalance.delay.ms": 0,
        "message.max.bytes": DEAD_LETTER_BYTES,
        "replica.fetch.max.bytes": 10 * 1024 * 1024,
    }


def _answers(port: int) -> bool:
    """Return True if the broker answers ApiVersions 0. It listens long before it answers."""
    client = b"up"
    request = struct.pack(">hhih", 18, 0, 1, len(client)) + client
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            answer = connection.recv(10)
    except OSError:
        return False
    # Length, correlation id, error code.
    return len(answer) == 10 and struct.unpack(">iih", answer)[1:] == (1, 0)
