"""The embedded Elasticsearch: its files, its command, and its readiness."""

import hashlib
import http.client
import json
import os
import pwd
import shutil
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import structlog

from services.adapters.embedded.artifacts import Tell, unpack
from services.adapters.embedded.engine import Engine, Launch, inherited, own_options

DISK_WATERMARKS = {"low": "2gb", "high": "1gb", "flood_stage": "500mb"}
"""Space that must stay free on the disk.

The server's own limits of 5 to 15 percent may never hold on a laptop with a large disk. Below the
last one Elasticsearch refuses to write until the second holds again. Kafka, on the same disk, needs
the rest: it ends when it can't write, and holds all state.
"""

ELASTICSEARCH_HEAP = "512m"

UNPRIVILEGED = "nobody"
"""The user that runs Elasticsearch if we are root."""

_FOR_ANYBODY = Path("/var/tmp/reportedly")
"""Where the unprivileged Elasticsearch of root has its files."""

_log = structlog.get_logger()


def elasticsearch_engine(java: Path, server: Path, data: Path, ports: Mapping[str, int]) -> Engine:
    """Write Elasticsearch's files for `data`, and return the engine. `server`: as unpacked."""
    as_root = os.geteuid() == 0
    home, port = elastic_home(data, as_root), ports["elasticsearch"]
    _prepare(home, server, _config(home, port, ports["elasticsearch-transport"]))
    heap = f"-Xms{ELASTICSEARCH_HEAP} -Xmx{ELASTICSEARCH_HEAP}"
    environment = {
        "ES_JAVA_HOME": str(java),
        "ES_PATH_CONF": str(home / "config"),
        "ES_TMPDIR": str(home / "tmp"),
        "ES_JAVA_OPTS": " ".join([heap, *own_options("ES_JAVA_OPTS")]),
    }
    if as_root:
        _give(home, UNPRIVILEGED)
        _log.info("Elasticsearch never runs as root", user=UNPRIVILEGED, home=str(home))
    launch = Launch(
        "elasticsearch",
        [str(server / "bin" / "elasticsearch")],
        {**inherited(), **environment},
        data / "logs" / "elasticsearch.log",
        UNPRIVILEGED if as_root else "",
    )
    url = f"http://127.0.0.1:{port}"
    return Engine(
        launch,
        is_up=lambda: _has_its_data(url),
        answers=lambda: _cluster_status(url) is not None,
    )


def unpacked(archive: Path, version: str, cache: Path, tell: Tell) -> Path:
    """Return the folder of the server.

    It is unpacked once, where the user that runs it can read.
    """
    shared = _FOR_ANYBODY if os.geteuid() == 0 else cache
    return unpack(archive, shared / f"elasticsearch-{version}", tell)


def elastic_home(data: Path, as_root: bool) -> Path:
    """Return the folder of Elasticsearch's data.

    It is outside the data folder if the unprivileged user can't reach that.
    """
    if as_root and not all(parent.stat().st_mode & 0o001 for parent in (data, *data.parents)):
        return _FOR_ANYBODY / f"data-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"
    return data / "elasticsearch"


def _prepare(home: Path, server: Path, settings: Mapping[str, object]) -> None:
    for folder in ("config", "data", "logs", "tmp"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    shutil.copytree(server / "config", home / "config", dirs_exist_ok=True)
    rows = "".join(f"{name}: {value}\n" for name, value in settings.items())
    (home / "config" / "elasticsearch.yml").write_text(rows, encoding="utf-8")


def _config(home: Path, port: int, transport: int) -> dict[str, object]:
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
        **{
            f"cluster.routing.allocation.disk.watermark.{name}": free
            for name, free in DISK_WATERMARKS.items()
        },
    }


def _has_its_data(url: str) -> bool:
    """Return True if every primary shard is back. On one node, replicas keep an index yellow."""
    return _cluster_status(url) in ("green", "yellow")


def _cluster_status(url: str) -> str | None:
    """Return the status of the cluster: green, yellow, or red; None without an answer."""
    try:
        with urllib.request.urlopen(f"{url}/_cluster/health", timeout=2) as answer:
            return str(json.load(answer)["status"])
    except (OSError, ValueError, KeyError, http.client.HTTPException):
        return None


def _give(folder: Path, user: str) -> None:
    entry = pwd.getpwnam(user)
    for path in [folder, *folder.rglob("*")]:
        # Don't follow links: somebody who can write here could make us give away any file.
        os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)
