"""For tests on a real broker: run a service as its own process,
see what is on a topic, wait until something holds.
"""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import IO, Literal, TypeVar

from services.adapters.embedded.kept_ports import listen_somewhere
from services.adapters.kafka import KafkaBroker
from services.ports import Broker, Outgoing, Record, TopicPartition
from services.runtime.data_version import bring_up
from services.runtime.supervisor import service_command
from services.settings import Settings

Found = TypeVar("Found")

PATIENCE = float(os.environ.get("TEST_PATIENCE", "5"))
"""A wait only ends early where the condition comes,
so patience costs nothing but a failing test's time."""


def patient(seconds: float) -> float:
    """Return how long to wait for what takes at most `seconds` on a quiet machine:
    no test may depend on quiet.
    """
    return seconds * PATIENCE


def broker_of(settings: Settings) -> KafkaBroker:
    broker = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
    broker.apply_topics(settings.partitions)
    bring_up(broker, is_new=True)
    return broker


@contextmanager
def service(settings: Settings, name: str) -> "Iterator[subprocess.Popen[bytes]]":
    """Run a sub-command inside the context; it must still run at the end,
    and stop cleanly within ten seconds of TERM.
    """
    process = start(settings, name)
    try:
        yield process
        assert process.poll() is None, f"{name} ended by itself with {process.returncode}"
        process.terminate()
        assert process.wait(timeout=patient(10)) == 0
    finally:
        process.kill()
        process.wait()


def start(settings: Settings, name: str, log: IO[bytes] | None = None) -> "subprocess.Popen[bytes]":
    """Start a sub-command; what it logs goes to the open file `log`,
    else where the tests' own does.
    """
    return subprocess.Popen(
        service_command(name), env={**os.environ, **settings.environment()}, stderr=log
    )


def free_port() -> int:
    """Return a loopback port that nobody listens on, and that the system gives to no connection."""
    with closing(listen_somewhere()) as held:
        port: int = held.getsockname()[1]
        return port


def send(broker: Broker, *messages: tuple[str, str | None, bytes | None]) -> None:
    producer = broker.producer()
    for topic, key, value in messages:
        producer.send(Outgoing(topic, key, value))
    producer.close()


def on(broker: Broker, topic: str) -> list[Record]:
    """Return all records of a topic."""
    reader = broker.reader()
    try:
        return list(
            reader.read_to_end(
                [TopicPartition(topic, p) for p in range(broker.n_partitions(topic))]
            )
        )
    finally:
        reader.close()


def eventually(probe: Callable[[], Found | Literal[False] | None], seconds: float = 40.0) -> Found:
    """Return the first true answer of `probe`;
    fail when none comes within `seconds` of a quiet machine.
    """
    until = time.monotonic() + patient(seconds)
    while not (found := probe()):
        assert time.monotonic() < until, f"nothing after {patient(seconds):.0f} s"
        time.sleep(0.05)
    return found
