"""Loads the rows of a partition. What can't be read is set aside, and stops nothing."""

import time

import structlog

from services.messages import encode
from services.messages.topics import DEAD_LETTERS
from services.notifier.deliveries.changes import row_of
from services.notifier.deliveries.rows import stub
from services.notifier.deliveries.shelf import Shelf
from services.ports import Record, TopicPartition
from services.runtime.ledger import Ledger
from services.runtime.loading import load
from services.runtime.meter import Meter
from services.runtime.set_aside import Letter, letters, set_aside
from services.runtime.world import World

STATES = "delivery-states"

_log = structlog.get_logger()


def load_shelf(world: World, ledger: Ledger, partition: int, meter: Meter) -> Shelf:
    """Return the rows of a partition. Raises TransientError, FatalError."""
    began = time.monotonic()
    asked_back = [
        letter
        for letter in letters(_whole(world, STATES + DEAD_LETTERS)).values()
        if letter.is_asked_back and letter.row.partition == partition
    ]
    loaded = load(
        lambda: _read(world, [TopicPartition(STATES, partition)]),
        lambda: Shelf(world.rows("")),
        asked_back,
    )
    for record, verdict in loaded.unreadable:
        row = stub(record.key or "")
        if row is not None:
            loaded.machine.put(row)
        value = encode(row_of(row)) if row is not None else None
        for message in set_aside(record, verdict, "notifier", value):
            # The letter is acknowledged before the row is replaced.
            ledger.write([message]).result()
    for letter in loaded.taken_back:
        _put_back(ledger, letter)
    meter.loaded(loaded.rows, len(loaded.unreadable), time.monotonic() - began)
    _log.info("state loaded", group="notifier", partition=partition, rows=loaded.rows)
    return loaded.machine


def _put_back(ledger: Ledger, letter: Letter) -> None:
    for message in letter.put_back():
        ledger.write([message]).result()


def _whole(world: World, topic: str) -> list[Record]:
    count = world.broker.n_partitions(topic)
    return _read(world, [TopicPartition(topic, number) for number in range(count)])


def _read(world: World, partitions: list[TopicPartition]) -> list[Record]:
    reader = world.broker.reader()
    try:
        return list(reader.read_to_end(partitions))
    finally:
        reader.close()
