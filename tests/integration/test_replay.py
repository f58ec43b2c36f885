"""All documents made anew from the topics, on a real Elasticsearch; the topics are in memory."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import httpx
import pytest
from builders import START, claim, hours, mention, tagged
from click.testing import CliRunner
from msgspec.structs import replace

from services.adapters.elastic import ElasticIndex
from services.adapters.memory import MemoryBroker
from services.cli import root
from services.commands.templates import apply
from services.commands.world import Instead
from services.errors import FatalError
from services.indexer.batch import Verdicts
from services.indexer.documents import INDICES, TOPICS
from services.indexer.pages import digest, pages
from services.indexer.replay import Replay
from services.indexer.sending import IN_FLIGHT
from services.indexer.service import index
from services.messages import (
    Alert,
    Command,
    Delivery,
    Feed,
    Incident,
    Revision,
    Suppressed,
    encode,
)
from services.ports import Outgoing, TopicPartition
from services.settings import Settings

pytestmark = pytest.mark.engines

LATER = hours(24 * 40)


def article(id, version=1, events=("killed",), **kw):
    """Return an article with an incident for each event."""
    text = f"{id} killed in Ostrel\n\nTwelve died."
    incidents = tuple(
        Incident(
            incident_id=f"{id}-{event}",
            events=(event,),
            reports=(),
            time="news",
            stance="reported",
            quote=(0, 5),
            confidence=0.8,
        )
        for event in events
    )
    seen = {"first_seen_at": START, "seen_at": hours(version - 1)}
    return tagged(id, text, version=version, incidents=incidents, **seen, **kw)


EVERYTHING = (
    ("tagged-articles", article("a1", events=("killed", "wounded"))),
    ("tagged-articles", article("a2", mentions=(mention("Ostrel", "place"),))),
    ("tagged-articles", replace(article("a3"), first_seen_at=LATER)),
    ("tagged-articles", article("a1", version=2)),
    ("claims", claim(version=1)),
    ("claims", claim(version=2, status="denied")),
    (
        "alerts",
        Alert(
            alert_id="al",
            watch_id="w",
            watch_version=1,
            watch_name="W",
            revisions=(Revision(id="1", number=1, kind="first", text="One.", at=START),),
            version=1,
        ),
    ),
    ("commands", Command(command_id="co", watch_id="w", action="acknowledge", at=START)),
    ("suppressed", Suppressed(suppressed_id="s", watch_id="w", reason="stale", at=START)),
    (
        "deliveries",
        Delivery(
            delivery_id="d",
            alert_id="al",
            revision_id="1",
            watch_id="w",
            channel="log:",
            kind="first",
            attempt=1,
            outcome="delivered",
            at=START,
        ),
    ),
    ("feeds", Feed(feed_id="f", url="https://a.example/feed", outlet="Ostrel Post")),
    ("feeds", Feed(feed_id="g", url="https://b.example/feed", outlet="Vale Post")),
)
ARTICLES = tuple(each for each in EVERYTHING if each[0] == "tagged-articles")
MAY = tuple(each for each in ARTICLES if each[1].article_id != "a3")
SOME = (*MAY, ("claims", claim()))
"""What is enough where each index costs time."""


def key_of(topic, message):
    return getattr(message, INDICES[topic.removeprefix("tagged-")].__struct_fields__[0])


class Living:
    """Topics in memory, and the indexer on them."""

    def __init__(self, settings):
        self.elastic = ElasticIndex(settings.elastic_url, prefix=settings.index_prefix)
        self.broker = MemoryBroker()
        self.settings = settings
        self._read = {}

    def send(self, *messages):
        producer = self.broker.producer()
        for topic, message in messages:
            producer.send(Outgoing(topic, key_of(topic, message), encode(message)))
        producer.close()

    def remove(self, topic, key):
        producer = self.broker.producer()
        producer.send(Outgoing(topic, key, None))
        producer.close()

    def file(self, topic, **headers):
        producer = self.broker.producer()
        producer.send(Outgoing(topic, "c1", b"{", headers=headers))
        producer.close()

    def index(self):
        """Index what came since the last call."""
        reader = self.broker.reader()
        every = [TopicPartition(t, p) for t in TOPICS for p in range(self.broker.n_partitions(t))]
        records = list(reader.read_to_end(every, self._read))
        for record in records:
            self._read[TopicPartition(record.topic, record.partition)] = record.offset + 1
        with ThreadPoolExecutor(IN_FLIGHT) as threads:
            assert index(self.elastic, records, Verdicts(), threads).rejected == []

    def replay(self, tell=lambda step, detail: None, **kw):
        work = Replay(self.broker, self.elastic, self.elastic.admin, tell, lambda tries: None)
        return work.run(**kw)

    def digests(self):
        self.elastic.refresh()
        return {alias: digest(self.elastic, alias) for alias in INDICES}

    def indices(self):
        return {facts.index: set(facts.aliases) for facts in self.elastic.admin.indices()}


@pytest.fixture(scope="module")
def shared(engines):
    """Indices of this module: making them takes longer than each test here."""
    settings = Settings(elastic_url=engines.elastic_url, index_prefix=f"t{uuid.uuid4().hex[:8]}-")
    apply(settings)
    return settings


@pytest.fixture
def living(shared):
    """The indexer on empty indices. What a test leaves is dropped, as an operator might."""
    living = Living(shared)
    living.elastic.admin.drop(list(living.indices()))
    return living


def ids(living, alias):
    living.elastic.refresh()
    return sorted(hit["_id"] for hits in pages(living.elastic, alias) for hit in hits)


def test_dropping_every_index_and_replaying_gives_the_same_documents(living):
    living.send(*EVERYTHING)
    living.remove("feeds", "g")
    living.file("claims-dlq", reason=b"not-json", service=b"indexer")
    living.index()
    before = living.digests()
    assert {alias: n for alias, (n, _) in before.items() if n} == {
        "articles": 3,
        "incidents": 3,
        "claims": 1,
        "alerts": 1,
        "commands": 1,
        "suppressed": 1,
        "deliveries": 1,
        "feeds": 1,
        "dead-letters": 1,
    }
    living.elastic.admin.drop(list(living.indices()))
    assert {n for n, _ in living.digests().values()} == {0}
    living.replay()
    assert living.digests() == before
    assert {index.rpartition("-")[2] for index in living.indices()} == {"v2"}
    assert living.indices()["incidents-2031.05-v2"] == {"incidents", "incidents-2031.05"}


def test_what_comes_during_a_replay_is_found_once_and_readers_never_find_less(living):
    living.send(*SOME)
    living.index()
    seen = []

    def tell(step, _detail):
        """Let the indexer work on, and a reader look, in the middle of each step."""
        seen.append((step, ids(living, "articles")))
        living.send(("tagged-articles", article(f"b{len(seen)}")))
        living.send(("tagged-articles", article("a2", version=len(seen) + 1)))
        living.index()

    done = living.replay(tell)
    assert {step for step, _ in seen} >= {"write documents", "write what came meanwhile"}
    assert all(set(before) <= set(after) for (_, before), (_, after) in pairwise(seen))
    expected = ["a1", "a2", *sorted(f"b{n + 1}" for n in range(len(seen)))]
    assert ids(living, "articles") == expected
    assert ids(living, "incidents") == sorted(f"{id}-killed" for id in expected)
    assert set(done.replaced) & set(living.indices()) == set()


def test_what_has_left_its_topic_is_copied_and_what_was_taken_back_is_not(living):
    hit = Suppressed(suppressed_id="s", watch_id="w", reason="stale", at=START)
    living.send(*ARTICLES, ("suppressed", hit), ("claims", claim()))
    living.index()
    living.broker = MemoryBroker()
    living.send(("tagged-articles", article("a2", version=3, events=())))
    done = living.replay()
    assert done.n_copied == len(["a1", "a1-killed", "s"])
    assert ids(living, "articles") == ["a1", "a2", "a3"]
    assert ids(living, "incidents") == ["a1-killed", "a3-killed"]
    assert ids(living, "claims") == []
    assert "articles-2031.06-v1" in living.indices()


def test_topics_without_a_message_replace_nothing(living):
    living.send(("claims", claim()))
    living.index()
    living.broker = MemoryBroker()
    with pytest.raises(FatalError, match="no message"):
        living.replay()
    assert ids(living, "claims") == ["c1"]


class Ended(Exception):
    """Ends a replay in the middle."""


def test_a_replay_that_breaks_off_changes_nothing_and_clears_up(living):
    living.send(*SOME)
    living.index()
    before, indices = living.digests(), living.indices()

    def tell(_step, _detail):
        assert len(living.indices()) > len(indices)
        raise Ended

    with pytest.raises(Ended):
        living.replay(tell)
    assert living.digests() == before
    assert living.indices() == indices
    living.replay()
    assert living.digests() == before
    assert len(living.indices()) == len(indices)
    assert all(living.indices().values())


def test_a_second_replay_leaves_the_first_one_alone(living):
    living.send(*SOME)
    living.index()
    before = living.digests()
    refusals = []

    def tell(step, _detail):
        if step == "write documents":
            with pytest.raises(FatalError, match="another replay has begun") as refused:
                living.replay()
            refusals.append(refused)

    living.replay(tell)
    assert refusals
    assert living.digests() == before


def test_what_a_killed_replay_left_is_removed_when_asked_for_and_what_keep_left_is_no_obstacle(
    living,
):
    living.send(*SOME)
    living.index()
    before = living.digests()
    living.replay(keep=True)
    living.replay(keep=True)
    living.elastic.admin.make("articles-2031.05-v9")
    with pytest.raises(FatalError, match="--restart"):
        living.replay()
    assert "articles-2031.05-v9" in living.indices()
    living.replay(restart=True)
    assert living.digests() == before
    assert all(living.indices().values())


def test_indices_of_an_earlier_version_are_replaced_whatever_their_names_and_fields(living):
    """Then `articles-2031.05` was an index, and a field had another type."""
    own = living.elastic.admin._prefix
    address = living.settings.elastic_url
    for old, alias, odd in (
        ("articles-2031.05", "articles", "title"),
        ("claims-1", "claims", "event"),
    ):
        body = {
            "aliases": {own + alias: {}},
            "mappings": {"dynamic": "strict", "properties": {odd: {"type": "date"}}},
        }
        httpx.put(f"{address}/{own}{old}", json=body).raise_for_status()
    living.send(*SOME)
    living.replay()
    assert ids(living, "articles") == ["a1", "a2"]
    assert ids(living, "claims") == ["c1"]
    assert {"articles-2031.05", "claims-1"} & set(living.indices()) == set()
    assert living.indices()["articles-2031.05-v2"] == {"articles", "articles-2031.05"}


def test_old_months_leave_with_what_has_no_month_and_claims_stay(living):
    old = replace(article("a9"), first_seen_at=START - timedelta(days=200))
    hit = Suppressed(
        suppressed_id="s9", watch_id="w", reason="stale", at=START - timedelta(days=200)
    )
    living.send(*SOME, ("tagged-articles", old), ("suppressed", hit))
    living.index()
    world = Instead(
        replace(living.settings, clock=f"{START.isoformat()},1"),
        index=living.elastic,
        index_admin=living.elastic.admin,
    )
    done = CliRunner().invoke(
        root, ["indices", "retain", "--months", "4"], obj=world, catch_exceptions=False
    )
    assert done.stdout.split() == ["articles-2030.10-v1", "incidents-2030.10-v1"]
    assert "1 document removed" in done.stderr
    assert ids(living, "articles") == ["a1", "a2"]
    assert (ids(living, "suppressed"), ids(living, "claims")) == ([], ["c1"])
