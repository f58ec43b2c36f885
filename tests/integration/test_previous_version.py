"""Today's services on a real broker that holds the topics
of the previous version, at its committed offsets.
"""

from contextlib import ExitStack
from datetime import timedelta

import msgspec
import previous
import pytest
from click.testing import CliRunner
from streams import eventually, on, send, service

from services.cli import root
from services.messages import Alert, Claim, TaggedArticle, decode, encode
from services.ports import Outgoing
from services.runtime.by_family import move_to_families
from services.runtime.consume import next_offsets
from services.runtime.set_aside import letters
from services.text.sketch import sketch

pytestmark = pytest.mark.engines

GROUPS = {
    "alerter-match": ["tagged-articles", "claims"],
    "alerter-fold": ["hits"],
    "tracker-route": ["tagged-articles"],
    "tracker-fold": ["reports"],
    "tracker-judge": ["judgements"],
}

BROKEN = ("article-blocks", "tracker-state", "alerter-state")
OTHER_WORDS = (
    "Rice has become cheap in all the ports of the south, say traders who hold a lot of it."
)


@pytest.fixture
def inherited(broker):
    """The broker with all records of the previous version, migrated; its groups have read all."""
    producer = broker.producer()
    for record in previous.records():
        producer.send(previous.again(record))
    producer.close()
    for group, topics in GROUPS.items():
        read_all(broker, group, topics)
    move_to_families(broker)
    return broker


def read_all(broker, group, topics):
    n = sum(1 for record in previous.records() if record.topic in topics)
    consumer, read = broker.consumer(group), []
    consumer.subscribe(topics)

    def more():
        read.extend(consumer.poll(1000, 0.5))
        return len(read) == n

    try:
        eventually(more)
        consumer.commit(next_offsets(read))
    finally:
        consumer.close()


def newest(broker, topic, kind):
    return {record.key: decode(kind, record.value) for record in on(broker, topic)}


def articles():
    """Return the articles of the previous version."""
    return [
        decode(TaggedArticle, r.value) for r in previous.records() if r.topic == "tagged-articles"
    ]


def silenced(article):
    """Return an edit of an article that takes back all that it reported."""
    later = article.seen_at + timedelta(days=1)
    return msgspec.structs.replace(
        article, version=article.version + 10**9, reports=(), cause="edit", seen_at=later
    )


def break_a_row_of_each_state(broker):
    """Put a row that nobody can read behind those of the previous version."""
    producer = broker.producer()
    for topic in BROKEN:
        producer.send(Outgoing(topic, "nobody|broken", b"{", partition=1))
    producer.close()


def test_services_start_on_migrated_data_and_go_on_where_the_previous_version_stood(
    inherited, settings
):
    break_a_row_of_each_state(inherited)
    alerts, claims = newest(inherited, "alerts", Alert), newest(inherited, "claims", Claim)
    assert CliRunner().invoke(root, ["topics", "apply"], env=settings.environment()).exit_code == 0
    first = next(a for a in articles() if a.text.startswith("Minister signs rice accord"))
    more_rice = msgspec.structs.replace(
        first, article_id="new", url=None, url_key=None, sketch=sketch(OTHER_WORDS)
    )
    arrest = next(a for a in alerts.values() if a.watch_id == "arrests")
    silent = [
        silenced(article) for article in articles() if article.article_id in arrest.article_ids
    ]
    with ExitStack() as services:
        for name in ("alert", "track"):
            services.enter_context(service(settings, name))
        send(
            inherited, *(("tagged-articles", a.article_id, encode(a)) for a in (more_rice, *silent))
        )
        eventually(
            lambda: any(
                a.article_ids == ("new",) for a in newest(inherited, "alerts", Alert).values()
            )
        )
        eventually(
            lambda: (
                newest(inherited, "alerts", Alert)[arrest.alert_id].revisions[-1].kind
                == "retracted"
            )
        )
    now = newest(inherited, "claims", Claim)
    assert now[arrest.claim_ids[0]].status == "retracted"
    assert all(now[key].version >= claim.version for key, claim in claims.items())
    set_aside = [
        letter for topic in BROKEN for letter in letters(on(inherited, f"{topic}-dlq")).values()
    ]
    assert [(letter.row.topic, letter.name, letter.reason) for letter in set_aside] == [
        (topic, "1/nobody|broken", "not-json") for topic in BROKEN
    ]
