"""Publishing: killed anywhere, nothing is lost; whatever is raised, nobody goes deaf."""

import pytest
from loops import send
from polling import (
    GOOD,
    InThread,
    Web,
    articles,
    eventually,
    heartbeat,
    pending,
    polling,
    rss,
    titles,
    world,
)

from services.adapters.memory import MemoryBroker, MemoryProducer
from services.errors import FatalError, Unwritable
from services.poller import service
from services.ports import Outgoing


class Kill(BaseException):
    """The process ends here."""


class MortalProducer(MemoryProducer):
    """Counts what it does, and dies at a chosen moment:
    before or after a message, before or after a flush.
    """

    _broker: "MortalBroker"

    def _tick(self):
        self._broker.left -= 1
        if self._broker.left == 0:
            raise Kill

    def send(self, message):
        self._tick()
        # A client sends in the background: what was queued before a kill may have gone out.
        self._broker.append(message, None)
        self._tick()

    def flush(self):
        self._tick()
        super().flush()
        self._tick()


class MortalBroker(MemoryBroker):
    left = 0

    def producer(self):
        return MortalProducer(self)


def run_until_killed(w):
    with pytest.raises(Kill), polling(w):
        eventually(lambda: False if w.broker.left > 0 else (_ for _ in ()).throw(Kill))


@pytest.mark.parametrize("moment", range(1, 21))
def test_an_entry_that_left_the_feed_while_the_poller_was_down_is_published(tmp_path, moment):
    broker = MortalBroker()
    w = world(tmp_path, Web(a=rss(("1", "One"), ("2", "Two"))), "a", broker=broker)
    broker.left = moment
    run_until_killed(w)
    decided = {a.title for a in pending(broker).values()} | titles(broker)
    web = Web(a=rss(("9", "Nine")))
    with polling(world(tmp_path, web, broker=broker)):
        eventually(lambda: "Nine" in titles(broker) and not pending(broker))
    # What was written down as decided is there,
    # once in one version; a kill before that has decided nothing.
    assert titles(broker) == decided | {"Nine"}
    versions = {(a.article_id, a.version, a.cause) for a in articles(broker)}
    assert len(versions) == len({id for id, _, _ in versions})


def test_what_is_still_to_be_published_of_a_feed_that_is_gone_is_published(tmp_path):
    broker = MortalBroker()
    w = world(tmp_path, Web(a=GOOD), "a", broker=broker)
    broker.left = 4  # behind the row in feed-pending, before the article
    run_until_killed(w)
    assert titles(broker) == set()
    send(broker, Outgoing("feeds", "a", None))
    with polling(world(tmp_path, Web(), broker=broker)):
        eventually(lambda: titles(broker) == {"A bridge is closed"} and not pending(broker))


class PickyProducer(MemoryProducer):
    """Raises what the broker is told to for messages that hold b"PICK"."""

    _broker: "PickyBroker"

    def send(self, message):
        if message.topic == self._broker.picky_topic and b"PICK" in (message.value or b""):
            raise self._broker.error
        super().send(message)


class PickyBroker(MemoryBroker):
    error: BaseException = Unwritable("too-large", "9,000,000 bytes")
    picky_topic = "articles"

    def producer(self):
        return PickyProducer(self)


@pytest.mark.parametrize("topic", ["articles", "feed-pending"])
def test_an_article_that_the_broker_will_never_take_costs_no_other(tmp_path, topic):
    broker = PickyBroker()
    broker.picky_topic = topic
    web = Web(a=rss(("1", "PICK me"), ("2", "Two")), b=GOOD)
    with polling(world(tmp_path, web, "a", "b", broker=broker)):
        eventually(lambda: web.n_asked("a") >= 3 and web.n_asked("b") >= 3)
        row = eventually(lambda: (row := heartbeat(tmp_path)) and row["refused"] and row)
    assert titles(broker) == {"Two", "A bridge is closed"}
    assert row["refused"] == 1
    assert pending(broker) == {}


def test_an_error_that_nobody_foresaw_fails_its_feed_and_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr("services.runtime.sender.delay", lambda tries: 0.1)
    broker = PickyBroker()
    broker.error = RuntimeError("nobody foresaw this")
    web = Web(a=rss(("1", "PICK me")), b=GOOD)
    with polling(world(tmp_path, web, "a", "b", broker=broker)):
        eventually(lambda: web.n_asked("a") >= 2 and titles(broker))
    assert titles(broker) == {"A bridge is closed"}


@pytest.mark.timeout(60)
def test_when_publishing_ends_the_process_ends(tmp_path):
    """It must not stay alive and deaf; the supervisor starts it again."""
    broker = PickyBroker()
    broker.error = FatalError("fenced")
    w = world(tmp_path, Web(a=rss(("1", "PICK me"))), "a", broker=broker)
    with pytest.raises(FatalError, match="fenced"):
        service.run(w, InThread())
    assert heartbeat(tmp_path) is None
