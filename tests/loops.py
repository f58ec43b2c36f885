"""For tests of the loops: a world around a broker,
a loop that runs inside a context, and a machine that counts.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from stand_ins import stand_in
from streams import patient

from services.adapters.kafka import KafkaBroker
from services.adapters.sqlite_rows import SqliteRows
from services.errors import InvalidMessage
from services.ports import Broker, Outgoing, Record, Stop, TopicPartition
from services.rows import KeptRows
from services.runtime.kept import KEEP_SECONDS
from services.runtime.shutdown import SignalStop, install_stop
from services.runtime.stateful import Machine, run_stateful
from services.runtime.world import World
from services.settings import Settings


def world_of(broker: Broker, run_dir: Path, stop: Stop | None = None) -> World:
    return World(
        settings=Settings(run_dir=Path(run_dir)),
        clock=stand_in(),
        broker=broker,
        search=stand_in(),
        fetcher=stand_in(),
        poster=stand_in(),
        stop=stop or SignalStop(),
    )


@contextmanager
def running(loop: Callable[[World], object], world: World) -> Iterator[threading.Thread]:
    """Run `loop(world)` in a thread inside the context, then stop it; its error is raised here."""
    errors: list[BaseException] = []

    def guarded() -> None:
        try:
            loop(world)
        except BaseException as error:  # noqa: BLE001 - raised below
            errors.append(error)

    thread = threading.Thread(target=guarded, daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        assert isinstance(world.stop, SignalStop)
        world.stop.set()
        thread.join(patient(20))
    assert not thread.is_alive(), "the loop did not stop"
    if errors:
        raise errors[0]


def everything(broker: Broker, topic: str) -> list[Record]:
    """Return all committed records of a topic, partition by partition."""
    reader = broker.reader()
    try:
        return list(
            reader.read_to_end(
                [TopicPartition(topic, p) for p in range(broker.n_partitions(topic))]
            )
        )
    finally:
        reader.close()


def send(broker: Broker, *messages: Outgoing) -> None:
    producer = broker.producer()
    for message in messages:
        producer.send(message)
    producer.flush()


class Counter:
    """Counts the messages of each key.

    It is *not* idempotent: a message taken twice or lost shows in the numbers.
    """

    def __init__(self) -> None:
        self.counts: dict[str | None, int] = {}

    def restore(self, key: str, value: bytes | None) -> None:
        self.counts[key] = int(value or 0)

    def step(self, record: Record) -> list[Outgoing]:
        if record.value == b"bad":
            raise InvalidMessage("not-json", "bad")
        n = self.counts[record.key] = self.counts.get(record.key, 0) + 1
        value = str(n).encode()
        return [
            Outgoing("alerter-state", record.key, value, partition=record.partition),
            Outgoing("alerts", record.key, value, partition=record.partition),
        ]


class RowCounter:
    """Counts the messages of each key in rows, which may be kept. It is not idempotent either."""

    def __init__(self, rows: KeptRows) -> None:
        self._rows = rows

    def restore(self, key: str, value: bytes | None) -> None:
        self._rows.put(key, value or b"0")

    def step(self, record: Record) -> list[Outgoing]:
        key = record.key or ""
        value = str(int(self._rows.get(key) or 0) + 1).encode()
        self._rows.put(key, value)
        return [
            Outgoing("alerter-state", key, value, partition=record.partition),
            Outgoing("alerts", key, value, partition=record.partition),
        ]


def count(world: World, batch: int = 5, machine: Callable[[], Machine] = Counter) -> None:
    _count(world, batch, lambda _rows: machine())


def count_in_rows(world: World, batch: int = 5) -> None:
    """Count in rows of the world that are kept after each batch."""
    _count(world, batch, RowCounter, keep_seconds=0.0)


def _count(
    world: World,
    batch: int,
    machine: Callable[[KeptRows], Machine],
    keep_seconds: float = KEEP_SECONDS,
) -> None:
    run_stateful(
        world,
        service="alerter",
        group="alerter-fold",
        inputs=["hits"],
        state_topic="alerter-state",
        machine=machine,
        batch=batch,
        keep_seconds=keep_seconds,
    )


def counted(broker: Broker) -> dict[str | None, list[int]]:
    """Return the counts told on `alerts` by key, in the order they were told."""
    told: dict[str | None, list[int]] = {}
    for record in everything(broker, "alerts"):
        told.setdefault(record.key, []).append(int(record.value or b""))
    return told


def main() -> None:
    """Count on a real broker as a process of its own, until told to stop, in rows that are kept.

    All processes have one folder for them, as replicas in Compose do.
    """
    settings = Settings.parse(os.environ)
    broker = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
    world = world_of(broker, settings.run_dir, install_stop())
    count_in_rows(replace(world, rows=partial(SqliteRows, settings.run_dir / "rows")))


if __name__ == "__main__":
    main()
