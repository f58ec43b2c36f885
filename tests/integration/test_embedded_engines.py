"""The embedded engines over more than one run."""

import json
import os
import signal
import urllib.request
from pathlib import Path

import click
import pytest
import structlog
from streams import eventually

from services.adapters.elastic import ElasticIndex
from services.adapters.embedded import Engines
from services.adapters.kafka import KafkaBroker
from services.errors import FatalError
from services.ports import Outgoing, TopicPartition

pytestmark = pytest.mark.engines

CACHE = Path("~/.cache/reportedly")
NAMES = {"kafka", "elasticsearch"}


def put(url, document):
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(
        url, method="PUT", data=json.dumps(document).encode(), headers=headers
    )
    urllib.request.urlopen(request, timeout=30).close()


def values(broker, topic):
    reader = broker.reader()
    try:
        return [record.value for record in reader.read_to_end([TopicPartition(topic, 0)])]
    finally:
        reader.close()


def java_on(folder, name):
    """Return the processes that run on Java for an engine whose data stands in the folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if words[0].endswith(b"/java") and f"{folder}/{name}/".encode() in b" ".join(words):
            found.append(int(path.parent.name))
    return found


@pytest.mark.faults
def test_a_second_run_has_the_ports_and_the_data_of_the_first_and_so_have_engines_killed_with_9(
    shared_folder, capsys
):
    with Engines(shared_folder, CACHE) as first:
        broker = KafkaBroker(first.kafka_bootstrap)
        broker.apply_topics(1)
        producer = broker.producer()
        producer.send(Outgoing("articles", "a", b"kept"))
        producer.close()
        # Replicas can't be placed on one node: the index stays yellow,
        # and that must not keep the next run waiting.
        put(f"{first.elastic_url}/kept", {"settings": {"number_of_replicas": 1}})
        put(f"{first.elastic_url}/kept/_doc/1?refresh=true", {"title": "kept"})
        with pytest.raises(FatalError, match=r"engines run on .* already"):
            Engines(shared_folder, CACHE).__enter__()
        assert broker.is_up()
    with Engines(shared_folder, CACHE) as second, structlog.testing.capture_logs() as lines:
        assert second == first
        broker, search = KafkaBroker(second.kafka_bootstrap), ElasticIndex(second.elastic_url)
        producer = broker.producer()
        killed = java_on(shared_folder, "kafka") + java_on(shared_folder, "elasticsearch")
        with capsys.disabled():
            click.echo(f"\nkilled: {killed}")
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        eventually(
            lambda: (
                {line["name"] for line in lines if line["event"] == "an engine is back"} == NAMES
            ),
            240,
        )
        assert not set(killed) & set(
            java_on(shared_folder, "kafka") + java_on(shared_folder, "elasticsearch")
        )
        assert values(broker, "articles") == [b"kept"]
        assert search.get("kept", "1") == {"title": "kept"}
        producer.send(Outgoing("articles", "b", b"goes on"))
        producer.close()
    assert {
        line["name"] for line in lines if line["event"] == "an engine ended, it is started again"
    } == NAMES


def test_an_engine_that_cannot_start_is_named_with_the_end_of_its_log(shared_folder):
    kafka = shared_folder / "kafka" / "data"
    kafka.mkdir(parents=True)
    (kafka / "meta.properties").write_text("version=1\nnode.id=7\ncluster.id=another\n")
    with pytest.raises(
        FatalError, match=r"(?s)kafka did not start; the end of .*kafka\.log:.*node"
    ) as told:
        Engines(shared_folder, CACHE).__enter__()
    assert len(str(told.value).splitlines()) <= 16
    # The folder is free again: a held lock would say so instead of trying.
    with pytest.raises(FatalError, match="kafka did not start"):
        Engines(shared_folder, CACHE).__enter__()


def test_both_listen_on_loopback_only(engines):
    assert engines.kafka_bootstrap.startswith("127.0.0.1:")
    assert engines.elastic_url.startswith("http://127.0.0.1:")
    ports = {
        int(address.rpartition(":")[2])
        for address in (engines.kafka_bootstrap, engines.elastic_url)
    }
    assert listening_elsewhere(ports) == []


def listening_elsewhere(ports):
    """Return the addresses, as /proc writes them,
    that one of the ports listens on beside loopback.
    """
    rows = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    listening = [row[1].split(":") for row in rows if row[3] == "0A"]
    loopback = ("0100007F", "0000000000000000FFFF00000100007F")
    return [
        address for address, port in listening if int(port, 16) in ports and address not in loopback
    ]
