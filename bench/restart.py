"""Seconds until a tracker has its state again, on a real Kafka: whole, and from kept rows.

Made-up rows of claims, articles, and stubs of one family fill one partition of `tracker-state`, and
`reportedly track` is started on them, ended, killed, and started again. A start counts until the
last partition is loaded. Kafka runs beside it on the same machine.

examples:
  python bench/restart.py --rows 2600000
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.state_sides import Tracker
from bench.state_stream import Stream
from services.adapters.embedded.artifacts import fetch_all, maven_fetch, pinned
from services.adapters.embedded.jdk import find_jdk
from services.adapters.embedded.kafka import kafka_engine
from services.adapters.embedded.kept_ports import kept_ports
from services.adapters.kafka import KafkaBroker
from services.errors import TransientError
from services.messages import encode
from services.ports import Outgoing, partition_of
from services.runtime.data_version import bring_up
from services.settings import Settings

SAMPLE = 4_000
"""Articles whose rows are written again and again, each time with other ids."""

PARTITIONS = 12
LOADED = 2 * PARTITIONS
"""Partitions that a tracker loads: those of route and of fold."""


@contextmanager
def kafka(folder: Path) -> Iterator[str]:
    """Run an empty Kafka in a folder. Yield its address."""
    cache = Settings().cache_dir.expanduser()
    jars = [file for file in pinned() if file.type == "jar"]
    paths = fetch_all(jars, partial(maven_fetch, cache))
    ports = kept_ports(folder / "ports.json", ("kafka", "kafka-controller"))
    (folder / "logs").mkdir()
    engine = kafka_engine(find_jdk(), paths, folder, ports)
    engine.start()
    try:
        engine.wait_until_up()
        yield f"127.0.0.1:{ports['kafka']}"
    finally:
        engine.tell_to_end()
        engine.wait_until_ended()


def sample(folder: Path) -> list[tuple[str, bytes]]:
    """Return the rows of state of a day of news, of which half is past the horizon."""
    tracker, rows = Tracker(folder, timedelta(days=2)), list[tuple[str, bytes]]()
    stream = Stream(SAMPLE // 4, 0)
    for day in range(4):
        articles = list(stream.day(day))
        assert articles[-1].seen_at
        tracker.take((articles[-1].seen_at, [encode(article) for article in articles]))
    rows += [(key, value) for topic, _, key, value in tracker.rows() if topic == "tracker-state"]
    return rows


def fill(bootstrap: str, rows: list[tuple[str, bytes]], most: int) -> int:
    """Write rows with ever new ids. Return their bytes."""
    broker = KafkaBroker(bootstrap)
    patiently(lambda: broker.apply_topics(PARTITIONS))
    patiently(lambda: bring_up(broker, is_new=True))
    producer, n_bytes = broker.producer(), 0
    partition = partition_of("violence", PARTITIONS)
    for n in range(most):
        key, value = rows[n % len(rows)]
        if n >= len(rows):
            # Ids of articles are numbers with zeros before them. Claims, and so parties and stubs,
            # have digests, of which the first characters become a number too.
            block, _, id = key.rpartition("|")
            mark, copy = id[0] if id[0] in "@!^~" else "", f"{n // len(rows):06x}"
            old = id.removeprefix(mark)
            new = copy + old[len(copy) :]
            key, value = f"{block}|{mark}{new}", value.replace(old.encode(), new.encode())
        producer.send(Outgoing("tracker-state", key, value, partition=partition))
        n_bytes += len(value)
        if n % 50_000 == 0:
            producer.flush()
    producer.close()
    return n_bytes


def patiently(call: Callable[[], object]) -> None:
    """Call until the broker answers: a new one on a busy machine takes its time."""
    while True:
        try:
            call()
            return
        except TransientError as error:
            print(error, flush=True)
            time.sleep(1)


def start(bootstrap: str, folder: Path) -> tuple["subprocess.Popen[bytes]", str]:
    """Start a tracker. Return it once it has loaded everything, with the figures of that."""
    settings = Settings(
        kafka_bootstrap=bootstrap,
        data_dir=folder / "rows",
        run_dir=folder / "run",
        partitions=PARTITIONS,
        log_format="json",
    )
    began, n, rows = time.monotonic(), 0, 0
    process = subprocess.Popen(
        [sys.executable, "-m", "services", "track"],
        env={**os.environ, **settings.environment()},
        stderr=subprocess.PIPE,
    )
    assert process.stderr
    for line in process.stderr:
        said = json.loads(line)
        if said.get("event") == "state loaded":
            n, rows = n + 1, rows + said["rows"]
        if n == LOADED:
            break
    seconds = time.monotonic() - began
    us = psutil.Process(process.pid)
    cpu, mib = us.cpu_times(), us.memory_info().rss / 2**20
    return process, (
        f"{rows:,} rows read, {n} partitions ready after {seconds:.1f} s, "
        f"{cpu.user + cpu.system:.1f} s of CPU, {mib:.0f} MiB"
    )


def run(most: int, folder: Path) -> None:
    """Print the figures of a first start, of one after an end, and of one after a kill."""
    with kafka(folder) as bootstrap:
        n_bytes = fill(bootstrap, sample(folder), most)
        print(f"{most:,} rows, {n_bytes / 1e9:.2f} GB", flush=True)
        for name, how in (("first", signal.SIGTERM), ("ended", signal.SIGKILL), ("killed", None)):
            process, figures = start(bootstrap, folder)
            files = sum(path.stat().st_size for path in (folder / "rows").rglob("*.rows*"))
            print(f"{name}: {figures}; {files / 1e9:.2f} GB of files", flush=True)
            began = time.monotonic()
            process.send_signal(how or signal.SIGTERM)
            process.communicate()
            print(f"  ended in {time.monotonic() - began:.1f} s", flush=True)


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    with tempfile.TemporaryDirectory(dir="/var/tmp", ignore_cleanup_errors=True) as folder:
        run(parser.parse_args().rows, Path(folder))


if __name__ == "__main__":
    main()
