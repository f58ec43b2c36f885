"""The counts of a daily message, asked of a real Elasticsearch."""

import pytest
from builders import START, hours, tagged
from loops import send
from stand_ins import stand_in

from services.adapters.elastic import ElasticIndex
from services.adapters.memory import MemoryBroker
from services.commands.templates import apply
from services.indexer.documents import BUILDERS
from services.messages import Contact, Delivery, FeedTiming, FeedTimings, Subscriber, encode
from services.notifier.service.watching import feed_timings, watched
from services.ports import Outgoing

pytestmark = pytest.mark.engines

ANN = Subscriber(id="ann", name="Ann", targets=(Contact(to="log:"),))


@pytest.fixture
def elastic(settings):
    apply(settings)
    return ElasticIndex(settings.elastic_url, prefix=settings.index_prefix)


def store(elastic, topic, message):
    outcomes = {each.outcome for each in elastic.bulk(BUILDERS[topic][1](message))}
    assert outcomes == {"stored"}


def delivered(n, alert_id, at, to="log:"):
    return Delivery(
        delivery_id=f"d{n}",
        alert_id=alert_id,
        revision_id=f"r{n}",
        watch_id="w",
        channel=to,
        kind="first",
        attempt=1,
        outcome="delivered",
        at=at,
    )


def test_a_day_of_articles_and_of_alerts_is_counted(elastic):
    broker = MemoryBroker()
    row = FeedTimings(
        partition="0", at=START, feeds=(FeedTiming(feed_id="f", polled_at=hours(30)),)
    )
    send(broker, Outgoing("feed-timings", "0", encode(row)))
    world = stand_in(type("World", (), {"broker": broker, "search": elastic}))
    assert watched(world, ANN, hours(30), feed_timings(world)).read_at is None
    for n, at in enumerate((hours(1), hours(7), hours(29))):
        store(elastic, "tagged-articles", tagged(f"a{n}", tagged_at=at))
    found = [("al1", hours(1)), ("al2", hours(8)), ("al2", hours(9)), ("al3", hours(10))]
    for n, (alert_id, at) in enumerate(found):
        store(elastic, "deliveries", delivered(n, alert_id, at))
    store(elastic, "deliveries", delivered(9, "al9", hours(9), to="webhook:https://b.example/"))
    elastic.refresh()
    seen = watched(world, ANN, hours(30), feed_timings(world))
    assert (seen.feeds, seen.alive, seen.polled_at) == (1, 1, hours(30))
    assert (seen.articles, seen.read_at, seen.alerts, seen.unknown) == (2, hours(29), 2, "")
