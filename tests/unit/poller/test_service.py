"""The poller's loop, on a broker in memory: whatever is answered,
raised, or killed, each feed is asked again.
"""

import pytest
from loops import everything, send
from polling import (
    GOOD,
    URL,
    Web,
    articles,
    eventually,
    feed,
    heartbeat,
    pending,
    polling,
    rss,
    states,
    titles,
    world,
)
from scrapes import Rise

from services.adapters.memory import MemoryBroker, MemoryReader
from services.errors import TransientError
from services.messages import encode
from services.ports import Outgoing
from services.runtime import metrics


def test_a_feed_brings_its_articles_once(tmp_path):
    web = Web(a=GOOD)
    w = world(tmp_path, web, "a")
    with polling(w):
        eventually(lambda: web.n_asked("a") >= 3)
    assert [a.title for a in articles(w.broker)] == ["A bridge is closed"]
    assert pending(w.broker) == {}


def test_polls_articles_and_feeds_are_counted(tmp_path):
    rise = Rise()
    web = Web(a=GOOD, b=TransientError("no answer"))
    with polling(world(tmp_path, web, "a", "b")):
        eventually(
            lambda: (
                rise("reportedly_polls_total", outcome="failed") >= 1
                and rise("reportedly_fetch_seconds_count") >= 3
            )
        )
        eventually(lambda: metrics.value("reportedly_feeds", state="failing") == 1)
        assert metrics.value("reportedly_feeds", state="assigned") == 2
    assert rise("reportedly_polls_total", outcome="read") >= 1
    assert rise("reportedly_articles_total", cause="new") == 1
    assert rise("reportedly_parse_seconds_count") >= 1
    assert rise("reportedly_fetched_bytes_total") >= len(GOOD.body)
    assert rise("reportedly_produced_messages_total", service="poller", topic="articles") == 1


# Loading: an assignment is only noted; the broker may say no.


class ShyReader(MemoryReader):
    """Says no the first times that it is asked for whole partitions."""

    _broker: "ShyBroker"

    def read_to_end(self, partitions, start=None):
        if self._broker.noes > 0:
            self._broker.noes -= 1
            raise TransientError("metadata timed out")
        return super().read_to_end(partitions, start)


class ShyBroker(MemoryBroker):
    noes = 0

    def reader(self):
        return ShyReader(self)


@pytest.mark.parametrize("noes", [1, 3])
def test_feeds_are_polled_although_the_broker_said_no_when_they_were_assigned(tmp_path, noes):
    web, broker = Web(a=GOOD, b=rss(("2", "Other"))), ShyBroker()
    w = world(tmp_path, web, "a", "b", broker=broker)
    broker.noes = noes
    with polling(w):
        eventually(lambda: web.n_asked("a") >= 2 and web.n_asked("b") >= 2)
    assert broker.noes == 0


def test_before_the_feeds_are_loaded_health_is_told_so(tmp_path):
    web, broker = Web(a=GOOD), ShyBroker()
    w = world(tmp_path, web, "a", broker=broker)
    broker.noes = 10**6
    with polling(w):
        row = eventually(
            lambda: (
                (row := heartbeat(tmp_path))
                and row["state"] == "waiting"
                and row["loading"]
                and row
            )
        )
        assert (row["feeds"], row["partitions"]) == (0, 2)
        assert "metadata timed out" in row["reason"]
        broker.noes = 0
        row = eventually(
            lambda: (
                (row := heartbeat(tmp_path))
                and row["state"] == "running"
                and row["feeds"] == 1
                and row
            )
        )
        assert (row["loading"], row["on_topic"]) == (0, 1)


def test_the_heartbeat_says_that_all_feeds_fail(tmp_path):
    w = world(tmp_path, Web(a=TransientError("no route"), b=TransientError("no route")), "a", "b")
    with polling(w):
        # An interval is some milliseconds here: a busy machine is late by one now and then.
        row = eventually(
            lambda: (
                (row := heartbeat(tmp_path)) and row["failing"] == 2 and row["overdue"] == 0 and row
            )
        )
    assert (row["feeds"], row["overdue"]) == (2, 0)


def test_a_row_of_state_that_cannot_be_read_is_set_aside_and_its_feed_is_polled(tmp_path):
    """The letters hold the rows as they came; in the states the rows are gone."""
    web = Web(a=GOOD)
    w = world(tmp_path, web, "a")
    broken = Outgoing("feed-states", "a", b'{"feed_id": 1}')
    send(w.broker, broken, Outgoing("feed-pending", "x", b"{", partition_key="a"))
    with polling(w):
        eventually(lambda: titles(w.broker) == {"A bridge is closed"})
    letters = {
        topic: everything(w.broker, f"{topic}-dlq") for topic in ("feed-states", "feed-pending")
    }
    assert [row.value for row in letters["feed-states"]] == [broken.value]
    assert [row.value for row in letters["feed-pending"]] == [b"{"]
    assert letters["feed-pending"][0].headers["reason"] == b"not-json"
    assert pending(w.broker) == {}


def test_the_next_process_asks_each_feed_when_it_was_due(tmp_path):
    """And not all of them at once, as if nothing were known."""
    web = Web(a=GOOD)
    w = world(tmp_path, web)
    send(w.broker, Outgoing("feeds", "a", encode(feed("a", interval_seconds=3_000.0))))
    with polling(w):
        eventually(lambda: titles(w.broker) and not pending(w.broker))
        eventually(lambda: states(w.broker))
    send(w.broker, Outgoing("feeds", "b", encode(feed("b"))))
    web.answers[URL + "b"] = rss(("2", "Other"))
    with polling(world(tmp_path, web, broker=w.broker)):
        eventually(lambda: web.n_asked("b") >= 2)
    assert web.n_asked("a") == 1
