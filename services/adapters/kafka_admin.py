"""Requests to a Kafka cluster: create topics, count partitions, compute the lag of groups."""

import time
from collections.abc import Callable, Mapping

import confluent_kafka as ck
from confluent_kafka import admin as ck_admin

from services.adapters.kafka_login import Heard, Servers, refusal
from services.errors import ConfigError, RefusedError, TransientError
from services.messages.topics import TOMBSTONES, TopicSpec, topics

METADATA_SECONDS = 10.0
"""Seconds that a request for metadata may take."""

LED_SECONDS = 120.0
"""Seconds that a broker may take to lead new topics.

A guess: on a machine of two cores with ten times as much to do, 300 partitions took 20.
"""

_ASK_SECONDS = 5.0
_PASSING = (
    ck.KafkaError.NOT_LEADER_FOR_PARTITION,
    ck.KafkaError.LEADER_NOT_AVAILABLE,
    ck.KafkaError.UNKNOWN_TOPIC_OR_PART,
    ck.KafkaError._UNKNOWN_PARTITION,
)
_COUNTED_UP_TO = 100
"""Offsets of a partition up to which its records are counted one by one."""


def cluster(
    servers: Servers, timeout_seconds: float = METADATA_SECONDS
) -> ck_admin.ClusterMetadata:
    """Return the metadata of all topics. Raises TransientError."""
    return _asked(servers, timeout_seconds)


def n_partitions(servers: Servers, topic: str) -> int | None:
    """Return the partition count of a physical topic; None if it does not exist.

    Raises TransientError.
    """
    found = _asked(servers, METADATA_SECONDS, topic=topic).topics.get(topic)
    if found is not None and found.error is not None:
        _raise_refusal(servers, found.error)
    return len(found.partitions) if found is not None and found.error is None else None


def topic_id(servers: Servers, topic: str) -> str:
    """Return the id of a physical topic. Raises TransientError, also if there is none."""
    admin = _admin(servers)  # keep the client until its future has its result
    try:
        asked = ck.TopicCollection([topic])
        found = admin.describe_topics(asked, request_timeout=METADATA_SECONDS)
        return str(found[topic].result().topic_id)
    except ck.KafkaException as error:
        _raise_refusal(servers, error.args[0])
        raise servers.silent(error.args[0]) from error


def _raise_refusal(servers: Servers, error: ck.KafkaError) -> None:
    if line := refusal(error, servers.login.user):
        raise RefusedError(line)


def _asked(servers: Servers, timeout_seconds: float, **of: str) -> ck_admin.ClusterMetadata:
    """Return metadata. Raises TransientError, which names what is wrong with a refused login."""
    heard = Heard()
    admin = ck_admin.AdminClient(servers.config() | {"error_cb": heard.take})
    try:
        return admin.list_topics(timeout=timeout_seconds, **of)
    except ck.KafkaException as error:
        admin.poll(0)  # The client tells why in a callback alone.
        if heard.refused is not None:
            _raise_refusal(servers, heard.refused)
        raise servers.silent(error.args[0]) from error


def apply_topics(servers: Servers, prefix: str, partitions: int = 0) -> list[str]:
    """Create the missing topics of schemas/topics.yaml and return their names.

    `partitions`, if not 0, replaces the default count. Raises ConfigError if a topic exists with
    another count.
    """
    known = cluster(servers)
    wanted = {prefix + spec.name: spec for spec in topics(partitions)}
    _refuse_other_counts(known.topics, wanted)
    replicas = min(3, len(known.brokers))
    new = [
        ck_admin.NewTopic(name, spec.partitions, replicas, config=spec.config)
        for name, spec in wanted.items()
        if name not in known.topics
    ]
    admin = _admin(servers)  # keep the client until its futures have their results
    for name, future in (admin.create_topics(new) if new else {}).items():
        try:
            future.result()
        except ck.KafkaException as error:
            if error.args[0].code() != ck.KafkaError.TOPIC_ALREADY_EXISTS:
                raise TransientError(f"topic {name} can't be created: {error}") from error
    _wait_until_led(lambda: _admin(servers), wanted)
    _keep_tombstones(admin, {name: wanted[name] for name in known.topics if name in wanted})
    return [topic.topic for topic in new]


def _keep_tombstones(admin: ck_admin.AdminClient, existing: Mapping[str, TopicSpec]) -> None:
    """Set how long existing topics keep tombstones: those of older versions keep them for a day."""
    changes = [
        ck_admin.ConfigResource(
            ck_admin.ResourceType.TOPIC,
            name,
            incremental_configs=[
                ck_admin.ConfigEntry(
                    TOMBSTONES,
                    spec.config[TOMBSTONES],
                    incremental_operation=ck_admin.AlterConfigOpType.SET,
                )
            ],
        )
        for name, spec in existing.items()
        if TOMBSTONES in spec.config
    ]
    for change, future in (admin.incremental_alter_configs(changes) if changes else {}).items():
        try:
            future.result()
        except ck.KafkaException as error:
            raise TransientError(f"topic {change.name} can't be configured: {error}") from error


def _wait_until_led(
    connect: Callable[[], ck_admin.AdminClient], wanted: Mapping[str, TopicSpec]
) -> None:
    """Return once a broker answers for every partition.

    It is named as the leader long before that, and clients are told that there is no topic. A
    client that was told so may never ask again ("No leaders found"), so each look has a new one.
    """
    last = ck_admin.OffsetSpec.latest()
    missing = [
        ck.TopicPartition(name, number)
        for name, spec in wanted.items()
        for number in range(spec.partitions)
    ]
    until = time.monotonic() + LED_SECONDS
    while missing:
        admin = connect()  # keep the client until its futures have their results
        asked = admin.list_offsets(dict.fromkeys(missing, last), request_timeout=METADATA_SECONDS)
        missing = [tp for tp, future in asked.items() if future.exception() is not None]
        if missing and time.monotonic() > until:
            why = asked[missing[0]].exception()
            raise TransientError(
                f"topic {missing[0].topic} was created and has no leader yet: {why}"
            )
        time.sleep(0.1 if missing else 0.0)


def _refuse_other_counts(
    existing: Mapping[str, ck_admin.TopicMetadata], wanted: Mapping[str, TopicSpec]
) -> None:
    for name, spec in wanted.items():
        found = existing.get(name)
        if found is not None and len(found.partitions) != spec.partitions:
            raise ConfigError(
                f"topic {name} has {len(found.partitions)} partitions, not {spec.partitions}; "
                "counts are "
                "never changed in place: set REPORTEDLY_PARTITIONS to the old count; "
                "the way to another one is in docs/operations.md, More partitions"
            )


def watermarks(consumer: ck.Consumer, tp: ck.TopicPartition) -> tuple[int, int]:
    """Return the first and the end offset.

    Ask again after a change of leader. Raises KafkaException.
    """
    until = time.monotonic() + METADATA_SECONDS
    while True:
        try:
            low, high = consumer.get_watermark_offsets(tp, timeout=METADATA_SECONDS)
            return int(low), int(high)
        except ck.KafkaException as error:
            # The client does not mark these errors as retriable.
            if error.args[0].code() not in _PASSING or time.monotonic() > until:
                raise
            time.sleep(0.1)


def lag(
    servers: Servers, group: str, consumer_config: Mapping[str, object]
) -> tuple[int, int] | None:
    """Return (records behind, members) of a physical group; None for a group that nobody joined."""
    admin = _admin(servers)
    try:
        described = admin.describe_consumer_groups([group], request_timeout=_ASK_SECONDS)[
            group
        ].result()
        asked = [ck.ConsumerGroupTopicPartitions(group)]
        committed = (
            admin.list_consumer_group_offsets(asked, request_timeout=_ASK_SECONDS)[group]
            .result()
            .topic_partitions
            or []
        )
        if not described.members and not committed:
            return None
        positions = {(tp.topic, tp.partition): tp for tp in committed}
        # A partition that is assigned and was never committed is unread from its start.
        for member in described.members:
            for tp in member.assignment.topic_partitions:
                unread = ck.TopicPartition(tp.topic, tp.partition, 0)
                positions.setdefault((tp.topic, tp.partition), unread)
        consumer = ck.Consumer(dict(consumer_config))
        try:
            return _behind(consumer, list(positions.values())), len(described.members)
        finally:
            consumer.close()
    except ck.KafkaException:
        return None


def _behind(consumer: ck.Consumer, committed: list[ck.TopicPartition]) -> int:
    """Return how many records lie beyond the committed offsets.

    The end of a transaction takes an offset but is no record. So where few offsets are left, the
    records are read and counted.
    """
    behind, near = 0, []
    for tp in committed:
        low, high = watermarks(consumer, tp)
        start = max(low, tp.offset)
        if high - start > _COUNTED_UP_TO:
            behind += high - start
        elif high > start:
            near.append((ck.TopicPartition(tp.topic, tp.partition, start), high))
    return behind + _count(consumer, near)


def _count(consumer: ck.Consumer, ranges: list[tuple[ck.TopicPartition, int]]) -> int:
    if not ranges:
        return 0
    consumer.assign([tp for tp, _ in ranges])
    ends = {(tp.topic, tp.partition): end for tp, end in ranges}
    records = 0
    # An open transaction stops the reader. The count so far has to do then.
    for _ in range(10):
        messages = consumer.consume(1000, 0.2)
        records += sum(
            1 for m in messages if m.error() is None and m.offset() < ends[m.topic(), m.partition()]
        )
        positions = consumer.position(
            [ck.TopicPartition(topic, partition) for topic, partition in ends]
        )
        if all(tp.offset >= ends[tp.topic, tp.partition] for tp in positions):
            break
    return records


def _admin(servers: Servers) -> ck_admin.AdminClient:
    return ck_admin.AdminClient(servers.config())
