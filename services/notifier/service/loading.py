"""Loads the rows of partitions. What can't be read is set aside, and stops nothing."""

import time
from collections.abc import Mapping, Sequence
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
from services.runtime.loading import Loaded, load
from services.runtime.meter import Meter
from services.runtime.set_aside import Letter, letters, set_aside
from services.runtime.world import World

MOST_TOGETHER = 16
"""Partitions that are loaded with one read: all of a usual system.

A read takes about half a second to begin, however little there is. The records of these partitions
are in memory until it ends.
"""

CLAIM_SECONDS = 10.0
"""Seconds that a claim may take to be written, before the loop says that it waits."""

_log = structlog.get_logger()


def load_shelves(
    world: World, ledger: Ledger, partitions: Sequence[int], meter: Meter
) -> dict[int, Shelf]:
    """Claim partitions, and return the rows of each. Raises TransientError, FatalError."""
    began = time.monotonic()
    claims = {number: uuid4().hex for number in partitions}
    _claim(ledger, claims)
    places = [TopicPartition(STATES, number) for number in partitions]
    records: dict[int, list[Record]] = {number: [] for number in partitions}
    for record in _read(world, places):
        records[record.partition].append(record)
    asked_back = [one for one in _letters(world) if one.is_asked_back]
    shelves: dict[int, Shelf] = {}
    for number, rows in records.items():
        owner = number_of(rows, claims[number])
        if owner is None:
            raise TransientError("a claim was written, and is not there yet")
        mine = [letter for letter in asked_back if letter.row.partition == number]
        found = current(rows)
        loaded = _loaded(world, owner, found.rows, mine)
        _write_down(ledger, owner, found, loaded)
        meter.loaded(loaded.rows, len(loaded.unreadable), time.monotonic() - began)
        _log.info("state loaded", group="notifier", partition=number, rows=len(rows))
        shelves[number] = loaded.machine
    return shelves


def _loaded(
    world: World, owner: int, rows: Sequence[Record], asked_back: Sequence[Letter]
) -> Loaded[Shelf]:
    return load(lambda: rows, lambda: Shelf(world.rows(""), owner), asked_back)


def _write_down(ledger: Ledger, owner: int, found: Current, loaded: Loaded[Shelf]) -> None:
    """Write what was overtaken, set aside, or asked back."""
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


def _claim(ledger: Ledger, claims: Mapping[int, str]) -> None:
    """Write claims: partition to id. Return once they are in the log."""
    written = ledger.write([claim(number, id) for number, id in claims.items()])
    try:
        written.result(CLAIM_SECONDS)
    except TimeoutError:
        written.cancel()
        raise TransientError("partitions can't be claimed yet") from None


def _again(row: Record) -> Outgoing:
    return Outgoing(
        row.topic, row.key, row.value, partition=row.partition, headers=dict(row.headers)
    )


def _write(ledger: Ledger, owner: int, *messages: Outgoing) -> None:
    """Write messages, each once the one before it is acknowledged."""
    for message in messages:
        ledger.write([owned(message, owner)]).result()


def _letters(world: World) -> list[Letter]:
    topic = STATES + DEAD_LETTERS
    count = world.broker.n_partitions(topic)
    found = letters(_read(world, [TopicPartition(topic, number) for number in range(count)]))
    return [*found.values()]


def _read(world: World, partitions: list[TopicPartition]) -> list[Record]:
    reader = world.broker.reader()
    try:
        return list(reader.read_to_end(partitions))
    finally:
        reader.close()
