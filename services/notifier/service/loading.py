"""Loads the rows of a partition. What can't be read is set aside, and stops nothing."""

import time
from uuid import uuid4

import structlog

from services.errors import TransientError
from services.messages import encode
from services.messages.topics import DEAD_LETTERS
from services.notifier.deliveries.changes import row_of
from services.notifier.deliveries.owners import (
    STATES,
    Current,
    claim,
    current,
    number_of,
    owned,
)
from services.notifier.deliveries.rows import stub
from services.notifier.deliveries.shelf import Shelf
from services.ports import Outgoing, Record, TopicPartition
from services.runtime.ledger import Ledger
from services.runtime.loading import load
from services.runtime.meter import Meter
from services.runtime.set_aside import letters, set_aside
from services.runtime.world import World

CLAIM_SECONDS = 10.0
"""Seconds that a claim may take to be written, before the loop says that it waits."""

_log = structlog.get_logger()


def load_shelf(world: World, ledger: Ledger, partition: int, meter: Meter) -> Shelf:
    """Return the rows of a partition. Raises TransientError, FatalError."""
    began = time.monotonic()
    owner, found = _claimed(world, ledger, partition)
    asked_back = [
        letter
        for letter in letters(_whole(world, STATES + DEAD_LETTERS)).values()
        if letter.is_asked_back and letter.row.partition == partition
    ]
    loaded = load(
        lambda: found.rows,
        lambda: Shelf(world.rows(""), owner),
        asked_back,
    )
    for row in found.overtaken:
        _write(ledger, owner, _again(row))
    for record, verdict in loaded.unreadable:
        state = stub(record.key or "")
        if state is not None:
            loaded.machine.put(state)
        value = encode(row_of(state)) if state is not None else None
        # The letter is acknowledged before the row is replaced.
        _write(ledger, owner, *set_aside(record, verdict, "notifier", value))
    for letter in loaded.taken_back:
        _write(ledger, owner, *letter.put_back())
    meter.loaded(loaded.rows, len(loaded.unreadable), time.monotonic() - began)
    _log.info("state loaded", group="notifier", partition=partition, rows=loaded.rows)
    return loaded.machine


def _claimed(world: World, ledger: Ledger, partition: int) -> tuple[int, Current]:
    """Claim a partition. Return the number of its owner, and the rows that count."""
    id = uuid4().hex
    written = ledger.write([claim(partition, id)])
    try:
        written.result(CLAIM_SECONDS)
    except TimeoutError:
        written.cancel()
        raise TransientError("a partition can't be claimed yet") from None
    records = _read(world, [TopicPartition(STATES, partition)])
    number = number_of(records, id)
    if number is None:
        raise TransientError("a claim was written, and is not there yet")
    return number, current(records)


def _again(row: Record) -> Outgoing:
    return Outgoing(
        row.topic, row.key, row.value, partition=row.partition, headers=dict(row.headers)
    )


def _write(ledger: Ledger, owner: int, *messages: Outgoing) -> None:
    """Write messages, each once the one before it is acknowledged."""
    for message in messages:
        ledger.write([owned(message, owner)]).result()


def _whole(world: World, topic: str) -> list[Record]:
    count = world.broker.n_partitions(topic)
    return _read(world, [TopicPartition(topic, number) for number in range(count)])


def _read(world: World, partitions: list[TopicPartition]) -> list[Record]:
    reader = world.broker.reader()
    try:
        return list(reader.read_to_end(partitions))
    finally:
        reader.close()
