"""Waiting for new topics, with a cluster of the test's own making."""

from concurrent.futures import Future

import confluent_kafka as ck
import pytest

from services.adapters import kafka_admin
from services.errors import TransientError
from services.messages.topics import topics

WANTED = {spec.name: spec for spec in topics(2) if spec.name in ("articles", "claims")}


class Cluster:
    """Answers for a partition from the given request on: until then, it does not lead it yet."""

    def __init__(self, leads_claims_from: float) -> None:
        self.asked: list[set[str]] = []
        self._from = leads_claims_from

    def connect(self):
        return Client(self)

    def leads(self, topic):
        return topic != "claims" or len(self.asked) >= self._from


class Client:
    """A client that was told of no leader goes on saying so, whatever the cluster says by now."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._led: dict[str, bool] = {}

    def list_offsets(self, partitions, request_timeout):
        self._cluster.asked.append({tp.topic for tp in partitions})
        return {tp: self._answer(tp.topic) for tp in partitions}

    def _answer(self, topic):
        future: Future[int] = Future()
        if self._led.setdefault(topic, self._cluster.leads(topic)):
            future.set_result(0)
        else:
            error = ck.KafkaError(ck.KafkaError.NOT_LEADER_FOR_PARTITION)
            future.set_exception(ck.KafkaException(error))
        return future


def test_new_topics_are_there_once_the_broker_answers_for_each_of_their_partitions():
    cluster = Cluster(leads_claims_from=3)
    kafka_admin._wait_until_led(cluster.connect, WANTED)
    assert cluster.asked == [{"articles", "claims"}, {"claims"}, {"claims"}]


def test_a_topic_that_nobody_leads_in_time_is_named(monkeypatch):
    monkeypatch.setattr(kafka_admin, "LED_SECONDS", 0.0)
    with pytest.raises(TransientError, match="claims was created and has no leader yet"):
        kafka_admin._wait_until_led(Cluster(leads_claims_from=float("inf")).connect, WANTED)
