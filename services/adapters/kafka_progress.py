"""How far consumer groups of a Kafka cluster have read, all in a few requests."""

from collections.abc import Iterable, Mapping, Sequence

import confluent_kafka as ck
from confluent_kafka import admin as ck_admin

from services.adapters.kafka_login import Servers
from services.errors import TransientError
from services.ports import Progress

ASK_SECONDS = 5.0
"""Seconds that one request may take."""

COUNTED_UP_TO = 100
"""Offsets of a partition up to which its records are counted one by one."""

MOST_READS = 5
"""Reads of what is left. An open transaction stops the reader, and the count so far has to do."""

READ_SECONDS = 0.2

Place = tuple[str, int]
"""A topic and one of its partitions."""


def progress(
    servers: Servers, groups: Sequence[str], consumer_config: Mapping[str, object]
) -> dict[str, Progress]:
    """Return how far physical groups have read. Raises TransientError."""
    admin = ck_admin.AdminClient(servers.config())
    try:
        described = admin.describe_consumer_groups([*groups], request_timeout=ASK_SECONDS)
        asked = {
            group: admin.list_consumer_group_offsets(
                [ck.ConsumerGroupTopicPartitions(group)], request_timeout=ASK_SECONDS
            )[group]
            for group in groups
        }
        members = {group: described[group].result().members for group in groups}
        read = {
            group: _read(asked[group].result().topic_partitions or (), members[group])
            for group in groups
        }
        read = {group: places for group, places in read.items() if places or members[group]}
        ends = _ends(admin, {place for places in read.values() for place in places})
        left = _Left(read, ends)
        left.look(consumer_config)
    except ck.KafkaException as error:
        raise TransientError(f"Kafka does not tell how far it is read: {error}") from error
    return {group: left.of(group, len(members[group])) for group in read}


def _read(
    committed: Iterable[ck.TopicPartition], members: Iterable[ck_admin.MemberDescription]
) -> dict[Place, int]:
    """Return the next offsets of a group. What is assigned and not committed is all unread."""
    assigned = ((tp.topic, tp.partition) for m in members for tp in m.assignment.topic_partitions)
    known = {(tp.topic, tp.partition): tp.offset for tp in committed if tp.offset >= 0}
    return dict.fromkeys(assigned, 0) | known


def _ends(admin: ck_admin.AdminClient, places: Iterable[Place]) -> dict[Place, int]:
    """Return the ends of partitions; those of topics that are gone are left out."""
    asked = {ck.TopicPartition(*place): ck_admin.OffsetSpec.latest() for place in places}
    if not asked:
        return {}
    answers = admin.list_offsets(
        asked, isolation_level=ck.IsolationLevel.READ_COMMITTED, request_timeout=ASK_SECONDS
    )
    return {
        (tp.topic, tp.partition): future.result().offset
        for tp, future in answers.items()
        if future.exception() is None
    }


class _Left:
    """What groups have not read.

    The end of a transaction takes an offset but is no record, so the records behind the positions
    are read: all of them where few offsets are left, else the first, whose time counts.
    """

    def __init__(self, read: Mapping[str, Mapping[Place, int]], ends: Mapping[Place, int]) -> None:
        self._read, self._ends = read, ends
        self._found: dict[Place, list[tuple[int, int]]] = {}

    def look(self, config: Mapping[str, object]) -> None:
        """Read what is left, with one consumer for all groups. Raises KafkaException."""
        starts: dict[Place, int] = {}
        for places in self._read.values():
            for place, offset in places.items():
                if offset < self._ends.get(place, 0):
                    starts[place] = min(offset, starts.get(place, offset))
        if not starts:
            return
        consumer = ck.Consumer(dict(config))
        try:
            consumer.assign([ck.TopicPartition(*place, at) for place, at in starts.items()])
            for _ in range(MOST_READS):
                for message in consumer.consume(1000, READ_SECONDS):
                    if message.error() is None:
                        row = (message.offset(), message.timestamp()[1])
                        self._found.setdefault((message.topic(), message.partition()), []).append(
                            row
                        )
                if self._is_enough(consumer, starts):
                    break
        finally:
            consumer.close()

    def _is_enough(self, consumer: ck.Consumer, starts: Mapping[Place, int]) -> bool:
        """Return True if each partition is read as far as it is counted."""
        at = consumer.position([ck.TopicPartition(*place) for place in starts])
        return all(
            self._found.get((tp.topic, tp.partition))
            if self._ends[tp.topic, tp.partition] - starts[tp.topic, tp.partition] > COUNTED_UP_TO
            else tp.offset >= self._ends[tp.topic, tp.partition]
            for tp in at
        )

    def of(self, group: str, n_members: int) -> Progress:
        """Return how far a group has read."""
        behind, times = 0, list[int]()
        for place, offset in self._read[group].items():
            end = self._ends.get(place, 0)
            unread = [ms for at, ms in self._found.get(place, ()) if offset <= at < end]
            times += unread[:1]
            behind += end - offset if end - offset > COUNTED_UP_TO else len(unread)
        return Progress(behind, n_members, min(times, default=None))
