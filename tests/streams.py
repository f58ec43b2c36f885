"""For tests on a real broker: run a service as its own process, see what is on a topic, wait until something holds."""

import os
import subprocess
import time
from contextlib import closing, contextmanager

from services.adapters.embedded.kept_ports import listen_somewhere
from services.adapters.kafka import KafkaBroker
from services.ports import Outgoing, TopicPartition
from services.runtime.supervisor import service_command

PATIENCE = float(os.environ.get("TEST_PATIENCE", "5"))
"""A wait only ends early where the condition comes, so patience costs nothing but a failing test's time."""


def patient(seconds):
    """Return how long to wait for what takes at most `seconds` on a quiet machine: no test may depend on quiet."""
    return seconds * PATIENCE


def broker_of(settings):
    broker = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
    broker.apply_topics(settings.partitions)
    return broker


@contextmanager
def service(settings, name):
    """Run a sub-command inside the context; it must still run at the end, and stop cleanly within ten seconds of TERM."""
    process = start(settings, name)
    try:
        yield process
        assert process.poll() is None, f"{name} ended by itself with {process.returncode}"
        process.terminate()
        assert process.wait(timeout=patient(10)) == 0
    finally:
        process.kill()
        process.wait()


def start(settings, name, log=None):
    """Start a sub-command; what it logs goes to the open file `log`, else where the tests' own does."""
    return subprocess.Popen(service_command(name), env={**os.environ, **settings.environment()}, stderr=log)


def free_port():
    """Return a loopback port that nobody listens on, and that the system gives to no connection."""
    with closing(listen_somewhere()) as held:
        return held.getsockname()[1]


def send(broker, *messages):
    producer = broker.producer()
    for topic, key, value in messages:
        producer.send(Outgoing(topic, key, value))
    producer.close()


def on(broker, topic):
    """Return all records of a topic."""
    reader = broker.reader()
    try:
        return list(reader.read_to_end([TopicPartition(topic, p) for p in range(broker.n_partitions(topic))]))
    finally:
        reader.close()


def eventually(probe, seconds=40.0):
    """Return the first true answer of `probe`; fail when none comes within `seconds` of a quiet machine."""
    until = time.monotonic() + patient(seconds)
    while not (found := probe()):
        assert time.monotonic() < until, f"nothing after {patient(seconds):.0f} s"
        time.sleep(0.05)
    return found
