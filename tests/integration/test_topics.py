"""The topics of a cluster that an older version made."""

import pytest
from confluent_kafka import admin as ck_admin
from streams import eventually

from services.adapters.kafka import KafkaBroker
from services.messages.topics import TOMBSTONES, topics

pytestmark = pytest.mark.engines


def kept_for(settings, topic):
    """Return for how many milliseconds a topic of the cluster keeps tombstones."""
    admin = ck_admin.AdminClient({"bootstrap.servers": settings.kafka_bootstrap})
    asked = ck_admin.ConfigResource(ck_admin.ResourceType.TOPIC, settings.topic_prefix + topic)
    (found,) = admin.describe_configs([asked]).values()
    return found.result()[TOMBSTONES].value


def test_topics_of_an_older_version_keep_the_tombstones_of_watches_as_long_as_new_ones(settings):
    admin = ck_admin.AdminClient({"bootstrap.servers": settings.kafka_bootstrap})
    old = ck_admin.NewTopic(f"{settings.topic_prefix}watches", 1, 1)
    admin.create_topics([old])[old.topic].result()
    (wanted,) = (spec.config[TOMBSTONES] for spec in topics() if spec.name == "watches")
    assert kept_for(settings, "watches") != wanted
    broker = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
    assert "watches" not in broker.apply_topics(settings.partitions)
    eventually(lambda: kept_for(settings, "watches") == wanted)
    assert broker.apply_topics(settings.partitions) == []
