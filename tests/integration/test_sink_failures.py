"""The known failures of sinks from Kafka to Elasticsearch, with the indexer's own loop, on a real
Elasticsearch behind a proxy: no document is lost, none is there twice, none is given up in vain.

The references are the reports of these failures against the sink of Kafka Connect
(confluentinc/kafka-connect-elasticsearch).
"""

import json
import random
import threading
import uuid
from dataclasses import replace

import pytest
from builders import claim
from elastic_proxy import Cut, faulty
from loops import everything, running, send, world_of
from streams import eventually

from services.adapters.elastic import ElasticIndex
from services.adapters.memory import MemoryBroker
from services.commands.templates import apply
from services.indexer.documents import BUILDERS
from services.indexer.pages import pages
from services.indexer.service import run
from services.messages import encode
from services.ports import Outgoing, TopicPartition
from services.runtime.shutdown import SignalStop
from services.settings import Settings

pytestmark = pytest.mark.engines

BUSY = {"type": "es_rejected_execution_exception", "reason": "rejected execution of primary"}
DOWN = (503, {"content-type": "application/json"}, b'{"error":"no living connections"}')
BUSY_AS_A_WHOLE = (
    429,
    {"content-type": "application/json"},
    json.dumps({"error": BUSY, "status": 429}).encode(),
)


class Hasty(SignalStop):
    """Waits for a hundredth of what it is asked to."""

    def wait(self, timeout_seconds):
        return super().wait(timeout_seconds / 100)


@pytest.fixture(scope="module")
def shared(engines):
    """Settings under which the indices are made once."""
    settings = Settings(elastic_url=engines.elastic_url, index_prefix=f"t{uuid.uuid4().hex[:8]}-")
    apply(settings)
    return settings


class Sink:
    """An indexer on topics in memory, before a proxy that is told what to do with each request."""

    def __init__(self, settings, run_dir):
        self._settings = settings
        self._run_dir = run_dir
        self.broker = MemoryBroker()
        self.own = uuid.uuid4().hex[:8]
        self.direct = ElasticIndex(settings.elastic_url, prefix=settings.index_prefix)

    def send(self, *claims):
        """Send (id, version) or bytes that are no message."""
        for row in claims:
            value = row if isinstance(row, bytes) else encode(self.claim(*row))
            send(self.broker, Outgoing("claims", self.own + str(row[0]), value))

    def claim(self, id, version=1, **kw):
        return claim(claim_id=self.own + id, version=version, **kw)

    def index(self, fault=lambda *_: None, guard=lambda *_: None, seconds=30.0):
        """Run the indexer until everything sent is dealt with; only bulk requests have faults."""

        def on_bulk(decide):
            return lambda method, path, *rest: (
                decide(method, path, *rest) if "_bulk" in path else None
            )

        url = self._settings.elastic_url
        with faulty(url, on_bulk(fault), on_bulk(guard)) as behind:
            prefix = self._settings.index_prefix
            search = ElasticIndex(behind, prefix=prefix, request_seconds=seconds)
            world = replace(world_of(self.broker, self._run_dir, Hasty()), search=search)
            with running(run, world):
                eventually(self._is_committed)

    def stored(self):
        """Return id to version of this test's documents; fail if one is there twice."""
        self.direct.refresh()
        hits = [hit for found in pages(self.direct, "claims") for hit in found]
        ids = [hit["_id"] for hit in hits]
        assert len(ids) == len(set(ids))
        return {
            hit["_id"].removeprefix(self.own): hit["_source"]["version"]
            for hit in hits
            if hit["_id"].startswith(self.own)
        }

    def letters(self):
        return everything(self.broker, "claims-dlq")

    def _is_committed(self):
        done = self.broker.groups["indexer"].committed
        return all(
            done.get(at, 0) == self.broker.end(at)
            for at in (TopicPartition("claims", n) for n in (0, 1))
        )


@pytest.fixture
def sink(shared, tmp_path):
    return Sink(shared, tmp_path)


class Turns:
    """Gives its answers in turn, one a call, then None for ever; counts the calls."""

    def __init__(self, *given):
        self._given = list(given)
        self.n = 0

    def __call__(self, *_seen):
        self.n += 1
        return self._given.pop(0) if self._given else None


IDS = [f"d{n}" for n in range(20)]
ONCE = dict.fromkeys(IDS, 1)


def send_all(sink, version=1):
    sink.send(*((id, version) for id in IDS))


def items(change):
    """Return a fault that changes items of the answer: `change(item)` gives an error or None."""

    def fault(_method, _path, status, body):
        answer = json.loads(body)
        for item in answer["items"]:
            if error := change(item["index"]):
                item["index"] = {**item["index"], "status": error[0], "error": error[1]}
        return status, {"content-type": "application/json"}, json.dumps(answer).encode()

    return fault


def test_a_busy_engine_is_waited_for_and_no_document_is_given_up(sink):
    """#739: 429 ended the task, without a retry and without a dead letter."""
    send_all(sink)
    guard = Turns(BUSY_AS_A_WHOLE, BUSY_AS_A_WHOLE)
    sink.index(guard=guard)
    assert (sink.stored(), sink.letters()) == (ONCE, [])
    assert guard.n >= 3


def test_documents_that_are_too_many_for_the_queue_come_again_alone_or_together(sink):
    """#739, by item: some of a request are refused with 429, the others are stored."""
    send_all(sink)
    odd = Turns(*[None, (429, BUSY)] * 10)
    sink.index(items(odd))
    assert (sink.stored(), sink.letters()) == (ONCE, [])


@pytest.mark.parametrize("fault", [DOWN, Cut()])
def test_a_cluster_without_a_living_node_loses_nothing(sink, fault):
    """#571: messages were lost while all nodes were down."""
    send_all(sink)
    sink.index(guard=Turns(fault, fault, fault))
    assert (sink.stored(), sink.letters()) == (ONCE, [])


def test_a_version_conflict_means_that_what_is_stored_is_newer(sink):
    """#374: conflicts were ignored, also where the stored document was the older one."""
    newer = BUILDERS["claims"][1](sink.claim("d0", version=9))
    assert [done.outcome for done in sink.direct.bulk(newer)] == ["stored"]
    send_all(sink, version=3)
    sink.send(("d1", 2), ("d2", 4))
    sink.index()
    assert sink.stored() == dict.fromkeys(IDS, 3) | {"d0": 9, "d2": 4}
    assert sink.letters() == []


def test_a_document_that_no_mapping_can_hold_is_a_dead_letter_at_once_and_holds_up_no_other(sink):
    """#219: a mapping error was tried again in vain, and held up what came after it."""
    send_all(sink)
    bad = items(
        lambda item: (
            (400, {"type": "document_parsing_exception", "reason": "failed to parse field [x]"})
            if item["_id"].endswith("d7")
            else None
        )
    )
    count = Turns()
    sink.index(lambda *seen: bad(*seen), lambda *seen: count(*seen))
    [letter] = sink.letters()
    assert letter.key.endswith("d7")
    assert set(sink.stored()) == set(IDS)
    assert count.n <= 2


@pytest.mark.parametrize("cut", [Cut(), Cut(0), Cut(40)])
def test_what_was_stored_before_its_answer_was_lost_is_no_conflict_when_it_comes_again(sink, cut):
    """#646, #513: after a retry `create` conflicted with itself, and good documents became dead
    letters; errors of the network were not retried at all."""
    send_all(sink)
    sink.index(Turns(cut, cut))
    assert (sink.stored(), sink.letters()) == (ONCE, [])


def test_an_answer_that_comes_after_the_client_has_given_up_changes_nothing(sink):
    """#14: a flush that took too long ended the task."""
    send_all(sink)
    again = threading.Event()
    calls = Turns()

    def guard(*_seen):
        if calls.n:
            again.set()
        calls()

    def fault(*_seen):
        again.wait(30)

    sink.index(fault, guard, seconds=0.3)
    assert again.is_set()
    assert (sink.stored(), sink.letters()) == (ONCE, [])


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_in_whatever_order_each_document_is_there_once_in_its_last_version(
    sink, seed
):
    """The faults come in turn by a seed, to messages out of order, some of them unreadable."""
    chance = random.Random(seed)
    rows = [(f"d{n}", version) for n in range(60) for version in (1, 2, 3)]
    chance.shuffle(rows)
    sink.send(*rows, b"{", b"null")
    kinds = [DOWN, BUSY_AS_A_WHOLE, Cut(), (200, {}, b"<html>"), (500, {}, b"{}"), (413, {}, b"")]
    guard = Turns(*chance.choices([None, *kinds], k=12))
    odd = items(lambda _: (429, BUSY) if chance.random() < 0.2 else None)
    faults = Turns(*chance.choices([Cut(), Cut(9), odd, None], k=12))

    def fault(*seen):
        given = faults(*seen)
        return given(*seen) if callable(given) else given

    sink.index(fault, guard)
    assert sink.stored() == {f"d{n}": 3 for n in range(60)}
    assert sorted(letter.value for letter in sink.letters()) == [b"null", b"{"]
