"""The order in which an input is sent, and what is sent that is no message."""

import random
from collections.abc import Sequence

from faults.schedule import Schedule

from services.adapters.kafka import KafkaBroker
from services.errors import TransientError
from services.ports import Outgoing

POISON = (
    b"not json",
    b"{}",
    b'{"article_id": 5, "version": "one"}',
    b"\xff\xfe\x00\x00",
    b'{"article_id": "\\ud800", "version": 1, "text": "\\u0000"}',
    b"[" * 5_000,
    b"x" * 1_000_000,
)
"""Values that no reader of the input can read."""

N_READERS = 3
"""Groups that read `tagged-articles`, each of which writes a dead letter."""

TWICE = 0.3
"""The share of messages that come again, somewhere later."""

FAR = 6
"""Messages that one may be late by."""

SENDS = 20
"""Tries at one message of the input, of fifteen seconds each."""

Row = tuple[str | None, bytes]


def letters_due(schedule: Schedule) -> int:
    """Return the dead letters that a schedule must leave."""
    n = sum(fault.kind == "poison" for fault in schedule.faults) * len(POISON)
    return n if schedule.with_tagger else n * N_READERS


def order(schedule: Schedule, rows: Sequence[Row]) -> list[Row]:
    """Return the input as it is sent.

    Where a schedule says so, messages overtake each other, and some come twice. Those of one key
    stay in order, as Kafka keeps them; what comes again comes after them.
    """
    if not any(fault.kind == "twice and out of order" for fault in schedule.faults):
        return list(rows)
    chance = random.Random(f"order {schedule.seed}")
    last: dict[str | None, float] = {}
    placed: list[tuple[float, Row]] = []
    for i, row in enumerate(rows):
        at = last[row[0]] = max(i + chance.uniform(0, FAR), last.get(row[0], 0.0))
        placed.append((at, row))
        if chance.random() < TWICE:
            placed.append((at + chance.uniform(0, len(rows)), row))
    return [row for _, row in sorted(placed, key=lambda each: each[0])]


class Sender:
    """Sends the input until it is acknowledged: the way in is not what is tried here."""

    def __init__(self, broker: KafkaBroker, topic: str) -> None:
        self._broker, self._topic = broker, topic
        self._producer = broker.producer()

    def send(self, key: str | None, value: bytes) -> None:
        for _ in range(SENDS):
            self._producer.send(Outgoing(self._topic, key, value))
            try:
                self._producer.flush()
                return
            except TransientError:
                self._producer = self._broker.producer()
        raise TransientError("Kafka takes no input")
