"""Requests for a copy of a cluster's topics: what groups have committed, and the end of topics."""

import time
from collections.abc import Collection, Mapping

import confluent_kafka as ck
from confluent_kafka import admin as ck_admin

from services.adapters.kafka_admin import LED_SECONDS, METADATA_SECONDS, cluster
from services.adapters.kafka_login import Servers
from services.errors import TransientError
from services.messages.topics import topics

Offsets = Mapping[tuple[str, int], int]
"""Physical topic and partition to the next offset."""


def offsets(servers: Servers, group: str) -> dict[tuple[str, int], int]:
    """Return what a physical group has committed; nothing for a group that nobody joined."""
    admin = _admin(servers)
    try:
        asked = [ck.ConsumerGroupTopicPartitions(group)]
        future = admin.list_consumer_group_offsets(asked, request_timeout=METADATA_SECONDS)[group]
        found = future.result().topic_partitions or []
    except ck.KafkaException as error:
        raise _failed(f"what the group {group} has read can't be asked", error) from error
    return {(tp.topic, tp.partition): tp.offset for tp in found if tp.offset >= 0}


def set_offsets(servers: Servers, group: str, wanted: Offsets) -> None:
    """Commit offsets for a physical group. Raises TransientError, also while it has members."""
    admin = _admin(servers)
    places = [ck.TopicPartition(topic, partition, at) for (topic, partition), at in wanted.items()]
    asked = [ck.ConsumerGroupTopicPartitions(group, places)]
    try:
        done = admin.alter_consumer_group_offsets(asked, request_timeout=METADATA_SECONDS)
        answered = done[group].result().topic_partitions or []
    except ck.KafkaException as error:
        raise _failed(f"offsets of the group {group} can't be set", error) from error
    for tp in answered:
        if tp.error is not None:
            raise TransientError(f"offsets of the group {group} can't be set: {tp.error.str()}")


def drop_topics(servers: Servers, prefix: str, kept: Collection[str] = ()) -> list[str]:
    """Remove our topics but for those of these names, and return their names once they are gone.

    Raises TransientError.
    """
    admin = _admin(servers)
    names = {spec.name for spec in topics()} - {*kept}
    ours = {prefix + name for name in names} & set(cluster(servers).topics)
    for name, future in (admin.delete_topics([*ours]) if ours else {}).items():
        try:
            future.result()
        except ck.KafkaException as error:
            if error.args[0].code() != ck.KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise _failed(f"topic {name} can't be removed", error) from error
    until = time.monotonic() + LED_SECONDS
    while ours & set(cluster(servers).topics):
        if time.monotonic() > until:
            raise TransientError("topics that were removed are still there: try again")
        time.sleep(0.1)
    return sorted(ours)


def _failed(what: str, error: ck.KafkaException) -> TransientError:
    return TransientError(f"{what}: {error.args[0].str()}")


def _admin(servers: Servers) -> ck_admin.AdminClient:
    return ck_admin.AdminClient(servers.config())
