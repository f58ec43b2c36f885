"""Saves the topics of a running system into a file, and puts them into an empty one.

What a group has read is taken first, then the topics, each after those that tell of what stands in
it (`order`). So whatever a state knows of is in the backup, and what came later is read again,
which changes nothing: see docs/operations.md, Backup and restore.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Protocol

import msgspec

from services import __version__
from services.desk.pipeline.redrive import REDRIVEN
from services.errors import ConfigError, InvalidMessage
from services.messages import Article, decode, encode
from services.messages.topics import DEAD_LETTERS, topics
from services.ports import Broker, Outgoing, Record, TopicPartition
from services.runtime.backup_file import FORMAT, Head, Place, head_of, records_of, written
from services.runtime.data_version import (
    UNFINISHED,
    UNMARKED,
    bring_up,
    mark,
    marked,
    refuse_newer,
)

LEFT_OUT = frozenset(
    {"data-version", "feed-timings", "feed-documents", "feed-pushes", "feed-rereads"}
)
"""Topics that no backup has.

The version is in its head. Timings hold offsets of the old topics. The others are documents on
their way, which the next poll brings again.
"""

_FIRST = (
    "feed-pending",
    "feed-states",
    "delivery-states",
    "dailies",
    "alerter-state",
    "tracker-state",
)
"""States that tell of messages in other topics."""

SOURCE = (
    "feeds", "feed-states", "watches", "subscribers", "tokens", "marks", "opt-outs", "judgements",
    "verdicts", "articles",
)  # fmt: skip
"""What all other topics are made of. The partition of their records follows from the key alone."""

FLUSH_EVERY = 2000
"""Records between two waits for Kafka. A guess: some megabytes, a second at most."""

Tell = Callable[[str, int], None]
"""Called with a topic and the number of its records so far."""


class Store(Broker, Protocol):
    """A broker whose topics can be saved and put back."""

    def has(self, topic: str) -> bool: ...

    def base(self) -> "Store": ...

    def group_offsets(self, group: str) -> Mapping[TopicPartition, int]:
        """Return what a group has committed. Raises TransientError."""

    def set_group_offsets(self, group: str, offsets: Mapping[TopicPartition, int]) -> None:
        """Commit offsets for a group without members. Raises TransientError."""


Change = Callable[[str, Iterable[Record]], Iterable[Record]]
"""Returns what is saved of a topic, given its name and its records."""


def order() -> list[str]:
    """Return the topics of a backup, in the order in which they are read."""
    names = [spec.name for spec in topics() if spec.name not in LEFT_OUT]
    letters = {name + DEAD_LETTERS for name in LEFT_OUT}
    rest = [name for name in names if name not in (*_FIRST, *letters)]
    return [*_FIRST, *rest]


def save(
    store: Store,
    path: Path,
    groups: Iterable[str],
    at: datetime,
    tell: Tell,
) -> Mapping[str, int]:
    """Write a backup. Services may run. Return topic to its number of records.

    Raises ConfigError, TransientError.
    """
    found = marked(store)
    refuse_newer(found)
    names = [name for name in order() if store.has(name)]
    head = Head(
        reportedly_backup=FORMAT,
        data_version=found.version if found is not None else UNMARKED,
        program=__version__,
        at=at,
        partitions={name: store.n_partitions(name) for name in names},
        places={group: _places(store, group, names) for group in groups},
    )
    with written(path, head) as writer:
        for name in names:
            for record in whole(store, name):
                writer.add(record)
                tell(name, writer.records[name])
    return writer.records


def _places(store: Store, group: str, names: Sequence[str]) -> tuple[Place, ...]:
    found = sorted(store.group_offsets(group).items())
    return tuple(Place(tp.topic, tp.partition, at) for tp, at in found if tp.topic in names)


def whole(store: Store, topic: str) -> Iterator[Record]:
    """Yield a topic's records, one partition after the other."""
    for partition in range(store.n_partitions(topic)):
        reader = store.reader()
        try:
            yield from reader.read_to_end([TopicPartition(topic, partition)])
        finally:
            reader.close()


def rewrite(path: Path, change: Change, forgotten: Sequence[str], tell: Tell) -> Mapping[str, int]:
    """Write a backup anew, under its name, with what `change` yields of its topics.

    Raises ConfigError for one that is damaged; then it stays as it is.
    """
    head = head_of(path)
    head = msgspec.structs.replace(head, forgotten=tuple({*head.forgotten, *forgotten}))
    with written(path, head) as writer:
        for name, records in groupby(records_of(path), key=lambda record: record.topic):
            for record in change(name, records):
                writer.add(record)
                tell(name, writer.records[name])
    return writer.records


def require_empty(store: Store) -> None:
    """Raise ConfigError if a topic of a backup has records."""
    reader = store.reader()
    try:
        for name in order():
            for partition in range(store.n_partitions(name)):
                first, end = reader.span(TopicPartition(name, partition))
                if end > first:
                    raise ConfigError(
                        f"there is data already (topic {name}): restore into an empty data folder "
                        "or under a new REPORTEDLY_TOPIC_PREFIX, or give --replace, which removes "
                        "all topics of this system first"
                    )
    finally:
        reader.close()


def require_equal_counts(store: Store, head: Head) -> None:
    """Raise ConfigError if a topic has another number of partitions than in the backup."""
    for name, n_then in head.partitions.items():
        n_now = store.n_partitions(name)
        if n_now != n_then:
            raise ConfigError(
                f"topic {name} has {n_now} partitions, in the backup {n_then}: set "
                f"REPORTEDLY_PARTITIONS to what it was, or give --source-only, which makes all "
                "else anew (docs/operations.md, More partitions)"
            )


def restore(store: Store, path: Path, tell: Tell) -> Mapping[str, int]:
    """Put a whole backup into empty topics. Return topic to its number of records.

    Data of an older version is migrated. Raises ConfigError, TransientError, Unwritable.
    """
    head = head_of(path)
    shifts = _Shifts(head)
    mark(store, UNFINISHED)
    sent = _send(store, map(shifts.moved, records_of(path)), tell)
    for group, places in head.places.items():
        now = {TopicPartition(p.topic, p.partition): shifts.now(p) for p in places}
        if now:
            store.set_group_offsets(group, now)
    mark(store, head.data_version)
    bring_up(store, is_new=False)
    return sent


def restore_source(store: Store, path: Path, tell: Tell) -> Mapping[str, int]:
    """Put what all else is made of into empty topics, whatever their partitions.

    Articles get the cause `replay`: nobody is told anything that stood in the backup.
    """
    n_partitions = head_of(path).partitions
    rows = (_as_replay(each, n_partitions) for each in records_of(path) if each.topic in SOURCE)
    return _send(store, rows, tell)


def _as_replay(record: Record, n_partitions: Mapping[str, int]) -> Outgoing:
    message = Outgoing(record.topic, record.key, record.value, headers=record.headers)
    if n_partitions[record.topic] == 1:
        return replace(message, partition=0)
    if record.topic == "articles":
        try:
            article = decode(Article, record.value)
        except InvalidMessage:
            return message  # the tagger makes a dead letter of it, as before
        value = encode(msgspec.structs.replace(article, cause="replay"))
        return replace(message, value=value, partition_key=article.article_id)
    return message


def _send(store: Store, messages: Iterable[Outgoing], tell: Tell) -> Mapping[str, int]:
    producer, sent = store.producer(), dict[str, int]()
    for n, message in enumerate(messages, start=1):
        producer.send(message)
        sent[message.topic] = sent.get(message.topic, 0) + 1
        if n % FLUSH_EVERY == 0:
            producer.flush()
        tell(message.topic, sent[message.topic])
    producer.close()
    return sent


class _Shifts:
    """Offsets in the backup to those in the topics that it is put into, which begin with 0."""

    def __init__(self, head: Head) -> None:
        self._wanted: dict[TopicPartition, list[int]] = {}
        for place in (each for places in head.places.values() for each in places):
            at = TopicPartition(place.topic, place.partition)
            self._wanted.setdefault(at, []).append(place.offset)
        self._before = {at: [0] * len(offsets) for at, offsets in self._wanted.items()}
        for offsets in self._wanted.values():
            offsets.sort()
        self._letters = Letters()

    def moved(self, record: Record) -> Outgoing:
        """Return a record as a message, and count it."""
        at = TopicPartition(record.topic, record.partition)
        for i, offset in enumerate(self._wanted.get(at, ())):
            self._before[at][i] += record.offset < offset
        headers = record.headers
        if record.topic.endswith(DEAD_LETTERS):
            headers = self._letters.headers(record)
        return Outgoing(
            record.topic, record.key, record.value, partition=record.partition, headers=headers
        )

    def now(self, place: Place) -> int:
        """Return the next offset to read, once all records were counted."""
        at = TopicPartition(place.topic, place.partition)
        return self._before[at][bisect_left(self._wanted[at], place.offset)]


class Letters:
    """Dead letters that are copied, in the order of their offsets."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], dict[int, int]] = {}

    def headers(self, record: Record) -> Mapping[str, bytes]:
        """Return the headers of the next letter. A mark names the offset of its letter."""
        known = self._known.setdefault((record.topic, record.partition), {})
        known[record.offset] = len(known)
        letter = record.headers.get("letter", b"")
        if REDRIVEN not in record.headers or not letter.isdigit():
            return record.headers
        return {**record.headers, "letter": str(known.get(int(letter), int(letter))).encode()}
