"""The topics and indices of a schedule: made before it, removed behind it."""

from contextlib import suppress

import confluent_kafka as ck
from confluent_kafka import admin as ck_admin
from faults.naive import INDEX
from faults.naive import TOPIC as NAIVE_TOPIC
from streams import broker_of

from services.adapters.elastic import ElasticIndex
from services.adapters.kafka import KafkaBroker
from services.errors import TransientError
from services.messages.topics import topics
from services.settings import Settings

ASK_SECONDS = 20.0


def make(settings: Settings) -> KafkaBroker:
    """Make all topics, with that of the naive pipeline, and return the broker."""
    broker = broker_of(settings)
    own = ck_admin.NewTopic(settings.topic_prefix + NAIVE_TOPIC, 2, 1)
    admin = _admin(settings)  # It must outlive what it is asked.
    for done in admin.create_topics([own]).values():
        done.result(ASK_SECONDS)
    return broker


def remove(settings: Settings) -> None:
    """Remove topics, indices, and templates, so that the engines stay as quick as they were."""
    names = [settings.topic_prefix + name for name in (*(t.name for t in topics()), NAIVE_TOPIC)]
    admin = _admin(settings)
    with suppress(ck.KafkaException):
        for done in admin.delete_topics(names).values():
            with suppress(ck.KafkaException):
                done.result(ASK_SECONDS)
    index = ElasticIndex(settings.elastic_url, prefix=settings.index_prefix)
    with suppress(TransientError):
        index.admin.drop([INDEX, *(facts.index for facts in index.admin.indices())])


def read_again(settings: Settings, group: str) -> None:
    """Set a group that has no member back to the first message of all that it has read."""
    admin = _admin(settings)
    name = settings.topic_prefix + group
    asked = admin.list_consumer_group_offsets([ck.ConsumerGroupTopicPartitions(name)])
    places = asked[name].result(ASK_SECONDS).topic_partitions or ()
    back = [ck.TopicPartition(place.topic, place.partition, 0) for place in places]
    if back:
        wanted = ck.ConsumerGroupTopicPartitions(name, back)
        admin.alter_consumer_group_offsets([wanted])[name].result(ASK_SECONDS)


def _admin(settings: Settings) -> ck_admin.AdminClient:
    return ck_admin.AdminClient({"bootstrap.servers": settings.kafka_bootstrap, "log_level": 2})
