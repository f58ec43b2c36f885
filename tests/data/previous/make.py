"""Makes the data of this folder with the version
whose checkout is the current folder; see README.md.

    PYTHONPATH=$PWD python …/tests/data/previous/make.py TARGET

It plays the demo, then lets an own feed bring a watched article and an edit that takes the
watched word back, judges a claim, and mutes an alert.
Then it writes all topics and committed offsets, stops everything, and packs Kafka's folder.
"""

import base64
import gzip
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import confluent_kafka as ck
from confluent_kafka import admin as ck_admin

from services.adapters.kafka import KafkaBroker
from services.ports import Outgoing, Record, TopicPartition
from services.scenario.server import FeedServer

RSS = (
    '<?xml version="1.0"?><rss '
    'version="2.0"><channel><title>Own</title><link>{url}</link>{item}</channel></rss>'
)
ITEM = (
    "<item><guid>own-1</guid><title>{title}</title><link>{url}/1</link>"
    "<description>{text}</description></item>"
)
FIRST = ("Minister signs rice accord", "The minister signed the rice accord in the capital.")
EDITED = ("Minister signs grain accord", "The minister signed the grain accord in the capital.")
WATCHES = "- {id: rice, name: Rice, query: rice, deliver: [{to: 'log:'}]}\n"


def main(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="reportedly-previous-", dir="/var/tmp") as name,
        FeedServer() as server,
    ):
        folder = Path(name)
        folder.chmod(0o755)
        command = [sys.executable, "-m", "services", "demo", "--stay", "--data", name]
        with (folder / "demo.log").open("wb") as log:
            demo = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        try:
            environment = _system(demo, folder / "demo.log")
            broker = KafkaBroker(environment["REPORTEDLY_KAFKA_BOOTSTRAP"])
            _more(environment, broker, server, folder)
            _dump(environment["REPORTEDLY_KAFKA_BOOTSTRAP"], broker, target)
        finally:
            os.killpg(demo.pid, signal.SIGINT)
            demo.wait(120)
        _pack(folder, target)


def _system(demo: "subprocess.Popen[bytes]", log: Path) -> dict[str, str]:
    """Wait for the end of the story and return the environment of a command on the system."""
    while not (
        line := re.search(r"In another shell: (.*) reportedly claims list", log.read_text())
    ):
        assert demo.poll() is None, log.read_text()[-3000:]
        time.sleep(1)
    return dict(part.split("=", 1) for part in shlex.split(line.group(1)))


def _more(
    environment: dict[str, str], broker: KafkaBroker, server: FeedServer, folder: Path
) -> None:
    def reportedly(*arguments: str) -> str:
        command = [sys.executable, "-m", "services", *arguments]
        done = subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, text=True, check=True
        )
        return done.stdout

    (folder / "more.yaml").write_text(WATCHES)
    (folder / "feeds.yaml").write_text(f"- {{url: '{server.url}/own.xml', outlet: Own}}\n")
    server.pages["/own.xml"] = ("application/rss+xml", RSS.format(url=server.url, item="").encode())
    reportedly("watches", "import", str(folder / "more.yaml"))
    reportedly("feeds", "import", str(folder / "feeds.yaml"))
    # What a feed holds when it is read for the first time raises no alert.
    _until(
        lambda: (
            any(r.key and b"own.xml" in (r.value or b"") for r in _all(broker, "feeds"))
            and len(server.requests) > 2
        )
    )
    _serve(server, *FIRST)
    _until(lambda: any(row["alert"]["watch_id"] == "rice" for row in _alerts(broker)))
    _serve(server, *EDITED)
    _until(lambda: any(b'"withdrawn"' in (r.value or b"") for r in _all(broker, "alerter-state")))
    claim = json.loads(reportedly("claims", "list", "--json").splitlines()[0])["claim_id"]
    reportedly("claims", "note", claim, "--why", "seen by the desk", "--by", "mara")
    reportedly("alerts", "mute", "--watch", "arrests")
    producer = broker.producer()
    producer.send(Outgoing("articles", "broken", b"{no article"))
    producer.close()
    _until(
        lambda: (
            _all(broker, "articles-dlq")
            and b"seen by the desk" in b"".join(r.value or b"" for r in _all(broker, "claims"))
        )
    )


def _serve(server: FeedServer, title: str, text: str) -> None:
    item = ITEM.format(title=title, text=text, url=server.url)
    server.pages["/own.xml"] = (
        "application/rss+xml",
        RSS.format(url=server.url, item=item).encode(),
    )


def _alerts(broker: KafkaBroker) -> list[dict[str, Any]]:
    return [{"alert": json.loads(r.value)} for r in _all(broker, "alerts") if r.value]


def _all(broker: KafkaBroker, topic: str) -> list[Record]:
    reader = broker.reader()
    try:
        return list(
            reader.read_to_end(
                [TopicPartition(topic, p) for p in range(broker.n_partitions(topic))]
            )
        )
    finally:
        reader.close()


def _until(probe: Callable[[], object], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not probe():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.5)


def _dump(bootstrap: str, broker: KafkaBroker, target: Path) -> None:
    """Write topics.jsonl.gz (a record a line)
    and offsets.json (group → topic → next offset a partition).
    """
    client = ck_admin.AdminClient({"bootstrap.servers": bootstrap})
    names = sorted(n for n in client.list_topics(timeout=10).topics if not n.startswith("__"))
    with gzip.GzipFile(target / "topics.jsonl.gz", "wb", mtime=0) as file:
        for name in names:
            for record in _all(broker, name):
                file.write(json.dumps(_row(record), ensure_ascii=False).encode() + b"\n")
    groups = sorted(
        g.group_id for g in client.list_consumer_groups(request_timeout=10).result().valid
    )
    offsets: dict[str, dict[str, dict[int, int]]] = {}
    for group in groups:
        asked = [ck.ConsumerGroupTopicPartitions(group)]
        for tp in client.list_consumer_group_offsets(asked)[group].result().topic_partitions:
            offsets.setdefault(group, {}).setdefault(tp.topic, {})[tp.partition] = tp.offset
    (target / "offsets.json").write_text(json.dumps(offsets, indent=1, sort_keys=True) + "\n")


def _row(record: Record) -> dict[str, Any]:
    """Values that are no UTF-8 stand as base64 under another name."""
    row = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "key": record.key,
    }
    row |= {
        "timestamp_ms": record.timestamp_ms,
        "headers": {k: v.decode() for k, v in record.headers.items()},
    }
    try:
        return row | {"value": None if record.value is None else record.value.decode()}
    except UnicodeDecodeError:
        return row | {"value_base64": base64.b64encode(record.value or b"").decode()}


def _pack(folder: Path, target: Path) -> None:
    with tarfile.open(target / "folder.tar.xz", "w:xz", preset=9) as tar:
        for path in (folder / "kafka" / "data", folder / "deliveries.jsonl", folder / "clock"):
            tar.add(path, path.relative_to(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
